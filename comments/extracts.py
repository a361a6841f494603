"""PURE: what was found, with its words marked. Text in, HTML out, escaped by ``markup.escape``."""

from django.utils.safestring import mark_safe

from comments.lexicon import words_with_places
from comments.markup import cut, escape, one_line

# Three lines in a list; a little of it before the first word that was found.
EXTRACT_LENGTH = 260
_BEFORE = 70


def marked(text, tokens):
    """``text`` on one line as safe HTML, each word that has one of ``tokens`` in ``<mark>``."""
    return _marked(one_line(text), tokens)


def extract(text, tokens, length=EXTRACT_LENGTH):
    """The part of ``text`` in which most of ``tokens`` stand together, marked, as safe HTML.

    Where there is none, its beginning.
    """
    text = one_line(text)
    start = _best_start(text, tokens, length - _BEFORE)
    if start > _BEFORE:
        # At a word, unless none begins near: some scripts write no spaces.
        start -= _BEFORE
        space = text.find(" ", start, start + _BEFORE)
        start = space + 1 if space >= 0 else start
        return mark_safe("… ") + _marked(cut(text[start:], length), tokens)
    return _marked(cut(text, length), tokens)


def _best_start(text, tokens, width):
    """Where the first span of ``width`` characters begins that has most of ``tokens``."""
    best, best_start, near = 0, 0, []
    for start, _, token in words_with_places(text):
        if token not in tokens:
            continue
        near = [each for each in near if each[0] > start - width]
        near.append((start, token))
        different = len({token for _, token in near})
        if different > best:
            best, best_start = different, near[0][0]
            if best == len(tokens):
                break
    return best_start


def _marked(text, tokens):
    parts, done = [], 0
    for start, end, token in words_with_places(text):
        if token in tokens:
            parts += [escape(text[done:start]), "<mark>", escape(text[start:end]), "</mark>"]
            done = end
    return mark_safe("".join([*parts, escape(text[done:])]))
