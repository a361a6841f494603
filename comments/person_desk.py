"""One person at the desk: what is known of them, and what moderators can lay down for them."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts import directory
from comments import desk, dossiers, moderation, sanctions, standing
from comments.forms import ReasonForm
from comments.permissions import can_moderate, require
from comments.wording import count_label

_ACTS = (
    ("warn", "Warn: they get a letter, and nothing else happens"),
    ("hold", "Hold: each comment of theirs waits for a moderator"),
    ("free", "No longer hold their comments"),
    ("shadow", "Shadow: only they see what they post, until the moment below"),
    ("unshadow", "No longer shadow them"),
    ("suspend", "Suspend: they cannot post until the moment below"),
    ("lift", "Lift the suspension"),
    ("hide", "Hide all that they have posted since the moment below"),
    ("ban", "Ban: they are signed out for good"),
)
_NEEDS_MOMENT = frozenset({"shadow", "suspend", "hide"})


class PersonForm(ReasonForm):
    """What is laid down for a person, why, and until or since when."""

    act = forms.ChoiceField(label="What", choices=_ACTS, widget=forms.RadioSelect)
    moment = forms.DateTimeField(
        label="Until, or since",
        required=False,
        help_text="Day and time, for example 2026-12-24 18:00.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )
    field_order = ("act", "moment", "canned", "own")

    def clean(self):
        super().clean()
        if self.cleaned_data.get("act") in _NEEDS_MOMENT and not self.cleaned_data.get("moment"):
            self.add_error("moment", "Say until when, or since when.")
        return self.cleaned_data


@require_http_methods(["GET", "HEAD", "POST"])
def person(request, pk):
    require(can_moderate(request.user), "Only moderators can do this.")
    try:
        found = directory.find_person(f"~{pk}")
    except ObjectDoesNotExist as nothing:
        raise Http404 from nothing
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            said = _lay_down(request.user, found, form)
        except ValueError as refused:
            form.add_error(None, forms.ValidationError(str(refused)))
        else:
            (messages.success if said else messages.warning)(
                request, said or "It is so already. Nothing was done."
            )
            return HttpResponseRedirect(request.path)
    return desk.desk_page(
        request,
        "person",
        f"{found.handle} at the desk",
        person=found,
        form=form,
        dossier=dossiers.dossier_of(found),
        case=None,
    )


def _lay_down(by, found, form):
    """Does what was chosen; returns what to say, or nothing when there was nothing to do.

    Raises ``ValueError`` with a sentence for what cannot be done.
    """
    act, reason = form.cleaned_data["act"], form.reason()
    to = {"by": by, "person": found, "reason": reason}
    moment = form.cleaned_data["moment"]
    if act == "hide":
        decided = moderation.hide_since(since=moment, **to)
        number = len(decided.comments)
        return f"{count_label(number, 'comment')} hidden." if number else ""
    done = {
        "warn": lambda: sanctions.warn(**to),
        "hold": lambda: sanctions.watch(holds=True, **to),
        "free": lambda: sanctions.watch(holds=False, **to),
        "shadow": lambda: sanctions.shadow(until=moment, **to),
        "unshadow": lambda: _end_shadow(to),
        "suspend": lambda: sanctions.suspend(until=moment, **to),
        "lift": lambda: sanctions.lift_suspension(**to),
        "ban": lambda: sanctions.ban(**to),
    }[act]()
    return f"Done: {dict(_ACTS)[act].split(':')[0].lower()}, {found.handle}." if done else ""


def _end_shadow(to):
    now = timezone.now()
    if not standing.known_of(to["person"], now).is_shadowed(now):
        return False
    return sanctions.shadow(until=None, **to)
