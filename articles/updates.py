"""WRITE: what a published article will say from a moment on, and what it said before, again."""

import logging

from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.patience import impatience
from articles import markup
from articles.coming import render_update
from articles.errors import ArticleError, worded
from articles.models import WORD_FIELDS, Article, ScheduledUpdate
from articles.permissions import can_change, require
from articles.placements import place_pictures
from articles.publishing import (
    check_date,
    check_title,
    settle_update,
    update_article,
)
from articles.revisions import MAX_WHY_LENGTH, revision_of
from comments.markup import one_line

_log = logging.getLogger(__name__)
# So many are due at once where a whole edition changes; the next reader settles the next ones.
SETTLED_AT_ONCE = 20
_NOT_YOURS = gettext_lazy("In this section others of the newsroom change what is published.")


def schedule_update(*, by=None, article, takes_effect_at, why="", **words):
    """Has a published article say ``words`` (some of its word fields) from a moment on.

    What they do not name stays as it is, whatever becomes of it until then. There is at most one:
    another one takes its place. Returns the ``ScheduledUpdate``. Raises ``PermissionDenied``, and
    ``ArticleError`` for an article that is not published, a moment that has passed or at which it
    is withdrawn already, and words that cannot be or are what it says now. One transaction; locks
    the article's row.
    """
    if unknown := set(words) - set(WORD_FIELDS):
        raise TypeError(f"words have no {sorted(unknown)}")
    if takes_effect_at <= timezone.now():
        raise ArticleError(_("An update is scheduled for a moment that is still to come."))
    check_date(takes_effect_at)
    with transaction.atomic():
        # Another one's moment may have come: what readers see is what this one follows.
        settle_update(article)
        article = _locked(article)
        require(by is None or can_change(by, article), _NOT_YOURS)
        if article.status != Article.Status.PUBLISHED:
            raise ArticleError(
                _("Only what is published is updated later; change the text itself.")
            )
        if article.withdraw_at is not None and article.withdraw_at <= takes_effect_at:
            raise ArticleError(_("It is withdrawn by then."))
        if "title" in words:
            words["title"] = check_title(words["title"])
        words = {name: value for name, value in words.items() if getattr(article, name) != value}
        if not words:
            raise ArticleError(_("It says that already."))
        try:
            markup.check_blocks(words.get("blocks", article.blocks))
        except markup.BodyError as error:
            raise ArticleError(worded(error.sentence, error.values)) from error
        made = ScheduledUpdate(
            article=article, takes_effect_at=takes_effect_at, by=by,
            why=one_line(why)[:MAX_WHY_LENGTH], **words,
        )  # fmt: skip
        render_update(made, article)
        ScheduledUpdate.objects.filter(pk=article.pk).delete()
        made.save(force_insert=True)
        place_pictures(article)
        # What its page says until when is part of the page.
        Article.objects.filter(pk=article.pk).update(version=article.version + 1)
        return made


def drop_update(*, by=None, article):
    """Takes a scheduled update back; returns whether there was one that has not taken effect.

    Raises ``PermissionDenied``. One transaction; locks the article's row.
    """
    with transaction.atomic():
        article = _locked(article)
        require(by is None or can_change(by, article), _NOT_YOURS)
        mine = ScheduledUpdate.objects.filter(pk=article.pk, takes_effect_at__gt=timezone.now())
        dropped, _ = mine.delete()
        if dropped:
            Article.objects.filter(pk=article.pk).update(version=article.version + 1)
        return bool(dropped)


def restore_revision(*, by=None, article, number, seen_version=None):
    """Has a published article say again what it said in its revision ``number``.

    That is a new revision of ``by``. Returns whether anything changed. Raises
    ``Revision.DoesNotExist`` and as ``publishing.update_article``, whose locks it takes.
    """
    revision = revision_of(article, number)
    why = f"As in revision {number} again"
    return update_article(
        by=by, article=article, why=why, seen_version=seen_version, **revision.words()
    )


def _locked(article):
    found = Article.objects.select_for_update(of=("self",), no_key=True)
    return found.select_related("section").get(pk=article.pk)


def settle_due_in_passing():
    """``settle_in_passing`` of what is due, a few at most: for what reads words from an index.

    One query where nothing is due.
    """
    due = ScheduledUpdate.objects.filter(takes_effect_at__lte=timezone.now())
    for pk in due.order_by("takes_effect_at").values_list("pk", flat=True)[:SETTLED_AT_ONCE]:
        settle_in_passing(Article.objects.get(pk=pk))


def settle_in_passing(article):
    """``settle_update`` by a reader, who waits for nobody: returns False where it cannot be now.

    Another one has it in hand, the database is busy or takes no writes: pages do without.
    """
    try:
        with impatience(0), transaction.atomic():
            free = Article.objects.select_for_update(skip_locked=True, no_key=True)
            return bool(free.filter(pk=article.pk).values_list("pk")) and settle_update(article)
    except DatabaseError as error:
        _log.warning("the update of article %s has to wait: %s", article.pk, error)
        return False
