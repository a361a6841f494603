"""A branch as plain text."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from comments import transcripts
from comments.caching import answer_reader
from comments.plain_text import lay_out
from comments.readers import start_of
from comments.views.finding import find_comment

_PLAIN_TEXT = "text/plain; charset=utf-8"


@require_safe
def comment_text(request, pk):
    start = start_of(request)
    comment = find_comment(request, pk)
    transcript = transcripts.transcript_of(comment, start=start)
    return answer_reader(
        request,
        version=transcript.version,
        until=comment.discussion.next_change(),
        render=lambda: _print(request, transcript),
    )


def _print(request, transcript):
    here = request.build_absolute_uri

    def goes_on_after(shown):
        path = transcript.address_after(shown)
        return here(path) if path else ""

    text = lay_out(
        transcript.title,
        transcript.subtitle,
        here(transcript.permalink),
        transcript.remarks,
        goes_on_after=goes_on_after,
    )
    return HttpResponse(text, content_type=_PLAIN_TEXT)
