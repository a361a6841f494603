"""READ and WRITE: the words that articles are about, and which of them somebody may have meant."""

from articles.models import MAX_SPELLED, SpellingKey
from comments.lexicon import STOP_WORDS

# Shorter words are near to too many others.
LEAST_SPELLED = 4
# A few letters that many words share are no help: more candidates nobody goes through.
_MOST_CANDIDATES = 500


def learn_words(words, model=SpellingKey):
    """Takes these folded words up among those that can be meant. Two statements at most.

    Numbers and very short or long words are left out. A migration passes the model as it was.
    """
    words = {word for word in words if _can_be_meant(word)}
    known = model.objects.filter(key__in=words, word__in=words).values_list("key", "word")
    new = words.difference(word for key, word in known if key == word)
    if new:
        # In one order: two who learn the same words at once wait for each other, and not both.
        pairs = sorted((key, word) for word in new for key in _keys_of(word))
        model.objects.bulk_create(
            (model(key=key, word=word) for key, word in pairs), ignore_conflicts=True,
            batch_size=1_000,
        )  # fmt: skip


def is_known(word):
    """Whether an article is about this folded word. One query."""
    return SpellingKey.objects.filter(key=word, word=word).exists()


def words_near(word):
    """Words that ``word`` may be a slip for, the likeliest first; one query.

    A letter too many or too few, another one, or two that have changed places.
    """
    if not _can_be_meant(word):
        return []
    found = SpellingKey.objects.filter(key__in=_keys_of(word)).values_list("word", flat=True)
    near = {other for other in found[:_MOST_CANDIDATES] if other != word and _is_slip(word, other)}
    return sorted(near, key=lambda other: _likelihood(word, other))


def _can_be_meant(word):
    return LEAST_SPELLED <= len(word) <= MAX_SPELLED and word.isalpha() and word not in STOP_WORDS


def _keys_of(word):
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def _is_slip(word, other):
    """Whether one slip makes ``word`` of ``other``."""
    at = 0
    while at < min(len(word), len(other)) and word[at] == other[at]:
        at += 1
    rest, other_rest = word[at:], other[at:]
    return (
        rest[1:] == other_rest[1:]
        or rest[1:] == other_rest
        or rest == other_rest[1:]
        or (rest[1::-1] == other_rest[:2] and rest[2:] == other_rest[2:])
    )


def _likelihood(word, other):
    """Letters change places more often than they are others, and the first one is mostly right."""
    return sorted(word) != sorted(other), word[0] != other[0], len(word) == len(other), other
