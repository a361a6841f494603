"""READ: what one person has written, wherever it stands."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.safestring import mark_safe

from comments.models import Comment, ModerationEntry
from comments.wording import count_label, moment_iso, moment_text

# Beyond this many of a person's comments nobody reads the number, and counting takes time.
COUNTED_UP_TO = 1_000
# Comments on a person's page.
PERSON_PAGE_SIZE = 25


@dataclass(slots=True)
class PersonComment:
    id: int
    number: str
    permalink: str
    discussion_title: str
    discussion_url: str
    posted_iso: str
    posted_text: str
    html: str


@dataclass(slots=True)
class PersonPage:
    entries: list[PersonComment]
    total_label: str
    next_url: str = ""
    next_label: str = ""
    newest_url: str = ""


def by_person(person, *, before=None):
    """The person's visible comments, the newest first, ``PERSON_PAGE_SIZE`` a page.

    ``before`` is the id of the comment that the page lies behind. Takes two queries; the
    total is counted up to ``COUNTED_UP_TO``.
    """
    comments = Comment.objects.filter(
        author_id=person.pk,
        state=Comment.State.VISIBLE,
        discussion__readable_from__lte=timezone.now(),
    )
    total = comments[: COUNTED_UP_TO + 1].count()
    if before is not None:
        comments = comments.filter(pk__lt=before)
    found = list(
        comments.order_by("-id").values_list(
            "id", "number", "posted_at", "html", "discussion__title", "discussion__url"
        )[: PERSON_PAGE_SIZE + 1]
    )
    page = PersonPage(
        entries=[
            PersonComment(
                id=pk,
                number=number,
                permalink=f"/comments/{pk}/",
                discussion_title=title,
                discussion_url=url,
                posted_iso=moment_iso(posted_at),
                posted_text=moment_text(posted_at),
                html=mark_safe(html),  # made by comments.markup alone
            )
            for pk, number, posted_at, html, title, url in found[:PERSON_PAGE_SIZE]
        ],
        total_label=_total_label(total),
    )
    if len(found) > PERSON_PAGE_SIZE:
        last = found[PERSON_PAGE_SIZE - 1]
        page.next_url = f"{person.get_absolute_url()}?before={last[0]}"
        page.next_label = f"Older comments, before {moment_text(last[2])}"
    if before is not None:
        page.newest_url = person.get_absolute_url()
    return page


def _total_label(total):
    if total > COUNTED_UP_TO:
        return f"More than {COUNTED_UP_TO:,} comments"
    return count_label(total, "comment")


def recent_posts(person, *, since: datetime, at_most):
    """How many comments the person has posted here since ``since``, counted up to ``at_most``."""
    moments = (
        Comment.objects.filter(author_id=person.pk, is_imported=False)
        .order_by("-id")
        .values_list("posted_at", flat=True)[:at_most]
    )
    return sum(moment >= since for moment in moments)


def recent_edits(person, *, since: datetime):
    """How often the person has changed comments of theirs since ``since``.

    One query, which reads what the log has of that time: ``since`` is to be minutes ago.
    """
    acts = ModerationEntry.objects.filter(at__gt=since, by_id=person.pk)
    return acts.filter(act=ModerationEntry.Act.EDIT).count()
