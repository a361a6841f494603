"""WRITE: tags, what articles carry of them, and two of them made one.

``by`` is the person who acts; they need the right to write articles. ``by=None`` is the portal
itself. Rows are locked in the order article, tags (by id), and then what lies between them.
"""

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from articles.errors import ArticleError
from articles.models import (
    MAX_FOLDED,
    MAX_TAG_DESCRIPTION,
    MAX_TAG_NAME,
    MAX_TAG_SLUG,
    Article,
    Tag,
    Tagging,
)
from articles.permissions import require_changer, require_publisher, require_writer
from articles.slugs import SLUG_TRIES, fold_name, free_slug, slug_of

# More say nothing any more, and a forged form that names thousands is not read.
MOST_TAGS = 20
_CHANGEABLE = frozenset({"name", "slug", "description"})


def tag_article(*, by=None, article, names):
    """Makes the tags of these names the article's, in their order; those there are not are made.

    Names that differ by capitals alone are one; of a tag that was merged, the article gets the
    other. Returns whether anything changed. Locks the article's row, then those of the tags.
    Raises ``ArticleError`` for a name that cannot be and for too many, ``PermissionDenied``.
    """
    require_writer(by)
    names = checked_names(names)
    with transaction.atomic():
        locked = Article.objects.select_for_update(no_key=True)
        held = locked.only("version", "published_at", "section_id", "status").get(pk=article.pk)
        require_changer(by, held)
        wanted = open_tags(names)
        taggings = article.taggings.order_by("position", "id")
        if list(taggings.values_list("tag_id", flat=True)) == wanted:
            return False
        article.taggings.all().delete()
        Tagging.objects.bulk_create(
            Tagging(
                article_id=article.pk,
                tag_id=pk,
                position=position,
                published_at=held.published_at,
            )
            for position, pk in enumerate(wanted, 1)
        )
        Article.objects.filter(pk=article.pk).update(version=F("version") + 1)
    article.version = held.version + 1
    return True


def follow_article(article):
    """Gives the article's taggings its date, by which lists are ordered; inside its transaction."""
    article.taggings.update(published_at=article.published_at)


def checked_names(names):
    """``names`` with no name twice; raises ``ArticleError`` for what no tag can be called."""
    checked = {}
    for name in names:
        name = _checked_name(name)
        checked.setdefault(fold_name(name), name)
    if len(checked) > MOST_TAGS:
        raise ArticleError(
            _("An article has at most %(most)s tags, not %(number)s.")
            % {"most": MOST_TAGS, "number": len(checked)}
        )
    return list(checked.values())


def change_tag(*, by=None, tag, **changes):
    """Takes over ``changes`` of name, slug or description; returns whether anything changed.

    Locks the tag's row. Raises ``ArticleError`` for what cannot be and for a name or an address
    that another tag has, ``PermissionDenied``.
    """
    require_publisher(by)
    if unknown := set(changes) - _CHANGEABLE:
        raise TypeError(f"a tag has no {sorted(unknown)}")
    if "name" in changes:
        changes["name"] = _checked_name(changes["name"])
    if len(changes.get("description", "")) > MAX_TAG_DESCRIPTION:
        raise ArticleError(
            _("A description has at most %(most)s characters.") % {"most": MAX_TAG_DESCRIPTION}
        )
    try:
        with transaction.atomic():
            tag.refresh_from_db(from_queryset=Tag.objects.select_for_update(no_key=True))
            changed = {name for name, value in changes.items() if getattr(tag, name) != value}
            for name in changed:
                setattr(tag, name, changes[name])
            tag.folded = fold_name(tag.name)
            if changed:
                tag.save(update_fields=[*sorted(changed), "folded"])
    except IntegrityError as error:
        raise ArticleError(
            _("Another tag has this name or this address. Merge the two instead.")
        ) from error
    return bool(changed)


def merge_tags(*, by=None, tags, into):
    """Moves the articles of ``tags`` to the tag ``into``; their addresses lead there from now on.

    Returns how many tags were merged; False where all were so already. Locks the rows of all
    tags. Raises ``ArticleError`` where ``into`` was merged itself, ``PermissionDenied``.
    """
    require_publisher(by)
    wanted = {tag.pk for tag in tags} - {into.pk}
    with transaction.atomic():
        locked = Tag.objects.select_for_update(no_key=True).order_by("pk")
        rows = {tag.pk: tag for tag in locked.filter(pk__in=[*wanted, into.pk])}
        if rows[into.pk].merged_into_id:
            raise ArticleError(
                _("“%(into)s” was merged into another tag. Choose that one.") % {"into": into}
            )
        merged = [pk for pk in sorted(wanted) if rows[pk].merged_into_id != into.pk]
        for pk in merged:
            taggings = Tagging.objects.filter(tag_id=pk)
            carriers = Tagging.objects.filter(tag_id=into.pk).values("article_id")
            taggings.filter(article_id__in=carriers).delete()
            taggings.update(tag_id=into.pk)
        Tag.objects.filter(merged_into_id__in=merged).update(merged_into=into)
        Tag.objects.filter(pk__in=merged).update(merged_into=into)
    return len(merged) or False


def open_tags(names):
    """The keys of the tags of these names, in their order, each once; those there are not are made.

    For writes of this app, inside their transaction: the tags' rows are locked.
    """
    by_folded = {fold_name(name): name for name in names}
    there = set(Tag.objects.filter(folded__in=by_folded).values_list("folded", flat=True))
    for folded, name in by_folded.items():
        if folded not in there:
            _make_tag(name, folded)
    # Found and locked in the order of their keys, so that nobody merges one meanwhile; where a
    # tag was merged, the one it went to, which stays.
    locked = Tag.objects.select_for_update(no_key=True).order_by("pk")
    found = {
        tag.folded: tag.merged_into_id or tag.pk for tag in locked.filter(folded__in=by_folded)
    }
    return list(dict.fromkeys(found[folded] for folded in by_folded))


def _make_tag(name, folded):
    for tries_left in reversed(range(SLUG_TRIES)):
        # The rest is for "-2", "-3" ... of names that are spelled alike in Latin letters.
        slug = free_slug(Tag, slug_of(name, MAX_TAG_SLUG - 8, "tag"))
        try:
            with transaction.atomic():
                Tag(name=name, folded=folded, slug=slug).save(force_insert=True)
            return
        except IntegrityError:
            if Tag.objects.filter(folded=folded).exists():
                # Somebody else wrote it at the same time.
                return
            if not tries_left:
                raise


def _checked_name(name):
    name = " ".join(name.split())
    # What looks like one letter may be compared as eighteen.
    fits = 0 < len(name) <= MAX_TAG_NAME and len(fold_name(name)) <= MAX_FOLDED
    if not fits or "," in name or not name.isprintable():
        raise ArticleError(
            _("A tag has 1 to %(most)s characters and no comma, not “%(name)s”.")
            % {"most": MAX_TAG_NAME, "name": name[:MAX_TAG_NAME]}
        )
    return name
