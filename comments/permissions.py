"""Who may do what in a discussion. Each question has one answer, asked by pages and by writes."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy, gettext_noop

from comments.models import Beat

WROTE_IT = gettext_noop("You wrote this comment: somebody else decides it.")


def can_moderate(person, area=None):
    """Whether ``person`` may hide, restore, approve and reject, anywhere or in an ``area``.

    Who has beats looks after those parts of the site alone; one query where it is asked.
    """
    if not (person.is_authenticated and person.has_perm("comments.moderate_comment")):
        return False
    if area is None:
        return True
    beats = beats_of(person)
    return beats is None or area in beats


def beats_of(person):
    """The parts of the site that a moderator looks after, or None for all of it.

    One query for each person object; administrators look after all of it.
    """
    if person.is_superuser:
        return None
    if not hasattr(person, "_beats"):
        beats = Beat.objects.filter(person_id=person.pk)
        person._beats = frozenset(beats.values_list("area", flat=True))
    return person._beats or None


def may_judge(person, author_id):
    """Whether ``person`` may decide what this author wrote: not their own, but administrators.

    Asked besides ``can_moderate``.
    """
    return person.is_superuser or author_id != person.pk


def can_decide_appeals(person):
    """Whether ``person`` may decide appeals: senior moderators and administrators."""
    return person.is_authenticated and person.has_perm("comments.decide_appeal")


def can_set_rules(person, area=""):
    """Whether ``person`` may change words, hosts and policies, of the site or of an ``area``.

    Who has beats changes the policies of those parts, and nothing of the whole site.
    """
    if not (person.is_authenticated and person.has_perm("comments.set_rules")):
        return False
    beats = beats_of(person)
    return beats is None or area in beats


def can_read_log(person):
    """Whether ``person`` may read the log of moderators' acts: moderators and editors."""
    return person.is_authenticated and person.has_perm("comments.view_moderationentry")


def can_report(person, comment):
    """Whether ``person`` may report ``comment``: somebody else's that can be seen."""
    return person.is_authenticated and comment.is_visible and not is_author(person, comment)


def can_close(person):
    """Whether ``person`` may close and reopen discussions: moderators, and editors too."""
    return person.is_authenticated and person.has_perm("comments.change_discussion")


def is_author(person, comment):
    """Whether ``comment`` is their own."""
    return person.is_authenticated and comment.author_id == person.pk


def can_withdraw(person, comment):
    """Whether ``person`` may withdraw ``comment``: their own, while it is visible."""
    return is_author(person, comment) and comment.is_visible


def require(allowed, reason):
    """Raises ``PermissionDenied`` with ``reason``, words for the reader, unless ``allowed``."""
    if not allowed:
        raise PermissionDenied(str(reason))


def require_own(person, comment, act):
    """Raises ``PermissionDenied`` unless ``comment`` is their own and still there.

    ``act`` is what they want to do with it, "edit" or "withdraw".
    """
    only_author, too_late = _OWN_ALONE[act]
    require(is_author(person, comment), only_author)
    require(can_withdraw(person, comment), too_late)


_OWN_ALONE = {
    "edit": (
        gettext_lazy("Only its author can edit this comment."),
        gettext_lazy("This comment was withdrawn or hidden, so you cannot edit it any more."),
    ),
    "withdraw": (
        gettext_lazy("Only its author can withdraw this comment."),
        gettext_lazy("This comment was withdrawn or hidden, so you cannot withdraw it any more."),
    ),
}
