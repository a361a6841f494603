"""What ``screening`` and others say of what was sent, and how that is kept and worded again."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Verdict:
    """``message`` says what is wrong and what to do, ``status`` is HTTP's.

    A verdict that ``holds`` lets the comment through to a moderator. ``hits`` are the words that
    it is about, ``(start, end, what is watched)`` in the draft's text. ``said`` is the sentence
    of ``message`` in English with room for ``values``, for what is kept and read in others.
    """

    phase: str
    message: str
    status: int = 422
    holds: bool = False
    hits: tuple[tuple[int, int, str], ...] = ()
    said: str = ""
    values: dict = field(default_factory=dict)


class RefusedError(Exception):
    """Something was not taken. ``verdict`` says why, in words for whoever sent it."""

    def __init__(self, verdict):
        super().__init__(verdict.message)
        self.verdict = verdict


def hold(phase, said, hits=(), **values):
    """A verdict that holds a comment, in the language of the page; ``said`` as in ``Verdict``."""
    message = _(said) % values if values else _(said)
    return Verdict(phase, message, holds=True, hits=hits, said=said, values=values)


def as_kept(verdict):
    """A verdict as it is kept with what it holds: its message in English, however it was said."""
    said, values = verdict.said or verdict.message, verdict.values
    return {
        "phase": verdict.phase,
        "message": said % values if values else said,
        "hits": [list(hit) for hit in verdict.hits],
        **({"said": said, "values": values} if values else {}),
    }


def message_of(kept):
    """The message of what ``as_kept`` gave, in the language of the page."""
    if kept.get("values"):
        return _(kept["said"]) % kept["values"]
    return _(kept["message"])
