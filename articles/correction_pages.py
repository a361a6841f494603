"""The archive of corrections for readers, and its feed as Atom (RFC 4287) and JSON Feed 1.1."""

from datetime import UTC, datetime
from io import StringIO

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from articles import corrections
from articles.caching import version_of
from articles.listings import BadCursorError
from comments.caching import answer_reader
from comments.markup import one_line
from comments.wording import moment_iso

_JSON_FEED = "https://jsonfeed.org/version/1.1"
_JSON_FEED_TYPE = "application/feed+json; charset=utf-8"
# The date of a feed that tells nothing yet.
_NEVER = datetime(2000, 1, 1, tzinfo=UTC)


@require_safe
def archive(request):
    try:
        page = corrections.archive_page(before=request.GET.get("before"))
    except BadCursorError as error:
        raise Http404(str(error)) from error
    return answer_reader(
        request,
        version=version_of(page),
        render=lambda: render(request, "articles/corrections_page.html", {"page": page}),
    )


@require_safe
def feed(request, form):
    entries = corrections.newest_corrections()
    return answer_reader(
        request,
        version=version_of(entries),
        render=lambda: _FORMS[form](request, entries),
    )


def _title():
    return f"Corrections – {one_line(settings.SITE_NAME)}"


class _AtomFeed(Atom1Feed):
    """Django's Atom with whole entries, and with a date when it is empty."""

    def latest_post_date(self):
        return self.feed["updated"]

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", item["content"], {"type": "html"})


def _write_atom(request, entries):
    here = request.build_absolute_uri
    address = here("/corrections/feed.atom")
    atom = _AtomFeed(
        title=_title(),
        link=here("/corrections/"),
        description=None,
        feed_url=address,
        feed_guid=address,
        updated=max((entry.at for entry in entries), default=_NEVER),
    )
    for entry in entries:
        atom.add_item(
            title=f"{entry.label}: {entry.article_title}",
            link=here(entry.url),
            # The article may get another address; what feed readers have seen stays seen.
            unique_id=here(f"/corrections/#{entry.anchor}"),
            description=None,
            # Atom asks who wrote it: the paper did.
            author_name=one_line(settings.SITE_NAME),
            pubdate=entry.at,
            updateddate=entry.at,
            content=entry.html,
        )
    written = StringIO()
    atom.write(written, "utf-8")
    return HttpResponse(written.getvalue(), content_type=atom.content_type)


def _write_json(request, entries):
    here = request.build_absolute_uri
    whole = {
        "version": _JSON_FEED,
        "title": _title(),
        "home_page_url": here("/corrections/"),
        "feed_url": here("/corrections/feed.json"),
        "items": [
            {
                "id": here(f"/corrections/#{entry.anchor}"),
                "url": here(entry.url),
                "title": f"{entry.label}: {entry.article_title}",
                "content_html": entry.html,
                "date_published": moment_iso(entry.at),
                "date_modified": moment_iso(entry.at),
                "authors": [{"name": one_line(settings.SITE_NAME)}],
                "tags": [entry.kind],
            }
            for entry in entries
        ],
    }
    return JsonResponse(
        whole, content_type=_JSON_FEED_TYPE, json_dumps_params={"ensure_ascii": False}
    )


# The forms that a feed is given in: the end of its address, and what writes it.
_FORMS = {"atom": _write_atom, "json": _write_json}
