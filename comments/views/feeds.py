"""Feeds of a discussion, a branch and a person, as Atom and as JSON Feed."""

from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts import directory
from comments import moments, syndication
from comments.caching import answer_feed
from comments.views.finding import find, find_comment, find_discussion


@require_safe
def discussion_feed(request, pk, form):
    discussion = find_discussion(request, pk)
    until = discussion.next_change()
    return answer_feed(request, syndication.of_discussion(discussion), form, until=until)


@require_safe
def branch_feed(request, pk, form):
    comment = find_comment(request, pk)
    until = comment.discussion.next_change()
    return answer_feed(request, syndication.of_branch(comment), form, until=until)


@require_safe
def person_feed(request, handle, form):
    feed = syndication.of_person(find(directory.find_person, handle))
    return answer_feed(request, feed, form, until=moments.next_change(timezone.now()))
