"""Reading pages: the same bytes for everybody who is not signed in."""

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from articles import listings, previews, search_page, shelves, stories, updates
from articles.asked import read_asked
from articles.caching import version_of
from articles.models import Article, Guest
from articles.permissions import can_preview
from comments import embedding
from comments.caching import answer_reader, is_public
from comments.wording import moment_text


@require_safe
def front_page(request):
    page = listings.front_page()
    context = {
        "page": page,
        "page_title": settings.SITE_NAME,
        **_feed_at("/", settings.SITE_NAME),
    }
    return _answer_list(request, "articles/front_page.html", context)


@require_safe
def latest_page(request):
    listing = _read_list(listings.latest_page, request)
    context = {"listing": listing, **_feed_at("/", settings.SITE_NAME)}
    return _answer_list(request, "articles/latest_page.html", context)


@require_safe
def section_page(request, slug):
    section = _find(listings.section, slug)
    listing = _read_list(listings.section_page, request, section)
    feed = _feed_at(section.get_absolute_url(), section.name)
    context = {"section": section, "listing": listing, **feed}
    return _answer_list(request, "articles/section_page.html", context)


@require_safe
def guest_page(request, slug):
    return _author_page(request, _find(shelves.guest, slug))


@require_safe
def person_articles(request, handle):
    return _author_page(request, _find(shelves.person, handle))


def _author_page(request, author):
    name = shelves.name_of(author)
    context = {
        "name": name,
        **_feed_at(shelves.articles_url(author), name),
        "biography": author.biography if isinstance(author, Guest) else "",
        # Where a person's comments are.
        "person_url": "" if isinstance(author, Guest) else author.get_absolute_url(),
        "listing": _read_list(shelves.author_page, request, author),
    }
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
    feed = _feed_at(tag.get_absolute_url(), tag.name)
    context = {"name": tag.name, "description": tag.description, "listing": listing, **feed}
    return _answer_list(request, "articles/tag_page.html", context)


@require_safe
def article_page(request, slug):
    article = _find_article(request, slug)
    if stories.is_update_due(article) and updates.settle_in_passing(article):
        # The page shows the new words in any case; what is kept of them has followed, once.
        article = _find_article(request, slug)
    # Who is further down in the discussion is not sent away from it.
    is_first_page = not embedding.is_further_down(request)
    # An editor looks at what is scheduled; for anybody else there is nothing else to see.
    with_update = "update" in request.GET and not is_public(request) and can_preview(request.user)
    view, more = stories.article_page(article, with_more=is_first_page, with_update=with_update)
    discussion = embedding.read_discussion(request, article.discussion)

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
            more,
        ),
    )
    # What is listed beside it comes and goes, too.
    until = _earliest(view.until, listings.next_change(timezone.now()))

    def show():
        if (reader := embedding.reader_of(request)) is not None:
            listings.mark_new(more, reader)
        template = "articles/article_page.html"
        return embedding.render_page(
            request, template, discussion, version=version, article=view, more=more
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


def _feed_at(address, title):
    """What a page tells of its feed."""
    return {"feed_address": address, "feed_title": title}


def _find(read, key):
    """What ``read(key)`` finds, or 404."""
    try:
        return read(key)
    except ObjectDoesNotExist as missing:
        raise Http404 from missing


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
        if (reader := embedding.reader_of(request)) is not None:
            listings.mark_new((context.get("page") or context["listing"]).all_teasers, reader)
        return render(request, template, context)

    until = listings.next_change(timezone.now())
    return answer_reader(request, version=version_of(shown), until=until, render=show)


def _find_article(request, slug):
    """The article at this address, also an unpublished one for those who may preview it."""
    try:
        return stories.article(slug)
    except Article.DoesNotExist as missing:
        # Who is not signed in gets the same answer without a look at any session.
        if is_public(request) or not can_preview(request.user):
            raise Http404 from missing
    try:
        return stories.article(slug, preview=True)
    except Article.DoesNotExist as missing:
        raise Http404 from missing
