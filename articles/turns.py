"""One at a time: what is written at the desk as a whole, by one person after another."""

from articles.models import DeskTurn


def take_turn(name):
    """Waits until nobody else writes ``name``. Needs a transaction; locks the row of that name."""
    DeskTurn.objects.get_or_create(name=name)
    DeskTurn.objects.select_for_update().get(name=name)
