"""What crawlers and other programs fetch: sitemaps, robots.txt and its like, the icon."""

from xml.sax.saxutils import escape

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.templatetags.static import static
from django.utils import timezone
from django.views.decorators.http import require_safe

from articles import listings, machine_files, sitemaps, updates
from articles.caching import version_of
from comments.caching import answer_reader
from comments.embedding import base_url_of
from comments.languages import spoken
from comments.markup import one_line

_XML = "application/xml; charset=utf-8"
_TEXT = "text/plain; charset=utf-8"
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
# How long a browser need not ask again where the icon is.
ICON_SECONDS = 86_400


@require_safe
def sitemap_index(request):
    found = sitemaps.files()
    base = base_url_of(request)

    def write():
        each = "".join(
            f"<sitemap><loc>{base}/sitemap-{name}.xml</loc>{_changed(at)}</sitemap>\n"
            for name, at in found
        )
        return f'<sitemapindex xmlns="{_SITEMAP}">\n{each}</sitemapindex>\n'

    return _answer_xml(request, found, write)


@require_safe
def sections_sitemap(request):
    return _answer_places(request, sitemaps.sections())


@require_safe
def sitemap(request, kind, number):
    found = sitemaps.places(kind, number)
    if not found:
        raise Http404
    return _answer_places(request, found)


@require_safe
def news_sitemap(request):
    # Titles are told with it, as pages show them by now.
    updates.settle_due_in_passing()
    found, base = sitemaps.news(), base_url_of(request)
    name = f"<news:name>{escape(one_line(settings.SITE_NAME))}</news:name>"

    def write():
        each = "".join(
            f"<url><loc>{base}{one.path}</loc><news:news>"
            # ISO 639, as Google News asks: "en" of "en-gb".
            f"<news:publication>{name}<news:language>{spoken(one.language)}</news:language>"
            f"</news:publication>"
            f"<news:publication_date>{_moment(one.published_at)}</news:publication_date>"
            f"<news:title>{escape(one_line(one.title))}</news:title></news:news></url>\n"
            for one in found
        )
        return f'<urlset xmlns="{_SITEMAP}" xmlns:news="{_NEWS}">\n{each}</urlset>\n'

    return _answer_xml(request, found, write)


def _answer_places(request, places):
    base = base_url_of(request)

    def write():
        each = "".join(
            f"<url><loc>{base}{escape(place.path)}</loc>{_changed(place.changed_at)}"
            f"{_alternates(base, place)}</url>\n"
            for place in places
        )
        spaces = f'xmlns="{_SITEMAP}"'
        if any(place.alternates for place in places):
            spaces += f' xmlns:xhtml="{_XHTML}"'
        return f"<urlset {spaces}>\n{each}</urlset>\n"

    return _answer_xml(request, places, write)


def _answer_xml(request, shown, write):
    return answer_reader(
        request,
        version=(version_of(shown, settings.LANGUAGE_CODE),),
        until=listings.next_change(timezone.now()),
        render=lambda: HttpResponse(_DECLARATION + write(), content_type=_XML),
    )


def _alternates(base, place):
    return "".join(
        f'<xhtml:link rel="alternate" hreflang="{language}" href="{base}{escape(path)}"/>'
        for language, path in place.alternates
    )


def _changed(moment):
    return f"<lastmod>{_moment(moment)}</lastmod>" if moment else ""


def _moment(moment):
    return moment.isoformat(timespec="seconds")


@require_safe
def robots_txt(request):
    base = base_url_of(request)
    named = [f"{base}/sitemap.xml", f"{base}/news-sitemap.xml"]
    return _answer_text(request, machine_files.text_of("robots.txt", sitemaps=named))


@require_safe
def ads_txt(request):
    return _answer_text(request, machine_files.text_of("ads.txt"))


@require_safe
def security_txt(request):
    return _answer_text(request, machine_files.text_of("security.txt"))


@require_safe
def security_txt_of_old(request):
    """Where it was before RFC 9116."""
    if machine_files.text_of("security.txt") is None:
        raise Http404
    return HttpResponsePermanentRedirect("/.well-known/security.txt")


def _answer_text(request, text):
    if text is None:
        raise Http404
    return answer_reader(
        request, version=(text,), render=lambda: HttpResponse(text, content_type=_TEXT)
    )


@require_safe
def favicon(request):
    """For whoever asks without having read a page, which names the icon itself."""
    answer = HttpResponseRedirect(static("img/icon.svg"))
    answer["Cache-Control"] = f"public, max-age={ICON_SECONDS}"
    return answer
