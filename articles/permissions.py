"""Who may do what with articles. Each question has one answer, asked by pages and by writes."""

from django.core.exceptions import PermissionDenied


def can_write(person):
    """Whether ``person`` may write, publish and withdraw articles: editors, administrators."""
    return person.is_authenticated and person.has_perm("articles.change_article")


def can_preview(person):
    """Whether ``person`` may read what is not published (yet, or any more)."""
    return person.is_authenticated and person.has_perm("articles.view_article")


def require(allowed, reason):
    """Raises ``PermissionDenied`` with ``reason``, a sentence for readers, unless ``allowed``."""
    if not allowed:
        raise PermissionDenied(reason)
