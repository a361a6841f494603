"""PURE: what stands on another site, as a link that can open in its place; for ``markup``."""

import re

from articles.phrases import escape, host_of, is_web_address
from articles.sentences import gettext_noop

# An embed's title is a line, not a text.
MAX_EMBED_TITLE = 200

# Pages of films that show the film itself, for frames, at an address that they all spell alike.
_FRAMES = (
    (
        re.compile(
            r"https?://(?:(?:www\.|m\.)?youtube\.com/(?:watch\?(?:[^#]*&)?v=|shorts/)|youtu\.be/)"
            r"([\w-]{6,})"
        ),
        "https://www.youtube-nocookie.com/embed/{}",
    ),
    (re.compile(r"https?://(?:www\.)?vimeo\.com/([0-9]+)"), "https://player.vimeo.com/video/{}"),
)


def fault_in(block):
    """What is wrong with an ``embed`` block, a sentence with its number; "" for a right one."""
    if not is_web_address(block["url"]):
        return gettext_noop("Block %(number)s (embed) needs an address that begins with https://.")
    if not 0 < len(block["title"]) <= MAX_EMBED_TITLE:
        return gettext_noop(
            "Block %(number)s (embed) needs a title of at most %(most)s characters."
        )
    if block["title"] != " ".join(block["title"].split()):
        return gettext_noop("Block %(number)s (embed) needs a title in one line.")
    return ""


def render_embed(block):
    """A link; where its host is allowed, ``embeds.js`` opens it in its place at a click."""
    return (
        f'<p class="embed"><a href="{escape(block["url"])}" rel="nofollow noopener" '
        f'data-frame="{escape(frame_of(block["url"]))}">'
        f"<span>{escape(block['title'])}</span> "
        f"<small>{escape(host_of(block['url']))}</small></a></p>\n"
    )


def has_embeds(shown):
    """Whether there is an embed in what ``render_blocks`` made."""
    return ' data-frame="' in shown


def frame_of(address):
    """The address under which another site shows in a frame what it has at ``address``."""
    for pattern, frame in _FRAMES:
        if found := pattern.match(address):
            return frame.format(found[1])
    return address
