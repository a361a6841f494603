"""NEWS: sections, articles and their bylines."""

from articles.models.news import MAX_SLUG_LENGTH, Article, Byline, Section

__all__ = ["MAX_SLUG_LENGTH", "Article", "Byline", "Section"]
