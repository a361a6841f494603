"""READ: when what readers can see changes next by itself, because a moment comes."""

from accounts.statements import Statement
from comments.models import A_READ, Discussion

_OWN = ((Discussion, "readable_from"), (Discussion, "readable_until"))


def next_change(now, *besides):
    """When the next page opens to readers, or is taken away from them; None if none will be.

    ``besides`` are ``(model, name of a moment)``, each with an index, that change something, too.
    What came within ``A_READ`` is told, too. One query, which reads the ends of indexes. Whatever
    lists pages is right until then.
    """
    return min((moment for (moment,) in _NEXT(*_OWN, *besides, after=now - A_READ)), default=None)


def asking_next_change(now, *besides):
    """The question that ``next_change`` asks."""
    return _NEXT.asking(*_OWN, *besides, after=now - A_READ)


def _next(*columns, after):
    return [
        model.objects.filter(**{f"{name}__gt": after}).order_by(name).values_list(name)[:1]
        for model, name in columns
    ]


_NEXT = Statement(_next)
