"""The log of moderators' acts: as a table for the staff, and without names for everybody."""

import csv

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from comments import moments, records
from comments.caching import answer_reader
from comments.models import ModerationEntry
from comments.permissions import beats_of, can_moderate, can_read_log, require
from comments.readers import cursor_of
from comments.wording import moment_iso, moment_text, reason_text


class _Echo:
    """A file that gives back what is written to it: ``csv`` writes, the answer streams."""

    def write(self, row):
        return row


@login_required
@require_safe
def log_table(request):
    """The log as CSV, filtered by ``act``, ``by`` (a handle) and ``area``; moderators and editors.

    Who looks after parts of the site gets those parts' rows.
    """
    require(can_read_log(request.user), _("Only moderators and editors read the log."))
    entries = ModerationEntry.objects.all()
    for name, column in (("act", "act"), ("by", "by__handle"), ("area", "area")):
        if request.GET.get(name):
            entries = entries.filter(**{column: request.GET[name]})
    beats = beats_of(request.user) if can_moderate(request.user) else None
    if beats is not None:
        entries = entries.filter(area__in=beats)
    writer = csv.writer(_Echo())
    rows = (writer.writerow(row) for row in records.log_rows(entries))
    return StreamingHttpResponse(
        rows,
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": 'attachment; filename="moderation-log.csv"',
            "Cache-Control": "private, no-store",
        },
    )


@require_safe
def public_log(request):
    """What was done, for everybody, where the settings want it shown; no reader is named."""
    if not settings.PUBLIC_MODERATION_LOG:
        raise Http404
    before = cursor_of(request)
    before = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    entries, following = records.public_log(before=before)
    shown = [
        {
            "iso": moment_iso(entry.at),
            "text": moment_text(entry.at),
            "what": entry.what,
            "title": entry.title,
            "url": entry.url,
            "reason": reason_text(entry.reason),
            "by_rule": entry.by_rule,
        }
        for entry in entries
    ]
    context = {"entries": shown, "following": following, "is_first": before is None}
    return answer_reader(
        request,
        version=("public log", before, shown, following),
        until=moments.next_change(timezone.now()),
        render=lambda: render(request, "comments/public_log.html", context),
    )
