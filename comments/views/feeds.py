"""Feeds of a discussion, a branch and a person, as Atom (RFC 4287) and as JSON Feed 1.1."""

import re
from io import StringIO

from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from accounts import directory
from comments import moments, syndication
from comments.caching import answer_reader
from comments.views.finding import find, find_comment, find_discussion
from comments.wording import moment_iso

# How Atom says which entry another one answers: the threading extension, RFC 4685.
_THREADING = "http://purl.org/syndication/thread/1.0"
_THREADING_IS_ABOUT = "https://www.rfc-editor.org/rfc/rfc4685"
_JSON_FEED = "https://jsonfeed.org/version/1.1"
_JSON_FEED_TYPE = "application/feed+json; charset=utf-8"
# A link's address in what ``comments.markup`` has made: in words, "<" never stands as itself.
_LINK = re.compile(r'(<a (?:[a-z-]+="[^"]*" )*?href=")([/#][^"]*)')


@require_safe
def discussion_feed(request, pk, form):
    discussion = find_discussion(pk)
    return _answer(request, syndication.of_discussion(discussion), form, discussion.next_change())


@require_safe
def branch_feed(request, pk, form):
    comment = find_comment(pk)
    until = comment.discussion.next_change()
    return _answer(request, syndication.of_branch(comment), form, until)


@require_safe
def person_feed(request, handle, form):
    feed = syndication.of_person(find(directory.find_person, handle))
    return _answer(request, feed, form, moments.next_change(timezone.now()))


def _answer(request, feed, form, until):
    return answer_reader(
        request, version=feed.version, until=until, render=lambda: _FORMS[form](request, feed)
    )


class _AtomFeed(Atom1Feed):
    """Django's Atom with whole comments, with what they answer, and with a date when empty."""

    def root_attributes(self):
        return {**super().root_attributes(), "xmlns:thr": _THREADING}

    def latest_post_date(self):
        return self.feed["updated"]

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        if item["answers"]:
            where = {"ref": item["answers"], "href": item["answers"], "type": "text/html"}
            handler.addQuickElement("thr:in-reply-to", "", where)
        handler.addQuickElement("content", item["content"], {"type": "html"})


def _write_atom(request, feed):
    here = request.build_absolute_uri
    address = here(f"{feed.address}feed.atom")
    atom = _AtomFeed(
        title=feed.title,
        link=here(feed.page_url),
        description=None,
        feed_url=address,
        feed_guid=address,
        updated=feed.updated_at,
    )
    for entry in feed.entries:
        permalink = here(entry.permalink)
        atom.add_item(
            title=entry.title,
            link=permalink,
            unique_id=permalink,
            description=None,
            author_name=entry.author,
            author_link=here(entry.author_url),
            pubdate=entry.posted_at,
            updateddate=entry.updated_at,
            content=_with_whole_links(entry.html, here, permalink),
            answers=entry.answers and here(entry.answers),
        )
    written = StringIO()
    atom.write(written, "utf-8")
    return HttpResponse(written.getvalue(), content_type=atom.content_type)


def _write_json(request, feed):
    here = request.build_absolute_uri
    items = []
    for entry in feed.entries:
        permalink = here(entry.permalink)
        item = {
            "id": permalink,
            "url": permalink,
            "title": entry.title,
            "content_html": _with_whole_links(entry.html, here, permalink),
            "date_published": moment_iso(entry.posted_at),
            "date_modified": moment_iso(entry.updated_at),
            "authors": [{"name": entry.author, "url": here(entry.author_url)}],
        }
        if entry.answers:
            # An extension, as the format has no word for it: its name begins with "_".
            item["_in_reply_to"] = {"about": _THREADING_IS_ABOUT, "id": here(entry.answers)}
        items.append(item)
    whole = {
        "version": _JSON_FEED,
        "title": feed.title,
        "home_page_url": here(feed.page_url),
        "feed_url": here(f"{feed.address}feed.json"),
        "items": items,
    }
    return JsonResponse(
        whole, content_type=_JSON_FEED_TYPE, json_dumps_params={"ensure_ascii": False}
    )


def _with_whole_links(html, here, permalink):
    """``html`` for somebody who does not know on which page it stood."""
    root = here("/").removesuffix("/")
    return _LINK.sub(
        lambda found: f"{found[1]}{permalink if found[2][0] == '#' else root}{found[2]}", html
    )


# The forms that a feed is given in: the end of its address, and what writes it.
_FORMS = {"atom": _write_atom, "json": _write_json}
