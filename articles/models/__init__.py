"""NEWS: sections, articles and their bylines."""

from articles.models.desk import WORD_FIELDS, PreviewLink, Remit, Revision, ScheduledUpdate
from articles.models.news import MAX_SLUG_LENGTH, Article, Byline, Section

__all__ = [
    "MAX_SLUG_LENGTH",
    "WORD_FIELDS",
    "Article",
    "Byline",
    "PreviewLink",
    "Remit",
    "Revision",
    "ScheduledUpdate",
    "Section",
]
