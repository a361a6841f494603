"""WRITE: articles, their bylines and sections. Every function is one transaction.

``by`` is the person who acts: what they may do depends on the section and on the state that the
article is in (``articles.permissions``). ``by=None`` is the portal itself: importers, commands.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from articles import coming, crediting, markup, redirects, search_index, slugs, tagging, translating
from articles.errors import ArticleError, worded
from articles.models import (
    MAX_SLUG_LENGTH,
    WORD_FIELDS,
    Article,
    PreviewLink,
    ScheduledUpdate,
)
from articles.permissions import can_begin, not_here, require, require_changes, require_writer
from articles.placements import place_pictures
from articles.reading_time import minutes_of
from articles.revisions import keep_first_revision, keep_revision, was_kept
from articles.slugs import SLUG_TRIES, free_slug
from comments import hosting

# The rest of MAX_SLUG_LENGTH is for "-2", "-3" ... of articles with the same title, so that
# a number never shortens what stands before it.
SLUG_LENGTH = MAX_SLUG_LENGTH - 8
# A headline that fills a phone's screen; imported ones may be longer and stay as they are.
MAX_TITLE_LENGTH = 300
# What people may date an article to. Near the ends of the calendar another zone's clocks are in a
# year that there is not; imported pages keep whatever date they have.
FIRST_YEAR, LAST_YEAR = 1900, 9998

_WORDS = frozenset(WORD_FIELDS)
_DATES = frozenset({"published_at", "withdraw_at", "embargo_until"})
_CHANGEABLE = _WORDS | _DATES | {"section", "slug", "status", "lead_picture"}
_RENDERED = frozenset({"lead", "blocks"})
_PICTURED = frozenset({"blocks", "lead_picture"})
# A change of these is one for the search; that of the moment is asked apart, as it may be set here.
_INDEXED = frozenset({"section", "title", "lead", "blocks"})
_PUBLISHED = Article.Status.PUBLISHED


@dataclass(frozen=True, slots=True)
class Origin:
    """Which saved page an article came from: the file's name, digests of what the page said.

    ``published_at`` is the date that was read off the page, None where somebody gave one.
    """

    source: str
    title_digest: str
    body_digest: str
    comments_digest: str
    published_at: datetime | None = None

    def as_fields(self):
        return {
            "source": self.source,
            "source_title_digest": self.title_digest,
            "source_body_digest": self.body_digest,
            "source_comments_digest": self.comments_digest,
            "source_published_at": self.published_at,
        }


def create_article(
    *,
    by=None,
    section,
    title,
    slug="",
    lead="",
    blocks,
    photo_credits=(),
    lead_picture=None,
    status=Article.Status.DRAFT,
    published_at=None,
    withdraw_at=None,
    embargo_until=None,
    authors=(),
    origin=None,
    why="",
):
    """A new article with an open discussion of its own.

    Without ``slug`` it gets the first free one of its title. What is published without
    ``published_at`` is published now, and nothing before ``embargo_until``. ``authors`` are
    people, guests and ``crediting.Maker`` in the order of the byline. Raises ``ArticleError`` for
    a title, slug, body or date that cannot be, ``PermissionDenied`` without the right in the
    section. Locks the rows of its pictures.
    """
    require_writer(by)
    require(by is None or can_begin(by, section.pk, status), not_here(section))
    for moment in (published_at, withdraw_at, embargo_until):
        _check_date(by, moment)
    article = Article(
        section=section,
        language=section.language,
        title=check_title(title),
        slug=slug,
        lead=lead.strip(),
        blocks=list(blocks),
        photo_credits=list(photo_credits),
        lead_picture=lead_picture,
        status=status,
        published_at=published_at,
        withdraw_at=withdraw_at,
        embargo_until=embargo_until,
        **(origin.as_fields() if origin else {}),
    )
    _settle(article, timezone.now())
    _render(article)
    article.updated_at = min(article.published_at or timezone.now(), timezone.now())
    with transaction.atomic():
        article.discussion = hosting.open_discussion(
            title=article.title,
            url="",
            readable_from=article.readable_from,
            language=article.language,
        )
        _insert(article, wanted=slug)
        translating.keep_language(article)
        place_pictures(article)
        _lead_discussion(article)
        crediting.set_bylines(article, authors)
        search_index.index_article(article)
        # What an import made says so itself; its first revision is kept when it is changed.
        if by is not None and status == _PUBLISHED:
            keep_revision(article, by, why, article.updated_at)
    return article


def update_article(
    *,
    by=None,
    article,
    origin=None,
    authors=None,
    quietly=False,
    why="",
    seen_version=None,
    **changes,
):
    """Takes over ``changes`` (fields of ``create_article``); returns whether anything changed.

    Readers are told when the words were changed, and what a published article says from now on
    is kept as a ``Revision`` of ``by``, with ``why``; ``quietly`` does neither, for what belongs
    to how it was made.
    Reads the article anew and locks its row, so ``article`` may be old; it is brought up to
    date; then it locks its pictures. With ``seen_version``, nothing is done where it is another
    one by then. Its discussion follows a new title or slug, and its former address leads to it
    (``redirects``). Raises as ``create_article`` does, and ``ArticleError`` for a move that the
    workflow does not have.
    """
    require_writer(by)
    if unknown := set(changes) - _CHANGEABLE:
        raise TypeError(f"an article has no {sorted(unknown)}")
    if "title" in changes:
        changes["title"] = check_title(changes["title"])
    with transaction.atomic():
        article.refresh_from_db(
            from_queryset=Article.objects.select_for_update(
                of=("self",), no_key=True
            ).select_related("discussion", "section")
        )
        now = timezone.now()
        was_settled, is_news = _take_over_due(article, now), _was_never_out(article, now)
        if seen_version not in (None, article.version):
            raise ArticleError(_("Somebody else has changed it since you looked. Look again."))
        dated, was_out = article.published_at, article.status == _PUBLISHED
        changed = {name for name, value in changes.items() if getattr(article, name) != value}
        # A draft that never had a moment has no address that anybody knows.
        former_slug = article.slug if article.published_at is not None else ""
        for name in changed & _DATES:
            _check_date(by, changes[name])
        require_changes(
            by, article, changed | ({"authors"} if authors is not None else set()), changes
        )
        if article.status == _PUBLISHED and not quietly and changed & _WORDS:
            keep_first_revision(article)
        for name in changed:
            setattr(article, name, changes[name])
        if article.section.language != article.language:
            translating.settle_language(article, article.section.language)
        if "published_at" in changed:
            article.wished_at = None
        _settle(article, now)
        if changed & _RENDERED:
            _render(article)
        bylines_changed = authors is not None and crediting.set_bylines(article, authors)
        if origin is not None:
            for name, value in origin.as_fields().items():
                setattr(article, name, value)
        if changed or bylines_changed:
            article.version += 1
        if is_news and article.published_at is not None:
            # Nobody has read it before, so nothing is changed for them.
            article.updated_at = article.published_at
        elif changed & _WORDS and not quietly:
            article.updated_at = now
        if "slug" in changed and former_slug:
            redirects.follow_article(article, former_slug)
        _save(article)
        if "section" in changed:
            translating.keep_language(article)
        if changed & _PICTURED or was_settled:
            place_pictures(article)
        if article.published_at != dated:
            crediting.follow_article(article)
            tagging.follow_article(article)
        _lead_discussion(article)
        if changed & _INDEXED or bylines_changed or was_settled or article.published_at != dated:
            search_index.index_article(article, was_published_at=dated)
        if changed & (_WORDS | {"status"}):
            coming.follow_article(article)
        if was_out and article.status == Article.Status.WITHDRAWN:
            PreviewLink.objects.filter(article=article, revoked_at=None).update(revoked_at=now)
        if article.status == _PUBLISHED and not quietly and changed & (_WORDS | {"status"}):
            keep_revision(article, by, why, now)
    return bool(changed or bylines_changed or was_settled)


def publish_article(*, by=None, article, published_at=None, why="", seen_version=None):
    """Shows the article to readers from ``published_at`` on.

    Without one its own date stays; an article that has none gets the present moment. What was
    withdrawn by time stays from now on.
    """
    changes = {"status": _PUBLISHED}
    if article.withdraw_at is not None and article.withdraw_at <= timezone.now():
        changes["withdraw_at"] = None
    if published_at is not None:
        changes["published_at"] = published_at
    return update_article(by=by, article=article, why=why, seen_version=seen_version, **changes)


def settle_update(article):
    """Makes a scheduled update whose moment has come the article's own words; returns whether.

    Pages show them from that moment on without it; what is kept of the article (its discussion's
    title, its revisions) follows here. One transaction, and the lock of the article's row.
    """
    return update_article(article=article)


def withdraw_article(*, by=None, article):
    """Takes the article off every page; its discussion and its address stay reserved."""
    return update_article(by=by, article=article, status=Article.Status.WITHDRAWN)


def slug_of(title):
    """The slug that an article's title asks for, never empty."""
    return slugs.slug_of(title, SLUG_LENGTH)


def _insert(article, wanted):
    for tries_left in reversed(range(SLUG_TRIES)):
        wished = slug_of(article.title)
        kept = () if wanted else redirects.slugs_kept(Article, wished)
        article.slug = wanted or free_slug(Article, wished, kept)
        try:
            with transaction.atomic():
                article.save(force_insert=True)
            return
        except IntegrityError as error:
            if not Article.objects.filter(slug=article.slug).exists():
                raise
            if wanted or not tries_left:
                raise ArticleError(
                    _("Another article has the address “%(slug)s”.") % {"slug": article.slug}
                ) from error


def _save(article):
    try:
        with transaction.atomic():
            article.save(force_update=True)
    except IntegrityError as error:
        if Article.objects.filter(slug=article.slug).exclude(pk=article.pk).exists():
            raise ArticleError(
                _("Another article has the address “%(slug)s”.") % {"slug": article.slug}
            ) from error
        raise


def _settle(article, now):
    try:
        markup.check_blocks(article.blocks)
    except markup.BodyError as error:
        raise ArticleError(worded(error.sentence, error.values)) from error
    if article.status != _PUBLISHED:
        return
    if article.published_at is None:
        article.published_at = now
    _keep_embargo(article)
    if article.withdraw_at is not None and article.withdraw_at <= article.published_at:
        raise ArticleError(_("It would be withdrawn before anybody can read it."))


def _was_never_out(article, now):
    if article.published_at is None or article.published_at > now:
        return True
    if article.status in (_PUBLISHED, Article.Status.WITHDRAWN):
        return False
    return not was_kept(article)


def _keep_embargo(article):
    """Published when it was wished for, or when the embargo ends: whichever is later."""
    wished = article.wished_at or article.published_at
    ends = article.embargo_until
    is_held = ends is not None and ends > wished
    article.published_at = ends if is_held else wished
    article.wished_at = wished if is_held else None


def _lead_discussion(article):
    """Its discussion follows the article: title, address, section, language, and its moments."""
    is_out = article.status == _PUBLISHED
    hosting.follow_page(
        article.discussion,
        title=article.title,
        url=article.get_absolute_url(),
        readable_from=article.readable_from,
        readable_until=article.withdraw_at if is_out else None,
        area=article.section.slug,
        language=article.language,
    )


def _take_over_due(article, now):
    """What was scheduled for a moment that has come, in the article's row. Needs its lock."""
    due = ScheduledUpdate.objects.filter(pk=article.pk, takes_effect_at__lte=now).first()
    if due is None or article.status != _PUBLISHED:
        return False
    keep_first_revision(article)
    for name, value in due.changes().items():
        setattr(article, name, value)
    _render(article)
    article.version += 1
    article.updated_at = due.takes_effect_at
    keep_revision(article, due.by, due.why, due.takes_effect_at)
    due.delete()
    return True


def _render(article):
    article.html = markup.render_blocks(article.blocks)
    article.reading_minutes = minutes_of(article.html)
    article.summary = markup.summary_of(article.lead, article.blocks)


def check_title(title):
    """``title`` in one line; raises ``ArticleError`` without one."""
    title = " ".join(title.split("\n")).strip()
    if not title:
        raise ArticleError(_("An article needs a title."))
    return title


def check_date(moment):
    """Raises ``ArticleError`` for a moment near the ends of the calendar."""
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ArticleError(
            _("Use a year from %(first)s to %(last)s.") % {"first": FIRST_YEAR, "last": LAST_YEAR}
        )


def _check_date(by, published_at):
    if by is not None and published_at:
        check_date(published_at)
