"""WRITE: who is named as a maker of an article, and guests, who have no account.

``by`` is the person who acts; they need the right to write articles. ``by=None`` is the portal
itself.
"""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from articles.errors import ArticleError
from articles.models import MAX_BIOGRAPHY, MAX_GUEST_NAME, MAX_GUEST_SLUG, Byline, Guest
from articles.permissions import require_publisher, require_writer
from articles.slugs import SLUG_TRIES, free_slug, slug_of

_CHANGEABLE = frozenset({"name", "slug", "biography"})


@dataclass(frozen=True, slots=True)
class Maker:
    """That ``who``, a person or a ``Guest``, made something of an article as ``role``."""

    who: object
    role: str = Byline.Role.TEXT


def set_bylines(article, makers):
    """Makes ``makers`` the byline, in their order; returns whether that changed anything.

    Each is a ``Maker``, or a person or a guest who wrote the text; who is named twice in one
    role is named once. Inside the transaction of ``articles.publishing``, which has asked for
    the right and holds the article's row.
    """
    wanted = list(dict.fromkeys(_key_of(maker) for maker in makers))
    present = list(
        article.bylines.order_by("position", "id").values_list("role", "person_id", "guest_id")
    )
    if wanted == present:
        return False
    article.bylines.all().delete()
    Byline.objects.bulk_create(_lines(article, wanted))
    return True


def lines_of(article, makers):
    """The byline of an article as ``set_bylines`` makes it, not yet in the database."""
    return _lines(article, list(dict.fromkeys(_key_of(maker) for maker in makers)))


def _lines(article, wanted):
    named = set()
    lines = []
    for position, (role, person_id, guest_id) in enumerate(wanted, 1):
        lines.append(
            Byline(
                article=article,
                role=role,
                person_id=person_id,
                guest_id=guest_id,
                position=position,
                is_first=(person_id, guest_id) not in named,
                published_at=article.published_at,
            )
        )
        named.add((person_id, guest_id))
    return lines


def follow_article(article):
    """Gives the byline the article's date, by which lists are ordered; inside its transaction."""
    article.bylines.update(published_at=article.published_at)


def _key_of(maker):
    if not isinstance(maker, Maker):
        maker = Maker(maker)
    if maker.role not in Byline.Role.values:
        raise ArticleError(_("Nobody can be named as “%(role)s”.") % {"role": maker.role})
    is_guest = isinstance(maker.who, Guest)
    return (
        str(maker.role),
        None if is_guest else maker.who.pk,
        maker.who.pk if is_guest else None,
    )


def create_guest(*, by=None, name, slug="", biography=""):
    """A new guest; without ``slug`` they get the first free one of their name.

    Raises ``ArticleError`` for a name that cannot be and an address that is taken,
    ``PermissionDenied``.
    """
    require_writer(by)
    guest = Guest(name=_checked_name(name), biography=_checked_biography(biography))
    for tries_left in reversed(range(SLUG_TRIES)):
        # The rest is for "-2", "-3" ... of guests of the same name.
        guest.slug = slug or free_slug(Guest, slug_of(guest.name, MAX_GUEST_SLUG - 8, "guest"))
        try:
            with transaction.atomic():
                guest.save(force_insert=True)
            break
        except IntegrityError as error:
            if slug or not tries_left:
                raise ArticleError(
                    _("Another guest has the address “%(slug)s”.") % {"slug": guest.slug}
                ) from error
    return guest


def change_guest(*, by=None, guest, **changes):
    """Takes over ``changes`` of name, slug or biography; returns whether anything changed.

    Locks the guest's row. Raises as ``create_guest`` does.
    """
    require_publisher(by)
    if unknown := set(changes) - _CHANGEABLE:
        raise TypeError(f"a guest has no {sorted(unknown)}")
    if "name" in changes:
        changes["name"] = _checked_name(changes["name"])
    if "biography" in changes:
        changes["biography"] = _checked_biography(changes["biography"])
    try:
        with transaction.atomic():
            guest.refresh_from_db(from_queryset=Guest.objects.select_for_update(no_key=True))
            changed = {name for name, value in changes.items() if getattr(guest, name) != value}
            for name in changed:
                setattr(guest, name, changes[name])
            if changed:
                guest.save(update_fields=sorted(changed))
    except IntegrityError as error:
        raise ArticleError(
            _("Another guest has the address “%(slug)s”.") % {"slug": changes["slug"]}
        ) from error
    return bool(changed)


def _checked_name(name):
    name = " ".join(name.split())
    if not name or len(name) > MAX_GUEST_NAME:
        raise ArticleError(
            _("A guest's name has 1 to %(most)s characters.") % {"most": MAX_GUEST_NAME}
        )
    return name


def _checked_biography(biography):
    biography = biography.strip()
    if len(biography) > MAX_BIOGRAPHY:
        raise ArticleError(
            _("A biography has at most %(most)s characters.") % {"most": MAX_BIOGRAPHY}
        )
    return biography
