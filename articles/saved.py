"""READ and WRITE: what somebody saved to read it later. Nobody else sees it."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.statements import Statement, padded
from articles.bylines import bylines_of
from articles.errors import ArticleError
from articles.listings import PAGE_SIZE, TEASER_FIELDS, BadCursorError, make_teaser
from articles.models import Article, SavedArticle
from articles.permissions import require
from comments.turns import wait_for_turn

# A list that long is an archive, and search finds more in it.
MOST_SAVED = 500


@dataclass(frozen=True, slots=True)
class SavedPage:
    """One page of somebody's list: ``entries`` are ``(number of the article, teaser)``."""

    entries: list
    next_url: str = ""
    next_label: str = ""
    previous_url: str = ""
    previous_label: str = ""

    @property
    def all_teasers(self):
        return [teaser for _, teaser in self.entries]


def save_article(*, by, article_id):
    """Puts an article on the list of ``by``; returns whether it was not there before.

    Raises ``PermissionDenied`` for who is not signed in, ``Article.DoesNotExist`` for what readers
    may not see, ``ArticleError`` where the list is full. One transaction, in which nobody else
    saves for the same person; locks no row.
    """
    require(by.is_authenticated, _("Sign in to save articles."))
    article = Article.objects.published().only("pk").get(pk=article_id)
    with transaction.atomic():
        wait_for_turn(by)
        mine = SavedArticle.objects.filter(person_id=by.pk)
        if mine.filter(article_id=article.pk).exists():
            return False
        if mine.count() >= MOST_SAVED:
            raise ArticleError(
                _("Your list has %(most)s articles. Take one off it first.") % {"most": MOST_SAVED}
            )
        SavedArticle.objects.create(person_id=by.pk, article_id=article.pk)
        return True


def drop_article(*, by, article_id):
    """Takes an article off the list of ``by``; returns whether it was on it.

    Raises ``PermissionDenied`` for who is not signed in.
    """
    require(by.is_authenticated, _("Sign in to save articles."))
    dropped, _deleted = SavedArticle.objects.filter(person_id=by.pk, article_id=article_id).delete()
    return bool(dropped)


def is_saved(person, article_id):
    """Whether an article is on somebody's list. One query."""
    return bool(_SAVED(person_id=person.pk, article_id=article_id))


def asking_saved(person, article_id):
    """The question that ``is_saved`` asks."""
    return _SAVED.asking(person_id=person.pk, article_id=article_id)


_SAVED = Statement(
    lambda *, person_id, article_id: SavedArticle.objects.filter(
        person_id=person_id, article_id=article_id
    ).values_list("pk")[:1]
)


def saved_page(person, *, before=None, now=None):
    """What somebody saved and can be read, the last saved first. Three queries.

    ``before`` is a cursor. Raises ``BadCursorError``.
    """
    seen = Article.objects.published(now or timezone.now())
    mine = SavedArticle.objects.filter(
        Exists(seen.filter(pk=OuterRef("article_id"))), person_id=person.pk
    )
    if before is not None:
        if not (before.isascii() and before.isdigit() and len(before) < 19):
            raise BadCursorError("There is no such page of your list.")
        mine = mine.filter(pk__lt=int(before))
    lines = list(mine.order_by("-pk").values_list("pk", "article_id")[: PAGE_SIZE + 1])
    wanted = [article_id for _, article_id in lines[:PAGE_SIZE]]
    rows = {}
    if wanted:
        found = Article.objects.filter(pk__in=padded(wanted)).values_list(*TEASER_FIELDS)
        rows = {row[0]: row for row in found}
    bylines = bylines_of(wanted)
    more = len(lines) > PAGE_SIZE
    return SavedPage(
        entries=[(str(pk), make_teaser(rows[pk], bylines, now=now)) for pk in wanted],
        next_url=f"/saved/?before={lines[PAGE_SIZE - 1][0]}" if more else "",
        next_label=_("Saved before these") if more else "",
        previous_url="/saved/" if before is not None else "",
        previous_label=_("Saved last") if before is not None else "",
    )
