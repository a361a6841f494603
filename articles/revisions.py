"""READ and WRITE: what a published article has said, from its first revision to the newest."""

import re
from dataclasses import dataclass

from django.db.models import Max
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from articles import markup
from articles.models import WORD_FIELDS, Revision
from comments.differences import render_sides
from comments.wording import moment_iso, moment_text

# What fits beside a date in a list; a longer reason belongs into a correction.
MAX_WHY_LENGTH = 300
# What ``articles.updates`` says of a revision that is restored; stored as it is, shown translated.
_AGAIN = re.compile(r"As in revision ([0-9]+) again")
# An article that is changed every hour for a week is followed to its beginning.
SHOWN_REVISIONS = 200


def keep_first_revision(article):
    """Keeps what an article said before its first change, where nobody kept it when it came out."""
    if not was_kept(article):
        keep_revision(article, None, "", min(article.published_at, timezone.now()))


def was_kept(article):
    """Whether something is kept of what it said: it has been published. One query."""
    return Revision.objects.filter(article_id=article.pk).exists()


def keep_revision(article, by, why, at):
    """Keeps what ``article`` says, as ``by`` wrote it at a moment (None: the portal itself).

    Needs the lock of the article's row, under which revisions are numbered.
    """
    last = Revision.objects.filter(article_id=article.pk).aggregate(Max("number"))["number__max"]
    Revision.objects.create(
        article=article, number=(last or 0) + 1, at=at, by=by, why=why.strip()[:MAX_WHY_LENGTH],
        **{name: getattr(article, name) for name in WORD_FIELDS},
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """A revision as the list of them shows it."""

    number: int
    at_iso: str
    at_text: str
    by: str
    why: str
    title: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two revisions side by side: ``fields`` is ``[(what it is, old as HTML, new as HTML)]``."""

    old: RevisionRow
    new: RevisionRow
    fields: list


def revisions_of(article):
    """Its newest ``SHOWN_REVISIONS`` revisions, the newest first. One query.

    What is published says what the newest says; what is not may say something else by now.
    """
    is_out = article.status == article.Status.PUBLISHED
    found = Revision.objects.filter(article_id=article.pk).select_related("by").order_by("-number")
    rows = list(found.defer("blocks", "photo_credits")[:SHOWN_REVISIONS])
    return [_row(each, is_current=is_out and each is rows[0]) for each in rows]


def revision_of(article, number):
    """One revision; raises ``Revision.DoesNotExist``."""
    return Revision.objects.select_related("by").get(article_id=article.pk, number=number)


def comparison(article, old, new):
    """The revisions with these numbers, side by side, word by word. Two queries.

    Raises ``Revision.DoesNotExist``.
    """
    old, new = revision_of(article, old), revision_of(article, new)
    fields = [
        (_("Title"), *_sides(old.title, new.title)),
        (pgettext("article", "Lead"), *_sides(old.lead, new.lead)),
        (_("Text"), *_sides(_text_of(old.blocks), _text_of(new.blocks))),
        (_("Photo credits"), *_sides("\n".join(old.photo_credits), "\n".join(new.photo_credits))),
    ]
    shown = [each for each in fields if each[1] or each[2]]
    return Comparison(_row(old), _row(new), shown)


def _sides(old, new):
    # Made by comments.differences, which escapes.
    return tuple(mark_safe(side) for side in render_sides(old, new))


def _text_of(blocks):
    return "\n\n".join(markup.block_words(block) for block in blocks)


def _why_of(why):
    """Why it was made, as its writer said it; what the portal said itself in our language."""
    again = _AGAIN.fullmatch(why)
    return _("As in revision %(number)s again") % {"number": again[1]} if again else why


def _row(revision, *, is_current=False):
    return RevisionRow(
        number=revision.number,
        at_iso=moment_iso(revision.at),
        at_text=moment_text(revision.at),
        by=revision.by.handle if revision.by else _("The portal"),
        why=_why_of(revision.why),
        title=revision.title,
        is_current=is_current,
    )
