"""WRITE: discussions as wholes: opened, following their page, locked with all their comments."""

from django.db import OperationalError, transaction
from django.db.models import F

from comments import rules
from comments.languages import site_language
from comments.models import Case, Comment, Discussion

# How often locking a discussion is tried again because somebody wrote meanwhile.
ATTEMPTS = 20


def open_discussion(*, title, url, readable_from, readable_until=None, area="", language=""):
    """A new, open discussion for the page at ``url``, which can be read from a moment to another.

    ``readable_from`` is None while the page cannot be read at all, ``readable_until`` while it is
    to stay. ``area`` is the part of the
    site that it belongs to, as policies and moderators' beats name it, ``language`` the page's
    ("" is the site's).
    """
    discussion = Discussion(
        title=title,
        url=url,
        area=area,
        language=language or site_language(),
        readable_from=readable_from,
        readable_until=readable_until,
    )
    discussion.closes_at = rules.closing_time(discussion)
    discussion.save()
    return discussion


def open_discussions(pages):
    """New, open discussions for many pages at once, in their order; one statement a portion.

    ``pages`` are dictionaries of what ``open_discussion`` takes.
    """
    discussions = [Discussion(**page) for page in pages]
    found = rules.current()
    for discussion in discussions:
        discussion.closes_at = rules.closing_time(discussion, found)
    return Discussion.objects.bulk_create(discussions, batch_size=500)


def readdress(urls):
    """Gives discussions that nobody knows of yet their addresses: ``{id: url}``."""
    Discussion.objects.bulk_update(
        [Discussion(pk=pk, url=url) for pk, url in urls.items()], ["url"], batch_size=250
    )


def follow_page(
    discussion, *, title, url, readable_from, readable_until=None, area=None, language=None
):
    """Follows its page to another title, address, moments, ``area`` or ``language``.

    The last two stay where they are None.

    When it closes by itself follows, too, and so do its open cases: whoever looks after the other
    part of the site decides them. Returns False when nothing changed. One transaction; locks
    cases of appeals, whose deciders lock discussions after them, then the discussion's row, then
    its other cases.
    """
    now = {
        "title": title, "url": url,
        "readable_from": readable_from, "readable_until": readable_until,
    }  # fmt: skip
    if area is not None:
        now["area"] = area
    if language is not None:
        now["language"] = language
    if all(getattr(discussion, name) == value for name, value in now.items()):
        return False
    moves = area is not None and area != discussion.area
    for name, value in now.items():
        setattr(discussion, name, value)
    discussion.closes_at = now["closes_at"] = rules.closing_time(discussion)
    cases = Case.objects.filter(discussion_id=discussion.pk, is_open=True)
    with transaction.atomic():
        if moves:
            cases.filter(appeal__isnull=False).update(area=area)
        Discussion.objects.filter(pk=discussion.pk).update(version=F("version") + 1, **now)
        if moves:
            cases.filter(appeal__isnull=True).update(area=area)
    return True


def lock_discussion(pk):
    """Locks a discussion with all its comments; returns ``(discussion, comments)``.

    Needs a transaction. The comments' rows first, in the order of their numbers, then the
    discussion's, as every writer does; lets go of the discussion's when a comment came in
    meanwhile, and locks that one first. Raises ``OperationalError`` if readers keep posting
    faster than it can lock.
    """
    comments = Comment.objects.filter(discussion_id=pk).order_by("pk")
    present = []
    for _ in range(ATTEMPTS):
        present = comments.lock_in_order(present)
        savepoint = transaction.savepoint()
        discussion = Discussion.objects.select_for_update(no_key=True).get(pk=pk)
        if comments.count() == len(present):
            transaction.savepoint_commit(savepoint)
            return discussion, present
        transaction.savepoint_rollback(savepoint)
    raise OperationalError(f"discussion {pk} is too busy to be locked as a whole; try again")
