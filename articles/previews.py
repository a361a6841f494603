"""READ and WRITE: signed links to articles that are not published, for people without an account.

The signature keeps numbers from being tried; the row lets a link end, or be revoked.
"""

from datetime import timedelta

from django.core import signing
from django.db import transaction
from django.utils import timezone

from articles.models import PreviewLink
from articles.permissions import can_change, require
from articles.publishing import ArticleError
from comments.markup import one_line

# Long enough for a lawyer's answer, short enough to be forgotten in a mailbox without harm.
DEFAULT_DAYS, MOST_DAYS = 7, 90
_SALT = "articles.previews"
_NOTE_LENGTH = PreviewLink._meta.get_field("note").max_length


def make_link(*, by, article, days=DEFAULT_DAYS, note=""):
    """A link to ``article`` that opens it for ``days`` days; ``note`` says for whom.

    Returns the ``PreviewLink``. Raises ``PermissionDenied`` for who may not change the article,
    ``ArticleError`` for days that cannot be. Locks nothing.
    """
    require(can_change(by, article), "Only who may change this article can show it to others.")
    if not 1 <= days <= MOST_DAYS:
        raise ArticleError(f"A preview is open for 1 to {MOST_DAYS} days.")
    return PreviewLink.objects.create(
        article=article,
        made_by=by,
        note=one_line(note)[:_NOTE_LENGTH],
        expires_at=timezone.now() + timedelta(days=days),
    )


def revoke_link(*, by, link):
    """Ends a link; returns whether it was still open. Raises ``PermissionDenied``.

    One transaction; locks the link's row.
    """
    require(can_change(by, link.article), "Only who may change this article can do this.")
    with transaction.atomic():
        link = PreviewLink.objects.select_for_update().get(pk=link.pk)
        if not link.is_valid():
            return False
        link.revoked_at = timezone.now()
        link.save(update_fields=["revoked_at"])
        return True


def address_of(link):
    """The path that opens it, for whoever has it."""
    return f"/preview/{signing.dumps(link.pk, salt=_SALT)}/"


def open_link(token, now=None):
    """The ``PreviewLink`` of a path; raises ``PreviewLink.DoesNotExist`` for one that is no more.

    One query.
    """
    try:
        pk = signing.loads(token, salt=_SALT)
    except signing.BadSignature as forged:
        raise PreviewLink.DoesNotExist from forged
    link = PreviewLink.objects.select_related("article__section", "article__discussion").get(pk=pk)
    if not link.is_valid(now):
        raise PreviewLink.DoesNotExist
    return link


def links_of(article):
    """``[(link, path)]`` of an article's links that are still open, the newest first."""
    found = PreviewLink.objects.filter(
        article_id=article.pk, revoked_at=None, expires_at__gt=timezone.now()
    )
    return [(link, address_of(link)) for link in found.select_related("made_by").order_by("-pk")]
