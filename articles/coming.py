"""WRITE: the words that a published article will have, as long as it is not yet their moment."""

from articles import markup
from articles.models import WORD_FIELDS, Article, ScheduledUpdate
from articles.reading_time import minutes_of


def follow_article(article):
    """What is scheduled follows the article: made anew of its words, or gone with it.

    Needs the lock of the article's row. One query, and one more where something is scheduled.
    """
    mine = ScheduledUpdate.objects.filter(pk=article.pk)
    if article.status != Article.Status.PUBLISHED:
        # Words for readers who read the others: what becomes of it now is written anew.
        mine.delete()
        return
    for scheduled in mine:
        render_update(scheduled, article)
        scheduled.save(update_fields=["summary", "html", "reading_minutes"])


def render_update(scheduled, article):
    """What is made of the words that ``article`` will have: not yet in the database."""
    words = {name: getattr(article, name) for name in WORD_FIELDS} | scheduled.changes()
    scheduled.html = markup.render_blocks(words["blocks"])
    scheduled.reading_minutes = minutes_of(scheduled.html)
    scheduled.summary = markup.summary_of(words["lead"], words["blocks"])
