"""READ and WRITE: signed links to articles that are not published, for people without an account.

The signature keeps numbers from being tried; the row lets a link end, or be revoked.
"""

from datetime import timedelta

from django.core import signing
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.errors import ArticleError
from articles.models import PreviewLink
from articles.permissions import can_change, require
from articles.stories import update_of
from comments.markup import one_line

# Long enough for a lawyer's answer, short enough to be forgotten in a mailbox without harm.
DEFAULT_DAYS, MOST_DAYS = 7, 90
_SALT = "articles.previews"
_NOTE_LENGTH = PreviewLink._meta.get_field("note").max_length


def make_link(*, by, article, days=DEFAULT_DAYS, note=""):
    """A link to ``article`` that opens it for ``days`` days; ``note`` says for whom.

    For one that is published it opens what is scheduled. Returns the ``PreviewLink``. Raises
    ``PermissionDenied`` for who may not change the article, ``ArticleError`` for days that cannot
    be and where there is nothing to show. Locks nothing.
    """
    require(can_change(by, article), _("Only who may change this article can show it to others."))
    if not 1 <= days <= MOST_DAYS:
        raise ArticleError(_("A preview is open for 1 to %(most)s days.") % {"most": MOST_DAYS})
    is_out = article.is_published()
    if is_out and update_of(article) is None:
        raise ArticleError(_("Everybody can read it as it is, and nothing else is scheduled."))
    return PreviewLink.objects.create(
        article=article,
        made_by=by,
        of_update=is_out,
        note=one_line(note)[:_NOTE_LENGTH],
        expires_at=timezone.now() + timedelta(days=days),
    )


def revoke_link(*, by, link):
    """Ends a link; returns whether it was still open.

    Raises ``PermissionDenied`` for who neither made it nor may change the article. One
    transaction; locks the link's row.
    """
    require(
        link.made_by_id == by.pk or can_change(by, link.article),
        _("Only who made this link, or may change the article, can do this."),
    )
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
    related = ("article__section", "article__discussion", "article__scheduled")
    link = PreviewLink.objects.select_related(*related).get(pk=pk)
    if not link.is_valid(now):
        raise PreviewLink.DoesNotExist
    return link


def links_of(article, person):
    """``[(link, path)]`` of an article's open links, the newest first, which ``person`` may know:

    those that they made, or all where they may change the article. One query.
    """
    found = PreviewLink.objects.filter(
        article_id=article.pk, revoked_at=None, expires_at__gt=timezone.now()
    )
    if not can_change(person, article):
        found = found.filter(made_by_id=person.pk)
    return [(link, address_of(link)) for link in found.order_by("-pk")]
