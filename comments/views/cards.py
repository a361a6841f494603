"""What a page's script asks for beside the page: a comment as a card, the people to mention."""

import hashlib
import json

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from comments import asides
from comments.caching import answer_reader
from comments.views.finding import find_comment, find_discussion

# Who has joined within the last minute can be mentioned, and is only not offered yet.
PEOPLE_SECONDS = 60


@require_safe
def comment_preview(request, pk):
    """A comment as a card, to be shown over a link to it."""
    comment = find_comment(request, pk)
    card = asides.card_of(comment)
    response = answer_reader(
        request,
        version=(card,),
        until=comment.discussion.next_change(),
        render=lambda: render(request, "comments/_preview.html", {"card": card}),
    )
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def discussion_people(request, pk):
    """The handles of those who wrote here lately, as JSON: the same for everybody."""
    content = json.dumps(asides.people_in(find_discussion(request, pk)))
    etag = quote_etag(hashlib.sha256(content.encode()).hexdigest()[:32])
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = HttpResponse(content, content_type="application/json")
        response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={PEOPLE_SECONDS}"
    return response
