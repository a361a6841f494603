"""What the portal has told somebody, how they appeal, and where they stand."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from comments import appeals, letters, standing, trust
from comments.forms import AppealForm
from comments.screening import RefusedError
from comments.views.finding import find
from comments.wording import number_text, reason_text

_SENT = gettext_lazy(
    "Your appeal is with the moderators. Somebody else than who decided will look at it, and "
    "you will be told what came of it."
)


@never_cache
@login_required
@require_safe
def letters_page(request):
    """What the portal told this person, the newest first; what is shown has been read."""
    asked = request.GET.get("before", "")
    before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else None
    page, following = letters.letters_of(request.user, before=before)
    told = letters.tell(request.user, page)
    for shown, letter in zip(told, page, strict=True):
        if letter.entry is not None and appeals.can_appeal(request.user, letter.entry):
            shown.appeal_address = reverse("letter-appeal", args=[letter.pk])
    if request.method == "GET":
        letters.note_read(request.user, page)
    address = reverse("letters")
    context = {
        "letters": told,
        "next_url": f"{address}?before={following}" if following else "",
        "newest_url": address if before is not None else "",
    }
    return render(request, "comments/letters_page.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def letter_appeal(request, pk):
    letter = find(partial(letters.letter_of, request.user), pk)
    if letter.entry is None:
        status = 409 if request.method == "POST" else 200
        return _show_appeal(request, letter, AppealForm(), _(appeals.NONE), status=status)
    if request.method != "POST":
        notice = appeals.why_not(request.user, letter.entry)
        if hasattr(letter.entry, "appeal"):
            notice = _(appeals.TWICE)
        return _show_appeal(request, letter, AppealForm(), notice)
    form = AppealForm(request.POST)
    if not form.is_valid():
        return _show_appeal(request, letter, form, status=422)
    try:
        made = appeals.appeal(by=request.user, entry=letter.entry, **form.cleaned_data)
    except RefusedError as refused:
        form.add_error("text", refused.verdict.message)
        return _show_appeal(request, letter, form, status=refused.verdict.status)
    if made:
        messages.success(request, _SENT)
    else:
        messages.info(request, _(appeals.TWICE))
    return HttpResponseRedirect(reverse("letters"))


def _show_appeal(request, letter, form, notice="", status=200):
    (told,) = letters.tell(request.user, [letter])
    context = {"letter": told, "form": form, "notice": notice, "days": appeals.APPEAL_WITHIN.days}
    return render(request, "comments/appeal_page.html", context, status=status)


@never_cache
@login_required
@require_safe
def standing_page(request):
    """How far this person is trusted, what that gives, and what comes next."""
    now = timezone.now()
    known = standing.known_of(request.user, now)
    following = trust.next_level(known.record, now)
    context = {
        "level": known.level,
        "levels": len(trust.LEVELS),
        "place": known.level.number + 1,
        "rights": trust.rights_of(known.level),
        "counted": {
            name: number_text(getattr(known.record, name))
            for name in ("stood", "taken_down", "rejected", "reports_upheld", "reports_dismissed")
        },
        "next_level": following[0] if following else None,
        "lacks": following[1] if following else [],
        "next_rights": trust.rights_of(following[0]) if following else [],
        "is_premoderated": known.is_premoderated,
        "mutes": [
            (discussion.title, discussion.url, mute.until_text, reason_text(mute.reason))
            for discussion, mute in standing.mutes_of(known, now)
            # What was taken down is not named, and nobody can write there.
            if discussion.is_readable(now)
        ],
    }
    return render(request, "comments/standing_page.html", context)
