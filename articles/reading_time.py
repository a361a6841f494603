"""PURE: how long a text takes to read."""

import html
import math
import re

# Silent reading of non-fiction by adults, the mean of 190 studies: M. Brysbaert, "How many words
# do we read per minute?", Journal of Memory and Language 109 (2019).
WORDS_PER_MINUTE = 238
# Chinese, Japanese and Korean put no blanks between words; the same study has readers of Chinese
# at 260 words of one and a half characters each.
CHARACTERS_PER_MINUTE = 390

_TAG = re.compile(r"<[^>]*>")
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_WORD = re.compile(r"\w+(?:['’-]\w+)*")


def minutes_of(rendered):
    """How many minutes a rendered text (HTML of ours) takes to read; 0 without a word, else 1 up.

    Goes by what readers see, so it knows nothing of how a body is stored.
    """
    text = html.unescape(_TAG.sub(" ", rendered))
    characters = len(_UNSPACED.findall(text))
    words = len(_WORD.findall(_UNSPACED.sub(" ", text)))
    return math.ceil(words / WORDS_PER_MINUTE + characters / CHARACTERS_PER_MINUTE)


def reading_label(minutes, words="%(number)s min read"):
    """``4 min read``, or "" for nothing to read; in the caller's ``words`` for that number."""
    return words % {"number": minutes} if minutes else ""
