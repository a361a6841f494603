"""A small saved page, and what an import of it could touch."""

from accounts.models import User
from articles.importer.parser import DEFAULT_NOTICE
from articles.models import Article, Byline, Section
from comments.models import (
    Comment,
    Discussion,
    ModerationEntry,
    Revision,
    Thread,
    ThreadMove,
    Visit,
    Vote,
)

PAGE = f"""Rain again

It rained all day.

I am wet

- says the mayor.

The sun is expected on Sunday.
  • Used photos: Ada Lens, https://example.org/lens
{DEFAULT_NOTICE}
  1. ada Offline ada
    ada (Ada L.) 8 January 2022 10: 28
    Wet is the word.
    1. ben Online ben
      ben 8 January 2022 11: 05
      Quote: ada
      Wet

      Soaked, rather.
  2. ben Online ben
    ben 9 January 2022 9: 00
    Still raining.
"""
LONGER = f"""{PAGE}  3. cleo Offline cleo
    cleo 9 January 2022 12: 00
    It has stopped.
"""


def empty_portal():
    # Comments refuse to be deleted one by one, and protect what they hang on.
    ModerationEntry.objects.all()._raw_delete("default")
    for model in (ThreadMove, Thread, Vote, Visit, Revision):
        model.objects.all()._raw_delete("default")
    Comment.objects.all()._raw_delete("default")
    for model in (Byline, Article, Section, Discussion, User):
        model.objects.all()._raw_delete("default")


def stored():
    """Everything that an import could touch, to see that it did not."""
    return (
        list(User.objects.order_by("pk").values()),
        list(Section.objects.order_by("pk").values()),
        list(Article.objects.order_by("pk").values()),
        list(Discussion.objects.order_by("pk").values()),
        list(Comment.objects.order_by("pk").values()),
        list(Thread.objects.order_by("pk").values()),
    )
