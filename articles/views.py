"""Reading pages: the same bytes for everybody who is not signed in."""

from functools import partial

from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import ObjectDoesNotExist
from django.http import (
    Http404,
    HttpResponse,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
)
from django.shortcuts import render
from django.templatetags.static import static
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.together import asked_together
from articles import (
    cards,
    corrections,
    editions,
    front,
    graph,
    listings,
    menu,
    popular,
    previews,
    reading_tools,
    search_page,
    shelves,
    stories,
    updates,
)
from articles.asked import read_asked
from articles.caching import version_of
from articles.models import Article, Guest
from articles.permissions import can_preview
from comments import embedding, readers
from comments.caching import answer_reader, is_public, moment_of, page_language, speak
from comments.languages import full_code
from comments.structured import structured_nodes
from comments.wording import moment_text

# What stands for the paper where a drawing cannot: search engines read no SVG.
LOGO = "img/icon.png"


@require_safe
def front_page(request, language=""):
    """The front page of the site, or of its edition in ``language``."""
    speak(request, language)
    base, name = embedding.base_url_of(request), settings.SITE_NAME
    address, spoken = editions.front_url(language), full_code(page_language(request))
    context = {
        "page": front.front_page(language=language),
        "most_read": popular.front_list(language=language),
        "page_title": name,
        "front_preview": None,
        "feed_address": address,
        "feed_title": name,
        "canonical": base + address,
        "alternates": editions.front_alternates(base),
        "structured_page": _structured(graph.site_nodes(base, name, static(LOGO), spoken, address)),
        "preview": graph.page_preview(base, name, address, name, "", spoken, static(LOGO)),
    }
    return _answer_list(request, "articles/front_page.html", context)


@require_safe
def latest_page(request, language=""):
    speak(request, language)
    listing = _read_list(partial(listings.latest_page, language=language), request)
    context = _describe(request, listing, _("Latest articles"), editions.latest_url(language))
    # Its feed is the edition's.
    context |= {"feed_address": editions.front_url(language), "feed_title": settings.SITE_NAME}
    return _answer_list(request, "articles/latest_page.html", context)


@require_safe
def section_page(request, slug):
    section = _find(listings.section, slug)
    speak(request, section.language)
    listing = _read_list(listings.section_page, request, section)
    address = section.get_absolute_url()
    context = _describe(request, listing, section.name, address, section.description)
    return _answer_list(request, "articles/section_page.html", {**context, "section": section})


@require_safe
def guest_page(request, slug):
    return _author_page(request, _find(shelves.guest, slug))


@require_safe
def person_articles(request, handle):
    return _author_page(request, _find(shelves.person, handle))


def _author_page(request, author):
    name, address = shelves.name_of(author), shelves.articles_url(author)
    listing = _read_list(shelves.author_page, request, author)
    biography = author.biography if isinstance(author, Guest) else ""
    own = author.get_absolute_url()
    about = graph.person(embedding.base_url_of(request), own, name, biography)
    context = _describe(request, listing, name, address, biography, about=about)
    # Where a person's comments are; a guest has none.
    context |= {"biography": biography, "person_url": "" if isinstance(author, Guest) else own}
    return _answer_list(request, "articles/author_page.html", context)


@require_safe
def search(request):
    # The index follows the words that readers see elsewhere by now.
    updates.settle_due_in_passing()
    until = listings.next_change(timezone.now())
    sections = search_page.section_slugs()
    asked = read_asked(request.GET, {slug for _, slug, _ in sections})
    page = search_page.search_page(asked, sections)

    def show():
        return render(request, "articles/search_page.html", {"page": page})

    return answer_reader(request, version=version_of(page), until=until, render=show)


@require_safe
def tag_page(request, slug):
    tag = _find(shelves.tag, slug)
    if tag.slug != slug:
        return HttpResponsePermanentRedirect(tag.get_absolute_url())
    listing = _read_list(shelves.tag_page, request, tag)
    address = tag.get_absolute_url()
    context = _describe(request, listing, tag.name, address, tag.description)
    context |= {"description": tag.description}
    return _answer_list(request, "articles/tag_page.html", context)


@require_safe
def article_page(request, slug):
    now = moment_of(request)
    with asked_together(stories.asking_article(slug, now), *readers.asking_preferences(request)):
        article = _find_article(request, slug)
        readers.preferred_order(request)
    speak(request, article.language)
    if stories.is_update_due(article, now) and updates.settle_in_passing(article):
        # The page shows the new words in any case; what is kept of them has followed, once.
        article = _find_article(request, slug)
    # Who is further down in the discussion is not sent away from it.
    is_first_page = not readers.is_further_down(request)
    with asked_together(
        *stories.asking_page(article, now, with_more=is_first_page),
        *embedding.asking_discussion(request, article.discussion),
        *readers.asking_reader(request, article.discussion),
        *reading_tools.asking_tools(article, readers.reader_of(request)),
        menu.asking_sections(request),
        listings.asking_next_change(now),
    ):
        return _answer_article(request, article, now, with_more=is_first_page)


def _answer_article(request, article, now, *, with_more):
    # An editor looks at what is scheduled; for anybody else there is nothing else to see.
    with_update = "update" in request.GET and not is_public(request) and can_preview(request.user)
    view, more = stories.article_page(
        article, with_more=with_more, with_update=with_update, now=now
    )
    discussion = embedding.read_discussion(request, article.discussion)
    # What is listed beside it comes and goes, too.
    until = _earliest(view.until, listings.next_change(now))
    version = (
        article.version,
        # Pictures change without their articles: their files are made, their captions mended.
        version_of(
            view.section_name,
            view.makers,
            view.tags,
            view.status_note,
            view.lead_figure,
            view.html,
            view.series,
            view.translations,
            more,
        ),
    )

    def show():
        if (reader := readers.reader_of(request)) is not None:
            listings.mark_new(more, reader)
        base, language = embedding.base_url_of(request), full_code(page_language(request))
        name, size = settings.SITE_NAME, (cards.WIDTH, cards.HEIGHT)
        # Here, as the article's version tells of them: a page that is kept asks no query.
        told = corrections.corrections_of(article)
        return embedding.render_page(
            request,
            "articles/article_page.html",
            discussion,
            version=version,
            about=graph.article_nodes(view, base, name, static(LOGO), language, told),
            preview=graph.article_preview(view, base, name, language, size),
            article=view,
            alternates=_alternates(base, view),
            more=more,
            tools=reading_tools.tools_of(article, view.title, base, readers.reader_of(request)),
            corrections=told,
            corrected=[each for each in told if each.kind == "correction"][:1],
        )

    return answer_reader(request, version=(*version, discussion.version), until=until, render=show)


@never_cache
@require_safe
def preview_page(request, token):
    """An article that is not published, for whoever has the signed link; without a discussion."""
    try:
        link = previews.open_link(token)
    except ObjectDoesNotExist as gone:
        raise Http404 from gone
    article = link.article
    speak(request, article.language)
    if article.is_published() and not (link.of_update and stories.update_of(article)):
        # What it was made for is out.
        return HttpResponseRedirect(article.get_absolute_url())
    view, _ = stories.article_page(article, with_more=False, with_update=True)
    response = render(
        request,
        "articles/preview_page.html",
        {"article": view, "open_until": moment_text(link.expires_at)},
    )
    response["X-Robots-Tag"] = "noindex"
    return response


def _earliest(*moments):
    return min((each for each in moments if each is not None), default=None)


def _alternates(base, view):
    """``(hreflang, address)`` of an article and its translations; none where it has none."""
    found = [(view.language, view.url)] if view.translations else []
    found += [(each.language, each.url) for each in view.translations]
    return [(language, base + url) for language, url in found]


def _describe(request, listing, name, address, description="", about=None):
    """What the page of a list is given: the list, its feed, and what it tells machines."""
    base, site = embedding.base_url_of(request), settings.SITE_NAME
    language = full_code(page_language(request))
    nodes = graph.list_nodes(
        base,
        site,
        address,
        name,
        description=description,
        teasers=listing.teasers,
        about=about,
        front=editions.front_url(page_language(request)),
    )
    # Each page of a list stands for itself, whatever else its address was asked with.
    cursor = next((key for key in ("after", "before") if key in request.GET), "")
    query = f"?{cursor}={request.GET[cursor]}" if cursor else ""
    title = f"{name} – {site}"
    return {
        "listing": listing,
        "name": name,
        "feed_address": address,
        "feed_title": name,
        "canonical": f"{base}{address}{query}",
        "structured_page": _structured(nodes),
        "preview": graph.page_preview(
            base, site, address, title, description, language, static(LOGO)
        ),
    }


def _structured(nodes):
    return mark_safe(structured_nodes(nodes))  # escaped for a script element there


def _find(read, key):
    """What ``read(key)`` finds, or 404."""
    try:
        return read(key)
    except ObjectDoesNotExist as missing:
        raise Http404 from missing


@require_safe
def article_card(request, slug):
    """The picture of an article, drawn once and kept."""
    article = _find_article(request, slug)
    until = stories.next_change(article, timezone.now())
    shown = stories.card_of(article)
    drawn = version_of(cards.DESIGN, *shown)

    def show():
        picture = caches["cards"].get(drawn)
        if picture is None:
            picture = cards.draw_card(*shown)
            caches["cards"].set(drawn, picture)
        return HttpResponse(picture, content_type="image/png")

    return answer_reader(request, version=(drawn,), until=until, render=show)


def _read_list(read, request, *of):
    """The page of a list that ``?before=`` or ``?after=`` asks for; 404 for one never given out."""
    try:
        return read(*of, before=request.GET.get("before"), after=request.GET.get("after"))
    except listings.BadCursorError as error:
        raise Http404(str(error)) from error


def _answer_list(request, template, context):
    section = context.get("section")
    shown = (section and (section.name, section.description), context)

    def show():
        if (reader := readers.reader_of(request)) is not None:
            teasers = (context.get("page") or context["listing"]).all_teasers
            teasers = [*teasers, *context.get("most_read", ())]
            listings.mark_new(teasers, reader)
        return render(request, template, context)

    until = listings.next_change(timezone.now())
    return answer_reader(request, version=version_of(shown), until=until, render=show)


def _find_article(request, slug):
    """The article at this address, also an unpublished one for those who may preview it."""
    try:
        return stories.article(slug, now=moment_of(request))
    except Article.DoesNotExist as missing:
        # Who is not signed in gets the same answer without a look at any session.
        if is_public(request) or not can_preview(request.user):
            raise Http404 from missing
    try:
        return stories.article(slug, preview=True)
    except Article.DoesNotExist as missing:
        raise Http404 from missing
