"""PURE: sentences of modules that know no Django. ``articles.errors`` words them for people."""


def gettext_noop(sentence):
    """Marks a sentence for the catalogue of translations; changes nothing."""
    return sentence


class SentenceError(ValueError):
    """Something is refused in ``sentence``, which has ``values`` in it: English as it stands."""

    def __init__(self, sentence, **values):
        grouped = {
            name: f"{value:,}" if isinstance(value, int) else value
            for name, value in values.items()
        }
        super().__init__(sentence % grouped)
        self.sentence, self.values = sentence, values
