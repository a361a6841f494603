"""WRITE: the paper's sections. Every function is one transaction."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles import editions, redirects, slugs
from articles.errors import ArticleError
from articles.models import Article, Section
from articles.permissions import can_arrange, require
from articles.slugs import free_slug
from comments import areas
from comments.languages import site_language

MAX_SECTION_NAME = 60
_CHANGEABLE = frozenset({"name", "slug", "position", "description", "language"})
_ONLY = gettext_lazy("Only who publishes in every section can change what sections there are.")


def open_section(name, slug="", language=""):
    """The section of this name, whatever its capitals; a new one where there is none.

    A new one has the address ``slug``, or the first free one of its name, and is in ``language``,
    or the site's. Raises ``ArticleError`` for a name that cannot be, an address that another
    section has, or a language without an edition.
    """
    name = " ".join(name.split())
    if not name or len(name) > MAX_SECTION_NAME:
        raise ArticleError(
            _("A section's name has 1 to %(most)s characters, not “%(name)s”.")
            % {"most": MAX_SECTION_NAME, "name": name}
        )
    section = (
        Section.objects.filter(name=name).first()
        or Section.objects.filter(name__iexact=name).first()
    )
    if section is None:
        language = editions.checked(language or site_language())
        wished = slugs.slug_of(name, MAX_SECTION_NAME - 8)
        wanted = slug or free_slug(Section, wished, redirects.slugs_kept(Section, wished))
        try:
            with transaction.atomic():
                section, _made = Section.objects.get_or_create(
                    name=name, defaults={"slug": wanted, "language": language}
                )
        except IntegrityError as error:
            raise ArticleError(
                _("Another section has the address “%(wanted)s”.") % {"wanted": wanted}
            ) from error
    return section


def arrange_section(*, by=None, name, slug, position, description, language=""):
    """The section of this name, with this address, place among the others and description.

    ``language`` is that of its edition; where it is left empty, a section keeps its own.

    Raises as ``update_section``.
    """
    require(by is None or can_arrange(by), _ONLY)
    with transaction.atomic():
        section = open_section(name, slug, language)
        update_section(
            by=by,
            section=section,
            slug=slug,
            position=position,
            description=description,
            **({"language": language} if language else {}),
        )
    return section


def update_section(*, by=None, section, **changes):
    """Takes over what ``arrange_section`` takes; returns whether anything changed.

    Reads the section anew and locks its row. Its former address leads to it, and what goes by
    its slug follows: its articles' discussions, moderators' beats, policies. Raises
    ``ArticleError`` where another section has the name or the address, for a language without an
    edition, or another one than its articles are in, and ``PermissionDenied``.
    """
    require(by is None or can_arrange(by), _ONLY)
    if unknown := set(changes) - _CHANGEABLE:
        raise TypeError(f"a section has no {sorted(unknown)}")
    with transaction.atomic():
        # Who writes a section's first article waits until its language has changed.
        locked = Section.objects.select_for_update(no_key="language" not in changes)
        section.refresh_from_db(from_queryset=locked)
        changed = {name for name, value in changes.items() if getattr(section, name) != value}
        former_slug = section.slug
        if "language" in changed:
            check_language(section, changes["language"])
        for name in changed:
            setattr(section, name, changes[name])
        if "slug" in changed:
            redirects.follow_section(section, former_slug)
        try:
            with transaction.atomic():
                section.save(update_fields=changed)
        except IntegrityError as error:
            raise ArticleError(_("Another section has this name or this address.")) from error
        if "slug" in changed:
            areas.rename_area(former_slug, section.slug)
    return bool(changed)


def check_language(section, language):
    """Raises ``ArticleError`` unless ``section`` can come to be in ``language``. One query."""
    editions.checked(language)
    if Article.objects.filter(section=section).exists():
        raise ArticleError(_("A section that has articles keeps its language."))
