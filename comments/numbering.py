"""WRITE: the numbers of comments: what readers call them, and room in a tree for more."""

from django.db import OperationalError, transaction

from comments.models import MAX_NUMBER_LENGTH, Comment
from comments.tree import NoTreeError

# Trees get other numbers only where a whole page is imported anew, and are full only where
# hundreds answer the same comment at once.
ATTEMPTS = 20


def number_under(parent_number, position):
    """``2.1`` and 3 give ``2.1.3``; what would be too long keeps its last parts."""
    number = f"{parent_number}.{position}" if parent_number else str(position)
    while len(number) > MAX_NUMBER_LENGTH:
        number = "…" + number.lstrip("…").split(".", 1)[1]
    return number


def make_room(parent_id):
    """Spreads the tree of this comment out, by the number that it has now: an import changes it.

    Needs a transaction in which no row of the tree is locked yet, nor anything that whoever holds
    one may wait for: its discussion, people's records. Locks the whole tree.
    """
    for _attempt in range(ATTEMPTS):
        tree_id = Comment.objects.values_list("tree_id", flat=True).get(pk=parent_id)
        try:
            with transaction.atomic():
                return Comment.objects.respread(tree_id)
        except NoTreeError:
            continue
    raise OperationalError(f"the tree of comment {parent_id} does not stand still; try again")
