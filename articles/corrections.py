"""READ and WRITE: corrections of articles. Readers see those of published articles alone."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.statements import Statement
from articles import markup
from articles.listings import BadCursorError
from articles.models import Article, Correction
from articles.permissions import require_changer
from articles.publishing import ArticleError
from comments.markup import legible, one_line
from comments.wording import day_text, moment_iso, moment_text

# What is longer is another article.
MAX_CORRECTION_LENGTH = 3_000
# Two screens on a phone.
PAGE_SIZE = 20
# What a feed reader that asks once a week still meets.
FEED_SIZE = 50
# The year in a tag URI says when the host was the portal's; it must never change.
TAG_YEAR = 2026
_CURSOR = re.compile(r"([0-9T:.+-]{19,32})Z_([0-9]{1,18})")
_FIELDS = ("id", "kind", "text", "at", "article__title", "article__slug")


@dataclass(frozen=True, slots=True)
class CorrectionView:
    """A correction as pages show it; ``kind`` is "correction", "clarification" or "update".

    ``text`` is what was written, ``html`` the same as safe HTML.
    """

    id: int
    kind: str
    label: str
    text: str
    html: str
    at: datetime
    iso: str
    day: str
    moment: str
    article_title: str
    article_url: str

    @property
    def anchor(self):
        return f"correction-{self.id}"

    @property
    def url(self):
        return f"{self.article_url}#{self.anchor}"


@dataclass(frozen=True, slots=True)
class ArchivePage:
    """A page of the archive, the newest first; ``next_url`` is "" where there is nothing older."""

    entries: list[CorrectionView]
    next_url: str = ""
    next_label: str = ""
    is_first: bool = True


def corrections_of(article):
    """The article's corrections that were not withdrawn, the newest first.

    One query, and none for an article that has none.
    What they say is covered by the article's version.
    """
    if not article.has_corrections:
        return []
    return [_view_of(row) for row in _OF_ARTICLE(article_id=article.pk)]


def _rows_of_article(*, article_id):
    stand = Correction.objects.filter(article_id=article_id, withdrawn_at__isnull=True)
    return stand.order_by("-at", "-id").values_list(*_FIELDS)


_OF_ARTICLE = Statement(_rows_of_article)


def _view_of(row):
    pk, kind, text, at, title, slug = row
    return CorrectionView(
        id=pk,
        kind=kind,
        label=str(Correction.Kind(kind).label),
        text=text,
        html=mark_safe(markup.render_note(text)),  # escaped there
        at=at,
        iso=moment_iso(at),
        day=day_text(at),
        moment=moment_text(at),
        article_title=one_line(title),
        article_url=f"/articles/{slug}/",
    )


def archive_page(before=None, now=None):
    """A page of all corrections; ``before`` is a cursor, or None for the newest. One query.

    Raises ``BadCursorError`` for one that was never given out.
    """
    rows = _newest(now)
    if before is not None:
        moment, pk = _read_cursor(before)
        rows = rows.filter(Q(at__lte=moment) & (Q(at__lt=moment) | Q(pk__lt=pk)))
    views = [_view_of(row) for row in rows[: PAGE_SIZE + 1]]
    shown, next_url, next_label = views[:PAGE_SIZE], "", ""
    if len(views) > PAGE_SIZE:
        last = shown[-1]
        cursor = f"{last.at.astimezone(UTC).replace(tzinfo=None).isoformat()}Z_{last.id}"
        next_url = f"/corrections/?before={cursor}"
        next_label = _("Older corrections, before %(day)s") % {"day": last.day}
    return ArchivePage(shown, next_url, next_label, is_first=before is None)


def newest_corrections(now=None):
    """What the feed of the archive tells. One query."""
    return [_view_of(row) for row in _newest(now)[:FEED_SIZE]]


def _newest(now):
    published = Article.objects.published(now).filter(pk=OuterRef("article_id"))
    stand = Correction.objects.filter(Exists(published), withdrawn_at__isnull=True)
    return stand.order_by("-at", "-id").values_list(*_FIELDS)


def _read_cursor(text):
    found = _CURSOR.fullmatch(text)
    try:
        if found:
            return datetime.fromisoformat(found[1]).replace(tzinfo=UTC), int(found[2])
    except ValueError:
        pass
    raise BadCursorError("There is no such page of the corrections.")


def publish_correction(*, by=None, article, kind, text, at=None):
    """Says under a published article what was wrong or unclear; returns the correction.

    ``at`` is when, by default now. The article counts as updated. Raises ``ArticleError`` for
    words or a moment that cannot be, or an article that readers do not see, and
    ``PermissionDenied``. One transaction; locks the article.
    """
    with transaction.atomic():
        article = Article.objects.select_for_update(no_key=True).get(pk=article.pk)
        require_changer(by, article)
        text, at = check_correction(article=article, kind=kind, text=text, at=at)
        correction = Correction.objects.create(
            article=article, kind=kind, text=text, at=at, made_by=by
        )
        _move_on(article)
    return correction


def check_correction(*, article, kind, text, at=None):
    """(text, moment) as they would be written; raises ``ArticleError``. One query."""
    now = timezone.now()
    text, at = markup.tidy_text(legible(text)).strip(), at or now
    if kind not in Correction.Kind.values:
        raise ArticleError(_("Say whether it is a correction, a clarification or an update."))
    if not text:
        raise ArticleError(_("Say what was wrong, and what is right."))
    if len(text) > MAX_CORRECTION_LENGTH:
        raise ArticleError(
            ngettext(
                "This has %(number)s character. Use at most %(most)s.",
                "This has %(number)s characters. Use at most %(most)s.",
                len(text),
            )
            % {
                "number": number_format(len(text), force_grouping=True),
                "most": number_format(MAX_CORRECTION_LENGTH, force_grouping=True),
            }
        )
    if not Article.objects.published(now).filter(pk=article.pk).exists():
        raise ArticleError(_("Readers do not see this article, so it is just changed."))
    if not article.published_at <= at <= now:
        raise ArticleError(_("An article is corrected between the day it was published and now."))
    return text, at


def withdraw_correction(*, by=None, correction):
    """Takes a correction off every page; False if it is off. It stays at the desk.

    One transaction; locks the article.
    """
    with transaction.atomic():
        article = Article.objects.select_for_update(no_key=True).get(pk=correction.article_id)
        require_changer(by, article)
        stands = Correction.objects.filter(pk=correction.pk, withdrawn_at__isnull=True)
        if not stands.update(withdrawn_at=timezone.now(), withdrawn_by=by):
            return False
        _move_on(article)
    return True


def _move_on(article):
    """Readers see something else: the page's ETag and its "updated" tell so."""
    stand = Correction.objects.filter(article_id=article.pk, withdrawn_at__isnull=True)
    Article.objects.filter(pk=article.pk).update(
        version=F("version") + 1, updated_at=timezone.now(), has_corrections=stand.exists()
    )
