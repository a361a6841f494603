"""READ: one article as its own page shows it, and what else there is to read."""

from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.statements import Statement, assemble, columns_of
from articles import editions, figures, markup, pictures
from articles.bylines import Credit, bylines_of, worded
from articles.caching import version_of
from articles.embeds import has_embeds
from articles.listings import make_teaser
from articles.models import Article, ScheduledUpdate, Section, SeriesPart
from articles.reading_time import reading_label
from articles.related import asking_related, related_rows
from articles.series import SeriesPlace, place_of
from articles.tags import asking_tags, tags_of
from articles.translations import Translation, translations_of
from comments.moments import A_READ
from comments.wording import count_label, moment_iso, moment_text


@dataclass(frozen=True, slots=True)
class ArticleView:
    """An article as its own page shows it. ``status_note`` is "" for what readers see.

    ``until`` is when the page changes by itself next: the article's own next moment, or None.
    """

    title: str
    lead: str
    section_name: str
    section_url: str
    published_iso: str
    published_text: str
    updated_text: str
    # The picture above the text with its words, "" where there is none.
    lead_figure: str
    # Where its JPEG for other sites is (``pictures.social_picture``), or None.
    lead_image: tuple | None
    # When its words changed last, or it came out if that was later.
    modified_iso: str
    html: str
    photo_credits: list[str]
    url: str
    card_url: str
    comment_count: int
    comments_label: str
    summary: str
    status_note: str
    until: datetime | None
    # "4 min read", or "".
    reading_label: str = ""
    # Where it stands in its series, or None.
    series: SeriesPlace | None = None
    # Hosts of embeds in the text that open in their place; "" where there are neither.
    embed_hosts: str = ""
    makers: list[Credit] = field(default_factory=list)
    # The same in words: (what stands before a name, the name, its address).
    byline: list[tuple[str, str, str]] = field(default_factory=list)
    # The short code of its language; ``lang`` where the page around it is in another one.
    language: str = ""
    lang: str = ""
    # In which other languages readers find it.
    translations: list[Translation] = field(default_factory=list)
    # Each a name and the address of the tag's page.
    tags: list[tuple[str, str]] = field(default_factory=list)
    # Whether it is itself a translation.
    is_translation: bool = False

    @property
    def translated_into(self):
        """What of ``translations`` is a translation of this article: of originals alone."""
        return [] if self.is_translation else self.translations


def article(slug, *, preview=False, now=None):
    """The article at this address with its section and discussion, in one query.

    Raises ``Article.DoesNotExist`` for one that readers may not see, unless ``preview``.
    """
    if preview:
        return Article.objects.select_related(*_RELATED).get(slug=slug)
    found = _READABLE(slug=slug, now=now or timezone.now())
    if not found:
        raise Article.DoesNotExist
    return assemble(found[0], Article, **_RELATED)


def asking_article(slug, now):
    """The question that ``article`` asks."""
    return _READABLE.asking(slug=slug, now=now)


def readable(pk, now=None):
    """The article of this number that readers may see, with its own columns alone, or None."""
    return Article.objects.published(now).filter(pk=pk).first()


def _readable_article(*, slug, now):
    columns = columns_of(Article)
    for name, model in _RELATED.items():
        columns += columns_of(model, f"{name}__")
    return Article.objects.published(now).filter(slug=slug).values_list(*columns)


_RELATED = {
    "section": Section,
    "discussion": Article.discussion.field.related_model,
    "scheduled": ScheduledUpdate,
    "series_part": SeriesPart,
}
_READABLE = Statement(_readable_article)


def article_page(article, *, with_more=True, with_update=False, now=None):
    """(``article`` as its page shows it, what else there is to read as teasers).

    Three queries; two ``with_more=False``, for the later pages of a long discussion; one more where
    the article has pictures, one where it is part of a series, and one where the paper has more
    than one edition. Words that were scheduled are the article's from their moment on;
    ``with_update`` shows them before.
    """
    now = now or timezone.now()
    rows = related_rows(article, now) if with_more else []
    bylines = bylines_of([article.pk, *(row[0] for row in rows)])
    tags = tags_of([article.pk]).get(article.pk, [])
    view = _article_view(article, bylines.get(article.pk, []), tags, now, with_update)
    return view, [make_teaser(row, bylines, now=now) for row in rows]


def asking_page(article, now, *, with_more=True):
    """The questions that ``article_page`` asks and that wait for no other's answer."""
    tags = asking_tags([article.pk])
    return [tags, asking_related(article, now)] if with_more else [tags]


def update_of(article):
    """What is scheduled for an article that was read with it, or None. No query."""
    scheduled = getattr(article, "scheduled", None)
    # Read in one statement with the article, it is there without any values where there is none.
    if scheduled is None or scheduled.takes_effect_at is None:
        return None
    return scheduled if article.status == Article.Status.PUBLISHED else None


def is_update_due(article, now=None):
    """Whether scheduled words are the article's by now, though not yet in its row. No query."""
    scheduled = update_of(article)
    return scheduled is not None and scheduled.takes_effect_at <= (now or timezone.now())


def next_change(article, now):
    """When the article's page changes by itself: withdrawn, updated, or its discussion closes."""
    scheduled = update_of(article)
    moments = (
        article.published_at,
        article.withdraw_at,
        scheduled and scheduled.takes_effect_at,
        article.discussion.next_change(now),
    )
    since = now - A_READ
    return min((each for each in moments if each is not None and each > since), default=None)


def _article_view(article, makers, tags, now, with_update):
    discussion = article.discussion
    shown, updated_at = article, article.updated_at
    if is_update_due(article, now):
        shown, updated_at = article.scheduled, article.scheduled.takes_effect_at
    elif with_update and update_of(article):
        shown = article.scheduled

    def word(name):
        new = getattr(shown, name)
        return getattr(article, name) if new is None else new

    placed = pictures.shown_in(article)
    label = pgettext("credit", "Picture:")
    within = {
        number: figures.render_figure(each, figures.BODY, label=label)
        for number, each in placed.items()
    }
    leading = placed.get(article.lead_picture_id)
    changed_later = article.published_at and updated_at > article.published_at
    return ArticleView(
        title=word("title"),
        lead=word("lead"),
        summary=shown.summary,
        section_name=article.section.name,
        section_url=article.section.get_absolute_url(),
        published_iso=moment_iso(article.published_at) if article.published_at else "",
        published_text=moment_text(article.published_at) if article.published_at else "",
        updated_text=_("updated %(moment)s") % {"moment": moment_text(updated_at)}
        if changed_later
        else "",
        modified_iso=_modified_iso(article.published_at, updated_at),
        # Made by articles.figures and articles.markup alone.
        lead_figure=mark_safe(
            figures.render_figure(leading, figures.LEAD, label=label) if leading else ""
        ),
        lead_image=pictures.social_picture(leading) if leading else None,
        html=mark_safe(markup.place_pictures(shown.html, within, table=_("Table"))),
        photo_credits=[mark_safe(markup.render_credit(each)) for each in word("photo_credits")],
        url=article.get_absolute_url(),
        card_url=f"{article.get_absolute_url()}card.png?v={version_of(*card_of(article))}",
        comment_count=discussion.comment_count,
        comments_label=count_label(discussion.comment_count, "comment"),
        status_note=_status_note(article, now, with_update),
        until=next_change(article, now),
        reading_label=reading_label(
            shown.reading_minutes,
            ngettext("%(number)s min read", "%(number)s min read", shown.reading_minutes),
        ),
        series=place_of(article, now),
        language=article.language,
        lang=editions.marked(article.language),
        translations=translations_of(article, now),
        is_translation=article.translation_of_id is not None,
        makers=makers,
        byline=worded(makers),
        tags=tags,
        embed_hosts=" ".join(settings.EMBED_HOSTS) if has_embeds(shown.html) else "",
    )


def card_of(article):
    """What is drawn on the picture of an article: ``cards.draw_card`` takes just that."""
    return article.title, article.section.name, settings.SITE_NAME


def _modified_iso(published_at, updated_at):
    return "" if published_at is None else moment_iso(max(published_at, updated_at))


def _status_note(article, now, with_update):
    if article.status != Article.Status.PUBLISHED:
        return _("%(state)s: readers do not see this page.") % {
            "state": article.get_status_display()
        }
    if article.published_at > now:
        return _("Readers see this page from %(moment)s on.") % {
            "moment": moment_text(article.published_at)
        }
    if article.withdraw_at is not None and article.withdraw_at <= now:
        return _("Readers have not seen this page since %(moment)s.") % {
            "moment": moment_text(article.withdraw_at)
        }
    if with_update and update_of(article) and not is_update_due(article, now):
        moment = moment_text(article.scheduled.takes_effect_at)
        return _("This is what readers see from %(moment)s on.") % {"moment": moment}
    return ""
