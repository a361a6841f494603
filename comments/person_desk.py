"""One person at the desk: what is known of them, and what moderators can lay down for them."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from accounts import directory
from comments import desk, dossiers, markup, moderation, sanctions, standing
from comments.forms import ReasonForm
from comments.permissions import can_moderate, require
from comments.wording import number_text

_ACTS = (
    ("warn", gettext_lazy("Warn: they get a letter, and nothing else happens")),
    ("hold", gettext_lazy("Hold: each comment of theirs waits for a moderator")),
    ("free", gettext_lazy("No longer hold their comments")),
    ("mute", gettext_lazy("Mute: they cannot post in one discussion")),
    ("unmute", gettext_lazy("No longer mute them in that discussion")),
    ("shadow", gettext_lazy("Shadow: only they see what they post, until the moment below")),
    ("unshadow", gettext_lazy("No longer shadow them")),
    ("suspend", gettext_lazy("Suspend: they cannot post until the moment below")),
    ("lift", gettext_lazy("Lift the suspension")),
    ("hide", gettext_lazy("Hide all that they have posted since the moment below")),
    ("ban", gettext_lazy("Ban: they are signed out for good")),
)
_NEEDS_MOMENT = frozenset({"shadow", "suspend", "hide"})
_NEEDS_DISCUSSION = frozenset({"mute", "unmute"})
# Of a title, so that a choice is not wider than a narrow window.
_TITLE_LENGTH = 60


class PersonForm(ReasonForm):
    """What is laid down for a person, why, where, and until or since when.

    ``places`` are the ``dossiers.discussions_to_mute``.
    """

    act = forms.ChoiceField(label=gettext_lazy("What"), choices=_ACTS, widget=forms.RadioSelect)
    moment = forms.DateTimeField(
        label=gettext_lazy("Until, or since"),
        required=False,
        help_text=gettext_lazy(
            "Day and time, for example 2026-12-24 18:00. A mute without it lasts until you end it."
        ),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )
    discussion = forms.TypedChoiceField(
        label=gettext_lazy("Discussion"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=gettext_lazy("To mute them there, or no longer: where they wrote lately."),
        error_messages={"invalid_choice": gettext_lazy("Choose one of these discussions.")},
    )
    field_order = ("act", "discussion", "moment", "canned", "own")

    def __init__(self, *args, places, **options):
        super().__init__(*args, **options)
        self.places = {place.pk: place for place, _ in places}
        self.fields["discussion"].choices = [("", _("Choose one")), *map(_choice_of, places)]

    def clean(self):
        super().clean()
        if self.cleaned_data.get("act") in _NEEDS_MOMENT and not self.cleaned_data.get("moment"):
            self.add_error("moment", _("Say until when, or since when."))
        if self.cleaned_data.get("act") in _NEEDS_DISCUSSION and not self.place():
            self.add_error("discussion", _("Choose the discussion."))
        return self.cleaned_data

    def place(self):
        """The discussion that was chosen, or None."""
        return self.places.get(self.cleaned_data.get("discussion"))


def _choice_of(place):
    discussion, mute = place
    title = markup.cut(discussion.title, _TITLE_LENGTH)
    area = f" ({discussion.area})" if discussion.area else ""
    return discussion.pk, _place_text(f"{title}{area}", mute)


@require_http_methods(["GET", "HEAD", "POST"])
def person(request, pk):
    require(can_moderate(request.user), _("Only moderators can do this."))
    try:
        found = directory.find_person(f"~{pk}")
    except ObjectDoesNotExist as nothing:
        raise Http404 from nothing
    asked = _asked_for(request)
    form = PersonForm(
        request.POST or None,
        places=dossiers.discussions_to_mute(request.user, found, asked),
        initial={"act": request.GET.get("act"), "discussion": asked},
    )
    if request.method == "POST" and form.is_valid():
        try:
            said = _lay_down(request.user, found, form)
        except ValueError as refused:
            form.add_error(None, forms.ValidationError(str(refused)))
        else:
            (messages.success if said else messages.warning)(
                request, said or _("It is so already. Nothing was done.")
            )
            return HttpResponseRedirect(request.path)
    return desk.desk_page(
        request,
        "person",
        _("%(handle)s at the desk") % {"handle": found.handle},
        person=found,
        form=form,
        dossier=dossiers.dossier_of(found),
        case=None,
    )


def _place_text(title, mute):
    if mute is None:
        return title
    return _("%(title)s, muted %(until)s") % {"title": title, "until": mute.until_text}


def _asked_for(request):
    """The discussion that the entry was about from which somebody came, by its id, or None."""
    typed = request.GET.get("discussion", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else None


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
        said = ngettext("%(number)s comment hidden.", "%(number)s comments hidden.", number)
        return said % {"number": number_text(number)} if number else ""
    done = {
        "warn": lambda: sanctions.warn(**to),
        "hold": lambda: sanctions.watch(holds=True, **to),
        "free": lambda: sanctions.watch(holds=False, **to),
        "mute": lambda: sanctions.mute(discussion=form.place(), until=moment, **to),
        "unmute": lambda: sanctions.unmute(discussion=form.place(), **to),
        "shadow": lambda: sanctions.shadow(until=moment, **to),
        "unshadow": lambda: _end_shadow(to),
        "suspend": lambda: sanctions.suspend(until=moment, **to),
        "lift": lambda: sanctions.lift_suspension(**to),
        "ban": lambda: sanctions.ban(**to),
    }[act]()
    if not done:
        return ""
    what = str(dict(_ACTS)[act]).split(":")[0].lower()
    return _("Done: %(act)s, %(handle)s.") % {"act": what, "handle": found.handle}


def _end_shadow(to):
    now = timezone.now()
    if not standing.known_of(to["person"], now).is_shadowed(now):
        return False
    return sanctions.shadow(until=None, **to)
