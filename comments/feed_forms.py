"""PURE: the forms in which a feed is given: RSS 2.0, Atom (RFC 4287) and JSON Feed 1.1.

Titles and names must be on one line and hold nothing that XML cannot carry
(``markup.one_line``), HTML be safe and legible.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from html import escape
from io import StringIO
from urllib.parse import urlsplit

from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed

from comments.wording import moment_iso

# How Atom says which entry another one answers: the threading extension, RFC 4685.
_THREADING = "http://purl.org/syndication/thread/1.0"
_THREADING_IS_ABOUT = "https://www.rfc-editor.org/rfc/rfc4685"
_DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
_RSS_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_JSON_FEED = "https://jsonfeed.org/version/1.1"
_JSON_FEED_TYPE = "application/feed+json; charset=utf-8"
# An element of what the markup modules have made: in words, "<" never stands as itself.
_ELEMENT = re.compile(r"<[a-z][^<>]*>")
# In an element: in the value of an attribute, no quote stands as itself.
_ADDRESS = re.compile(r'( (?:href|src|poster)=")((?:/(?!/)|#)[^"]*)')
_ADDRESSES = re.compile(r'( srcset=")([^"]*)')


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. Addresses are paths; ``authors`` are ``(name, address of their page)``.

    ``lasting`` makes an identity that outlives the permalink: what follows "tag:HOST,".
    ``answers`` is where what this entry answers stands, ``summary`` plain text.
    """

    permalink: str
    title: str
    authors: tuple[tuple[str, str], ...]
    published_at: datetime
    updated_at: datetime
    html: str
    summary: str = ""
    categories: tuple[str, ...] = ()
    answers: str = ""
    lasting: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """What all forms of a feed say.

    ``address`` is where its forms lie (``address_in``), ``page_url`` the page that it follows,
    ``begun_at`` when it changed last where it has no entry. ``author`` is who stands for
    entries without one.
    """

    title: str
    address: str
    page_url: str
    begun_at: datetime
    entries: tuple[Entry, ...]
    description: str = ""
    language: str = ""
    author: str = ""

    @property
    def updated_at(self):
        return max((entry.updated_at for entry in self.entries), default=self.begun_at)


def write_feed(feed, form, here):
    """``(text, content type)`` of the feed as "rss", "atom" or "json".

    ``here`` makes a whole address of a path. Raises ``KeyError`` for another form.
    """
    return _FORMS[form](feed, here)


class _AtomFeed(Atom1Feed):
    """Django's Atom with whole entries, with what they answer, and with a date when empty."""

    def root_attributes(self):
        return {**super().root_attributes(), "xmlns:thr": _THREADING}

    def latest_post_date(self):
        return self.feed["updated"]

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        for name, url in item["authors"]:
            handler.startElement("author", {})
            handler.addQuickElement("name", name)
            handler.addQuickElement("uri", url)
            handler.endElement("author")
        if item["answers"]:
            where = {"ref": item["answers"], "href": item["answers"], "type": "text/html"}
            handler.addQuickElement("thr:in-reply-to", "", where)
        handler.addQuickElement("content", item["content"], {"type": "html"})


class _RssFeed(Rss201rev2Feed):
    """Django's RSS with whole entries, all their authors, and with a date when empty."""

    def rss_attributes(self):
        spaces = {"xmlns:dc": _DUBLIN_CORE, "xmlns:content": _RSS_CONTENT}
        return {**super().rss_attributes(), **spaces}

    def latest_post_date(self):
        return self.feed["updated"]

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        for name, _ in item["authors"]:
            handler.addQuickElement("dc:creator", name)
        handler.addQuickElement("content:encoded", item["content"])


def address_in(form, address):
    """Where a feed lies in ``form``, below ``address``: a path, and a query if it has one.

    >>> address_in("rss", "/search/?q=rain")
    '/search/feed.rss?q=rain'
    """
    path, mark, query = address.partition("?")
    return f"{path}feed.{form}{mark}{query}"


def _write_xml(written_as, form, feed, here):
    address = here(address_in(form, feed.address))
    told = written_as(
        title=feed.title,
        link=here(feed.page_url),
        # RSS has to say something here.
        description=feed.description or feed.title,
        subtitle=feed.description or None,
        language=feed.language or None,
        author_name=feed.author or None,
        feed_url=address,
        feed_guid=address,
        updated=feed.updated_at,
    )
    for entry in feed.entries:
        permalink = here(entry.permalink)
        told.add_item(
            title=entry.title,
            link=permalink,
            unique_id=_identity(entry, here),
            unique_id_is_permalink=not entry.lasting,
            # Both forms read HTML here.
            description=escape(entry.summary) if entry.summary else None,
            authors=[(name, here(url)) for name, url in entry.authors],
            categories=entry.categories,
            pubdate=entry.published_at,
            updateddate=entry.updated_at,
            content=_with_whole_addresses(entry.html, here, permalink),
            answers=entry.answers and here(entry.answers),
        )
    written = StringIO()
    told.write(written, "utf-8")
    return written.getvalue(), told.content_type


def _write_atom(feed, here):
    return _write_xml(_AtomFeed, "atom", feed, here)


def _write_rss(feed, here):
    return _write_xml(_RssFeed, "rss", feed, here)


def _write_json(feed, here):
    whole = {
        "version": _JSON_FEED,
        "title": feed.title,
        "home_page_url": here(feed.page_url),
        "feed_url": here(address_in("json", feed.address)),
        "description": feed.description,
        "language": feed.language,
        "authors": [{"name": feed.author, "url": here("/")}] if feed.author else [],
    }
    whole = {name: value for name, value in whole.items() if value}
    whole["items"] = [_json_item(entry, here) for entry in feed.entries]
    return json.dumps(whole, ensure_ascii=False), _JSON_FEED_TYPE


def _json_item(entry, here):
    permalink = here(entry.permalink)
    item = {
        "id": _identity(entry, here),
        "url": permalink,
        "title": entry.title,
        "content_html": _with_whole_addresses(entry.html, here, permalink),
        "date_published": moment_iso(entry.published_at),
        "date_modified": moment_iso(entry.updated_at),
    }
    if entry.summary:
        item["summary"] = entry.summary
    if entry.authors:
        item["authors"] = [{"name": name, "url": here(url)} for name, url in entry.authors]
    if entry.categories:
        item["tags"] = list(entry.categories)
    if entry.answers:
        # An extension, as the format has no word for it: its name begins with "_".
        item["_in_reply_to"] = {"about": _THREADING_IS_ABOUT, "id": here(entry.answers)}
    return item


def _identity(entry, here):
    """What a feed reader knows the entry by: its permalink, or a tag URI (RFC 4151)."""
    if not entry.lasting:
        return here(entry.permalink)
    return f"tag:{urlsplit(here('/')).hostname},{entry.lasting}"


def _with_whole_addresses(html, here, permalink):
    """``html`` for somebody who does not know on which page it stood."""
    root = here("/").removesuffix("/")

    def whole(address):
        if address.startswith("#"):
            return f"{permalink}{address}"
        return f"{root}{address}" if address.startswith("/") else address

    def whole_set(found):
        each = (part.strip() for part in found[2].split(","))
        return found[1] + ", ".join(whole(part) for part in each if part)

    def whole_element(found):
        element = _ADDRESS.sub(lambda one: f"{one[1]}{whole(one[2])}", found[0])
        return _ADDRESSES.sub(whole_set, element)

    return _ELEMENT.sub(whole_element, html)


# The forms that a feed is given in: the end of its address, and what writes it.
_FORMS = {"rss": _write_rss, "atom": _write_atom, "json": _write_json}
