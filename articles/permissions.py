"""Who may do what with articles. Each question has one answer, asked by pages and by writes."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from articles.errors import ArticleError
from articles.models import Article, Remit

Level, Status = Remit.Level, Article.Status

# The workflow: which move takes which level in the article's section. What is not here cannot be
# done: a text that was approved is published or goes back, and what was published is withdrawn.
MOVES = {
    (Status.DRAFT, Status.DESK): Level.WRITE,
    (Status.DESK, Status.DRAFT): Level.WRITE,
    (Status.DESK, Status.APPROVED): Level.APPROVE,
    (Status.APPROVED, Status.DESK): Level.APPROVE,
    (Status.APPROVED, Status.DRAFT): Level.APPROVE,
    (Status.APPROVED, Status.PUBLISHED): Level.PUBLISH,
    # Whoever may publish needs nobody's approval.
    (Status.DRAFT, Status.APPROVED): Level.APPROVE,
    (Status.DRAFT, Status.PUBLISHED): Level.PUBLISH,
    (Status.DESK, Status.PUBLISHED): Level.PUBLISH,
    (Status.PUBLISHED, Status.WITHDRAWN): Level.PUBLISH,
    (Status.WITHDRAWN, Status.PUBLISHED): Level.PUBLISH,
    (Status.WITHDRAWN, Status.DRAFT): Level.PUBLISH,
    # A draft that will never be one: its address stays reserved.
    (Status.DRAFT, Status.WITHDRAWN): Level.PUBLISH,
    (Status.DESK, Status.WITHDRAWN): Level.PUBLISH,
    (Status.APPROVED, Status.WITHDRAWN): Level.PUBLISH,
}
# Changing a text, by the state that it is in: what was handed in is the desk's.
CHANGES = {
    Status.DRAFT: Level.WRITE,
    Status.DESK: Level.APPROVE,
    Status.APPROVED: Level.APPROVE,
    Status.PUBLISHED: Level.PUBLISH,
    Status.WITHDRAWN: Level.PUBLISH,
}
# What a role may do where it has no remit of its own.
_ROLE_LEVELS = {"writer": Level.WRITE, "editor": Level.PUBLISH}


def can_write(person):
    """Whether ``person`` is of the newsroom: writes articles, in some section at least."""
    return person.is_authenticated and person.has_perm("articles.change_article")


def can_preview(person):
    """Whether ``person`` may read what is not published (yet, or any more)."""
    return person.is_authenticated and person.has_perm("articles.view_article")


def can_publish_anywhere(person):
    """Whether ``person`` may do in some section what takes the highest level."""
    return can_write(person) and any(
        level == Level.PUBLISH for level in _levels_of(person).values()
    )


def can_arrange(person):
    """Whether ``person`` may change what sections there are: who publishes in all of them."""
    return level_in(person, None) == Level.PUBLISH


def level_in(person, section_id):
    """What ``person`` may do in a section, as a ``Remit.Level``; 0 is nothing.

    One query for each person object; administrators may do everything everywhere.
    """
    if not can_write(person):
        return 0
    levels = _levels_of(person)
    return max(levels.get(None, 0), levels.get(section_id, 0))


def _levels_of(person):
    """{section id or None for everywhere: level}"""
    if person.is_superuser:
        return {None: Level.PUBLISH}
    if not hasattr(person, "_remits"):
        remits = Remit.objects.filter(person_id=person.pk)
        person._remits = dict(remits.values_list("section_id", "level"))
    return person._remits or {None: _ROLE_LEVELS.get(person.role, 0)}


def can_begin(person, section_id, status):
    """Whether ``person`` may make a new article that is in this state at once."""
    needed = Level.WRITE if status == Status.DRAFT else MOVES[Status.DRAFT, status]
    return level_in(person, section_id) >= needed


def can_move(person, article, status):
    """Whether ``person`` may move ``article`` from its state to another one."""
    needed = MOVES.get((article.status, status))
    return needed is not None and level_in(person, article.section_id) >= needed


def moves_of(person, article):
    """The states into which ``person`` may move ``article``, in the order of the workflow."""
    return [status for status in Status if can_move(person, article, status)]


def can_change(person, article):
    """Whether ``person`` may change what ``article`` says, in the state that it is in."""
    return level_in(person, article.section_id) >= CHANGES[article.status]


def can_set_site(person):
    """Whether ``person`` may change what the site as a whole tells machines: administrators."""
    return person.is_authenticated and person.has_perm("articles.change_machinefile")


def require(allowed, reason):
    """Raises ``PermissionDenied`` with ``reason``, a sentence for readers, unless ``allowed``."""
    if not allowed:
        raise PermissionDenied(reason)


def can_change_picture(person, picture):
    """Whether ``person`` may change a picture, or remove it: who sent it, or publishes anywhere.

    Readers see it wherever an article shows it.
    """
    return can_publish_anywhere(person) or (
        can_write(person) and picture.uploaded_by_id == person.pk
    )


def require_arranger(by):
    """Raises ``PermissionDenied`` unless ``by`` publishes everywhere, or is the portal (None).

    For what stands above all sections: the front page, the banner, where addresses lead.
    """
    require(by is None or can_arrange(by), _("Only who publishes in every section can do this."))


def require_publisher(by):
    """Raises ``PermissionDenied`` unless ``by`` publishes somewhere, or is the portal (None).

    For what articles of all sections share: tags, guests.
    """
    require(by is None or can_publish_anywhere(by), _("Only who publishes can do this."))


def require_changer(by, article):
    """Raises ``PermissionDenied`` unless ``by`` may change ``article``, or is the portal (None)."""
    require(by is None or can_change(by, article), _("This article is for others of the newsroom."))


def require_writer(by):
    """Raises ``PermissionDenied`` unless ``by`` may write articles or is the portal (None)."""
    require(
        by is None or can_write(by),
        _("Only the newsroom can write, publish and withdraw articles."),
    )


def require_changes(by, article, changed, changes):
    """Raises unless ``by``, or the portal (None), may do this to the article as it is now.

    ``changed`` are names of what ``changes`` has anew. ``ArticleError`` for a move that nobody
    may make, ``PermissionDenied`` for one that others may.
    """
    status = changes.get("status", article.status)
    if status != article.status and (article.status, status) not in MOVES:
        was, will = article.get_status_display(), Status(status).label
        raise ArticleError(
            _("What is “%(was)s” cannot become “%(will)s” at once.") % {"was": was, "will": will}
        )
    if by is None or not changed:
        return
    level = level_in(by, article.section_id)
    if changed - {"status"}:
        require(level >= CHANGES[article.status], not_here(article.section))
    if "status" in changed:
        require(level >= MOVES[article.status, status], not_here(article.section))
    if "section" in changed:
        section = changes["section"]
        require(can_begin(by, section.pk, status), not_here(section))


def not_here(section):
    """Why somebody may not do something in ``section``."""
    return _("In %(name)s this is for others of the newsroom: hand it in, or ask them.") % {
        "name": section.name
    }
