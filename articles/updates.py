"""WRITE: what a published article will say from a moment on, and what it said before, again."""

from django.db import transaction
from django.utils import timezone

from articles import markup
from articles.models import WORD_FIELDS, Article, ScheduledUpdate
from articles.permissions import can_change, require
from articles.publishing import ArticleError, check_title, update_article
from articles.revisions import MAX_WHY_LENGTH, revision_of
from comments.markup import one_line

_NOT_YOURS = "In this section others of the newsroom change what is published."


def schedule_update(*, by=None, article, takes_effect_at, why="", **words):
    """Has a published article say ``words`` (some of its word fields) from a moment on.

    There is at most one: another one takes its place. Returns the ``ScheduledUpdate``. Raises
    ``PermissionDenied``, and ``ArticleError`` for an article that is not published, a moment that
    has passed, and words that cannot be. One transaction; locks the article's row.
    """
    if unknown := set(words) - set(WORD_FIELDS):
        raise TypeError(f"words have no {sorted(unknown)}")
    if takes_effect_at <= timezone.now():
        raise ArticleError("An update is scheduled for a moment that is still to come.")
    with transaction.atomic():
        article = _locked(article)
        require(by is None or can_change(by, article), _NOT_YOURS)
        if article.status != Article.Status.PUBLISHED:
            raise ArticleError("Only what is published is updated later; change the text itself.")
        words = {name: getattr(article, name) for name in WORD_FIELDS} | words
        words["title"] = check_title(words["title"])
        try:
            markup.check_blocks(words["blocks"])
        except markup.BodyError as error:
            raise ArticleError(str(error)) from error
        made, _ = ScheduledUpdate.objects.update_or_create(
            article=article,
            defaults={
                **words,
                "takes_effect_at": takes_effect_at,
                "summary": markup.summary_of(words["lead"], words["blocks"]),
                "html": markup.render_blocks(words["blocks"]),
                "by": by,
                "why": one_line(why)[:MAX_WHY_LENGTH],
                "made_at": timezone.now(),
            },
        )
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


def restore_revision(*, by=None, article, number):
    """Has a published article say again what it said in its revision ``number``.

    That is a new revision of ``by``. Returns whether anything changed. Raises
    ``Revision.DoesNotExist`` and as ``publishing.update_article``, whose locks it takes.
    """
    revision = revision_of(article, number)
    why = f"As in revision {number} again"
    return update_article(by=by, article=article, why=why, **revision.words())


def _locked(article):
    found = Article.objects.select_for_update(of=("self",), no_key=True)
    return found.select_related("section").get(pk=article.pk)
