from django.urls import path, register_converter
from django.urls.converters import StringConverter

from articles import (
    correction_pages,
    feeds,
    files,
    front_pages,
    picture_files,
    reading_pages,
    views,
)
from articles.editions import front_url
from articles.sitemaps import KINDS


class KindConverter(StringConverter):
    """The kind of a sitemap's addresses."""

    regex = "|".join(KINDS)


class FormConverter(StringConverter):
    """The form of a feed, as the end of its address."""

    regex = "rss|atom|json"


class EditionConverter(StringConverter):
    """The language of an edition that has a front page of its own."""

    regex = "[a-z]{2,3}"

    def to_python(self, value):
        if front_url(value) == "/":
            raise ValueError(value)
        return value


register_converter(EditionConverter, "edition")
register_converter(FormConverter, "form")
register_converter(KindConverter, "sitemap")

urlpatterns = [
    # Nearly everybody asks for these; nothing else has such an address.
    path("articles/<slug:slug>/", views.article_page, name="article"),
    path("sitemap.xml", files.sitemap_index, name="sitemap-index"),
    path("sitemap-sections.xml", files.sections_sitemap, name="sitemap-sections"),
    path("sitemap-<sitemap:kind>-<int:number>.xml", files.sitemap, name="sitemap"),
    path("news-sitemap.xml", files.news_sitemap, name="news-sitemap"),
    path("robots.txt", files.robots_txt, name="robots-txt"),
    path("ads.txt", files.ads_txt, name="ads-txt"),
    path(".well-known/security.txt", files.security_txt, name="security-txt"),
    path("security.txt", files.security_txt_of_old, name="security-txt-of-old"),
    path("favicon.ico", files.favicon, name="favicon"),
    path("feed.<form:form>", feeds.site_feed, name="site-feed"),
    path("sections/<slug:slug>/feed.<form:form>", feeds.section_feed, name="section-feed"),
    path("search/feed.<form:form>", feeds.search_feed, name="search-feed"),
    path("tags/<slug:slug>/feed.<form:form>", feeds.tag_feed, name="tag-feed"),
    path("authors/<slug:slug>/feed.<form:form>", feeds.guest_feed, name="guest-feed"),
    path(
        "people/<str:handle>/articles/feed.<form:form>",
        feeds.person_feed,
        name="person-articles-feed",
    ),
    path("", views.front_page, name="front-page"),
    path("latest/", views.latest_page, name="latest"),
    path("search/", views.search, name="search"),
    path("sections/<slug:slug>/", views.section_page, name="section"),
    path("series/<slug:slug>/", reading_pages.series_page, name="series"),
    path("most-read/", reading_pages.popular_page, name="most-read"),
    path("saved/", reading_pages.saved_page, name="saved"),
    path("articles/<int:pk>/read/", reading_pages.article_read, name="article-read"),
    path("articles/<int:pk>/save/", reading_pages.article_save, name="article-save"),
    path("preview/<str:token>/", views.preview_page, name="preview"),
    path("tags/<slug:slug>/", views.tag_page, name="tag"),
    path("authors/<slug:slug>/", views.guest_page, name="guest"),
    path("people/<str:handle>/articles/", views.person_articles, name="person-articles"),
    path("media/<path:name>", picture_files.picture_file, name="picture-file"),
    path("articles/<slug:slug>/card.png", views.article_card, name="article-card"),
    path("front/preview/<int:pk>/", front_pages.preview, name="front-preview"),
    path("<edition:language>/", views.front_page, name="edition"),
    path("<edition:language>/latest/", views.latest_page, name="edition-latest"),
    path("<edition:language>/feed.<form:form>", feeds.site_feed, name="edition-feed"),
    path("corrections/", correction_pages.archive, name="corrections"),
    path("corrections/feed.<form:form>", correction_pages.feed, name="corrections-feed"),
]
