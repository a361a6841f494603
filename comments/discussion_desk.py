"""One discussion at the desk: how fast, whether all waits, when it closes."""

from django import forms
from django.contrib import messages
from django.core.validators import MinValueValidator
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from comments import desk, pacing
from comments.forms import ReasonForm
from comments.models import Discussion, Thread
from comments.permissions import can_moderate, require
from comments.views.finding import find
from comments.wording import moment_text


class PaceForm(ReasonForm):
    slow_seconds = forms.IntegerField(
        label=gettext_lazy("Seconds between two comments of a person"),
        validators=[MinValueValidator(0)],
        help_text=gettext_lazy("0: as many as the limits allow."),
    )
    thread = forms.CharField(
        label=gettext_lazy("Only in the thread of comment"),
        required=False,
        max_length=20,
        help_text=gettext_lazy(
            "The number of its first comment, for example 4. Then nothing else is changed."
        ),
    )
    is_premoderated = forms.BooleanField(
        label=gettext_lazy("Every comment waits for a moderator"), required=False
    )
    close_after_days = forms.IntegerField(
        label=gettext_lazy("Close after days"),
        required=False,
        validators=[MinValueValidator(0)],
        help_text=gettext_lazy(
            "From the page's publication. Empty: as its section has it; 0: never."
        ),
    )
    field_order = (
        "slow_seconds", "thread", "is_premoderated", "close_after_days", "canned", "own",
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def discussion(request, pk):
    found = find(lambda key: Discussion.objects.get(pk=key), pk)
    require(can_moderate(request.user, found.area), _("This part of the site is not yours."))
    names = ("slow_seconds", "is_premoderated", "close_after_days")
    initial = {name: getattr(found, name) for name in names}
    form = PaceForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            done = _pace(request.user, found, form)
        except ValueError as refused:
            form.add_error(None, forms.ValidationError(str(refused)))
        else:
            (messages.success if done else messages.warning)(
                request, _("Done.") if done else _("It is so already. Nothing was done.")
            )
            return HttpResponseRedirect(request.path)
    threads = Thread.objects.filter(discussion_id=found.pk, slow_seconds__gt=0)
    slowed = threads.values_list("root__number", "slow_seconds")[:_SHOWN_THREADS]
    return desk.desk_page(
        request,
        "discussion",
        _("The discussion of “%(title)s”") % {"title": found.title},
        discussion=found,
        form=form,
        closes_at=moment_text(found.closes_at) if found.closes_at else "",
        slowed=list(slowed),
        list_url=reverse("admin:comments_discussion_changelist"),
    )


# More at once are a discussion that should be slowed down as a whole.
_SHOWN_THREADS = 50


def _pace(by, found, form):
    said = form.cleaned_data
    if not said["thread"]:
        return pacing.pace_discussion(
            by=by,
            discussion=found,
            slow_seconds=said["slow_seconds"],
            is_premoderated=said["is_premoderated"],
            close_after_days=said["close_after_days"],
            reason=form.reason(),
        )
    threads = Thread.objects.filter(discussion_id=found.pk, root__number=said["thread"].strip())
    thread = threads.select_related("discussion").first()
    if thread is None:
        raise ValueError(
            _("There is no thread %(number)s in this discussion.") % {"number": said["thread"]}
        )
    return pacing.pace_thread(
        by=by, thread=thread, slow_seconds=said["slow_seconds"], reason=form.reason()
    )
