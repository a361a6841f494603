"""What a page tells machines of itself: objects of schema.org, and a link's preview. No query.

``base`` is the portal's own address, with no slash at its end.
"""

import re

from django.utils.safestring import mark_safe

from articles.editions import front_url
from articles.markup import escape
from articles.models import Byline
from comments.languages import full_code

# Whose spelling and dates the portal has in each of its languages.
_COUNTRIES = {"en": "GB", "ru": "RU"}
# Longer headlines search engines cut, or refuse.
MAX_HEADLINE = 110
_ELEMENT = re.compile(r"<[^>]*>")


def publisher(base, site_name, logo):
    """The paper; ``logo`` is the path of a picture."""
    return {
        "@type": "Organization",
        "@id": f"{base}/#publisher",
        "name": site_name,
        "url": f"{base}/",
        "logo": {"@type": "ImageObject", "url": base + logo, "width": 512, "height": 512},
    }


def site_nodes(base, site_name, logo, language, path="/"):
    """What an edition's front page says, at ``path``: the site and who publishes it."""
    site = {
        "@type": "WebSite",
        "@id": f"{base}{path}#website",
        "url": base + path,
        "name": site_name,
        "inLanguage": language,
        "publisher": {"@id": f"{base}/#publisher"},
    }
    return [site, publisher(base, site_name, logo)]


def list_nodes(base, site_name, path, name, *, description="", teasers=(), about=None, front="/"):
    """What a list of articles says: that it is one, what is on it, and where it lies.

    ``front`` is the path of the front page of its edition.
    """
    address = base + path
    page = {
        "@type": "CollectionPage",
        "@id": address,
        "url": address,
        "name": name,
        "isPartOf": {"@type": "WebSite", "@id": f"{base}{front}#website", "name": site_name},
        "mainEntity": {
            "@type": "ItemList",
            "itemListElement": [
                {"@type": "ListItem", "position": at, "url": base + each.url, "name": each.title}
                for at, each in enumerate(teasers, 1)
            ],
        },
    }
    if description:
        page["description"] = description
    if about:
        page["about"] = about
    return [page, breadcrumbs(base, site_name, [(name, path)], front)]


def person(base, path, name, description=""):
    """Whose articles a list has."""
    who = {"@type": "Person", "name": name, "url": base + path}
    return who | ({"description": description} if description else {})


def breadcrumbs(base, site_name, steps, front="/"):
    """The way from the page at ``front``; ``steps`` are (name, path), the page itself the last."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": at, "name": name, "item": base + path}
            for at, (name, path) in enumerate([(site_name, front), *steps], 1)
        ],
    }


def article_nodes(view, base, site_name, logo, language, corrections=()):
    """(the article, [what else its page says]); its comments are put into it by others.

    ``corrections`` are ``corrections.CorrectionView`` of it.
    """
    address = base + view.url
    authors = _people(base, view.makers, {Byline.Role.TEXT})
    node = {
        "@type": "NewsArticle",
        "@id": f"{address}#article",
        "url": address,
        "mainEntityOfPage": {"@type": "WebPage", "@id": address},
        "headline": cut(view.title, MAX_HEADLINE),
        "description": view.summary,
        "image": [*_lead_image(base, view), base + view.card_url],
        "datePublished": view.published_iso,
        "dateModified": view.modified_iso,
        # Where nobody is said to have written it, the paper has.
        "author": authors or [{"@type": "Organization", "name": site_name, "url": f"{base}/"}],
        "editor": _people(base, view.makers, {Byline.Role.EDITOR}),
        "contributor": _people(
            base, view.makers, set(Byline.Role) - {Byline.Role.TEXT, Byline.Role.EDITOR}
        ),
        "publisher": publisher(base, site_name, logo),
        "articleSection": view.section_name,
        "keywords": [name for name, _ in view.tags],
        "wordCount": len(_ELEMENT.sub(" ", view.html).split()),
        "commentCount": view.comment_count,
        "isAccessibleForFree": True,
        "inLanguage": language,
        "translationOfWork": [
            _as_work(base, each) for each in view.translations if each.is_original
        ],
        "correction": [_as_correction(address, each) for each in corrections],
        "workTranslation": [_as_work(base, each) for each in view.translated_into],
    }
    # Numbers are told also where they are nought; words and lists where there are any.
    node = {name: value for name, value in node.items() if value not in ("", [])}
    way = [(view.section_name, view.section_url), (view.title, view.url)]
    return node, [breadcrumbs(base, site_name, way, front_url(view.language))]


def _lead_image(base, view):
    if view.lead_image is None:
        return []
    path, width, height, alternative = view.lead_image
    image = {"@type": "ImageObject", "url": base + path, "width": width, "height": height}
    return [image | ({"caption": alternative} if alternative else {})]


def _as_correction(address, correction):
    return {
        "@type": "CorrectionComment",
        "@id": f"{address}#{correction.anchor}",
        "text": correction.text,
        "datePublished": correction.iso,
    }


def _as_work(base, translation):
    address = base + translation.url
    return {
        "@type": "NewsArticle",
        "@id": f"{address}#article",
        "url": address,
        "inLanguage": full_code(translation.language),
    }


def _people(base, makers, roles):
    found = dict.fromkeys((each.name, each.url) for each in makers if each.role in roles)
    return [{"@type": "Person", "name": name, "url": base + url} for name, url in found]


def cut(text, most):
    """``text`` in at most ``most`` characters, cut at a word where there is one."""
    if len(text) <= most:
        return text
    end = text.rfind(" ", most // 2, most)
    return text[: end if end > 0 else most - 1].rstrip(" ,;:–—-") + "…"


def article_preview(view, base, site_name, language, size):
    """OpenGraph's and Twitter's elements of an article, as HTML."""
    width, height = size
    picture = base + view.card_url
    properties = [
        ("og:type", "article"),
        ("og:site_name", site_name),
        ("og:title", view.title),
        ("og:url", base + view.url),
        ("og:description", view.summary),
        ("og:locale", _locale(language)),
        *(("og:locale:alternate", _locale(full_code(each.language))) for each in view.translations),
        ("og:image", picture),
        ("og:image:type", "image/png"),
        ("og:image:width", str(width)),
        ("og:image:height", str(height)),
        ("og:image:alt", view.title),
        ("article:published_time", view.published_iso),
        ("article:modified_time", view.modified_iso),
        ("article:section", view.section_name),
        *(("article:tag", name) for name, _ in view.tags),
        *(("article:author", who["url"]) for who in _people(base, view.makers, {"text"})),
    ]
    names = [
        ("twitter:card", "summary_large_image"),
        ("twitter:title", view.title),
        ("twitter:description", view.summary),
        ("twitter:image", picture),
        ("twitter:image:alt", view.title),
    ]
    return _printed(properties, names)


def page_preview(base, site_name, path, title, description, language, logo):
    """The same of any other page, with the paper's sign for a picture."""
    properties = [
        ("og:type", "website"),
        ("og:site_name", site_name),
        ("og:title", title),
        ("og:url", base + path),
        ("og:description", description),
        ("og:locale", _locale(language)),
        ("og:image", base + logo),
    ]
    return _printed(properties, [("twitter:card", "summary")])


def _printed(properties, names):
    """An element for each that has a value. A template took as long for these as for a story."""
    lines = [
        f'<meta {kind}="{name}" content="{escape(value)}">\n'
        for kind, pairs in (("property", properties), ("name", names))
        for name, value in pairs
        if value
    ]
    return mark_safe("".join(lines))


def _locale(language):
    """``en_GB`` of ``en``, as OpenGraph writes it: always with a country."""
    name, _, country = language.partition("-")
    country = country.upper() or _COUNTRIES.get(name)
    return f"{name}_{country}" if country else name
