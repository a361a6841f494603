"""How a write of the newsroom is refused, in words."""

from django.utils.formats import number_format
from django.utils.translation import gettext


class ArticleError(ValueError):
    """What was to be written cannot be so; the message is a sentence for its writer."""


def worded(sentence, values):
    """A sentence of ``articles.sentences`` in the language that is active, with its values."""
    grouped = {
        name: number_format(value, force_grouping=True) if isinstance(value, int) else value
        for name, value in values.items()
    }
    return gettext(sentence) % grouped
