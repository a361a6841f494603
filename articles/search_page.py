"""READ: the page of a search, over articles and comments, ready for its template."""

import html
import re
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import product

from django.conf import settings
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import directory
from articles import search, spelling, syndication
from articles.listings import Newest
from articles.models import Article, Section
from comments import search as comments_search
from comments.feed_forms import address_in
from comments.lexicon import fold, token_of
from comments.wording import count_label

# What is looked for in both shows the beginning of each.
ARTICLES_OF_ALL = 10
COMMENTS_OF_ALL = 5
# So many other spellings are tried where nothing is found; each is a search of its own.
MOST_TRIES = 4

_FORMS = (
    ("rss", "RSS", "application/rss+xml"),
    ("atom", "Atom", "application/atom+xml"),
    ("json", "JSON", "application/feed+json"),
)

_MARK = re.compile(r"<mark>(.*?)</mark>")
# What an address asks for and cannot be understood, see ``asked``.
_NOTES = {
    "cut": gettext_lazy("That is more than can be looked for at once: only its beginning was."),
    "section": gettext_lazy("There is no such section, so all of them were searched."),
    "date": gettext_lazy("“%(typed)s” is no date like 2026-01-31 and was left out."),
}
# How the results of a kind are headed: none, more than were counted, a later page, all of them.
_HEADINGS = {
    "articles": (
        gettext_lazy("No articles"),
        gettext_lazy("More than %(most)s articles"),
        gettext_lazy("Further articles"),
        gettext_lazy("All articles found"),
    ),
    "comments": (
        gettext_lazy("No comments"),
        gettext_lazy("More than %(most)s comments"),
        gettext_lazy("Further comments"),
        gettext_lazy("All comments found"),
    ),
}


@dataclass(slots=True)
class Part:
    """The results of one kind. ``more_url`` leads to all of them, ``next_url`` to the next page."""

    kind: str
    entries: list
    heading: str
    more_url: str = ""
    more_label: str = ""
    next_url: str = ""
    next_label: str = ""


@dataclass(slots=True)
class SearchPage:
    """A page of results. ``parts`` are empty where nothing was found.

    ``correction`` is the words that were looked for instead, as nothing has those that were typed.
    """

    asked: object
    address: str
    parts: list = field(default_factory=list)
    correction: str = ""
    correction_url: str = ""
    is_narrowed: bool = False
    first_url: str = ""
    advice: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    # (name of the form, its media type, address) of the feed that goes on telling.
    feeds: list = field(default_factory=list)
    kinds: list = field(default_factory=list)
    sections: list = field(default_factory=list)

    @property
    def title(self):
        return _title_of(self.asked)


def search_feed(asked, sections, now=None):
    """The feed of the newest articles that have what is ``asked``; None where that is nothing.

    Words of comments are not told: theirs is the feed of the discussion.
    """
    if not asked:
        return None
    looking = _Looking(asked, sections, now)
    source = search.NewestMatching(asked.query, looking.span, now)
    if looking.authors == []:
        # Nobody is called that.
        source = Newest(Article.objects.none())
    title = f"{_title_of(asked)} – {settings.SITE_NAME}"
    return syndication.feed_of(title, asked.address(kind="all"), source)


def _title_of(asked):
    return _("Search: %(words)s") % {"words": asked.words} if asked.words else _("Search")


def section_slugs():
    """(name, slug) of every section: one query, beside the one of the navigation."""
    return list(Section.objects.order_by("position", "name").values_list("name", "slug", "pk"))


def search_page(asked, sections, now=None):
    """What was found of what is ``asked``. ``sections`` are those of ``section_slugs``.

    The same statements whatever is found, and a few more where nothing is.
    """
    now = now or timezone.now()
    page = SearchPage(asked, asked.address())
    page.notes = [_NOTES[code] % {"typed": typed} for code, typed in asked.notes]
    page.kinds = [
        (kind, label, kind == asked.kind)
        for kind, label in (
            ("all", _("Everything")),
            ("articles", _("Articles")),
            ("comments", _("Comments")),
        )
    ]
    page.sections = [(slug, name, slug == asked.section) for name, slug, _ in sections]
    page.is_narrowed = bool(asked.section or asked.author or asked.since or asked.until)
    if not asked:
        return page
    page.feeds = [
        (name, kind, address_in(form, asked.address(kind="all"))) for form, name, kind in _FORMS
    ]
    looking = _Looking(asked, sections, now)
    page.parts = looking.parts(asked.query)
    if asked.after is not None:
        page.first_url = asked.address()
    elif not page.parts and looking.authors != []:
        page.correction, page.parts = _corrected(asked.query, looking)
        if page.correction:
            page.correction_url = asked.address(words=page.correction)
    if not page.parts:
        page.advice = _advice(asked, looking)
    return page


class _Looking:
    """One request's searches, for the words that were typed and for others."""

    def __init__(self, asked, sections, now):
        self.asked = asked
        self.now = now
        self.authors = directory.people_named(asked.author) if asked.author else None
        ids = {slug: pk for _name, slug, pk in sections}
        self.span = search.Span(
            authors=self.authors,
            section_id=ids[asked.section] if asked.section else None,
            since=_start_of(asked.since) if asked.since else None,
            until=_start_of(asked.until + timedelta(days=1)) if asked.until else None,
        )

    def parts(self, query):
        """What has these words: a ``Part`` for each kind that has any."""
        if self.authors == []:
            return []
        kind, parts = self.asked.kind, []
        if kind != "comments":
            parts.append(self._articles(query))
        if kind != "articles":
            parts.append(self._comments(query))
        return [part for part in parts if part.entries or part.next_url or part.more_url]

    def _articles(self, query):
        is_all = self.asked.kind == "all"
        found = search.articles_with(
            query,
            self.span,
            after=self.asked.after,
            page_size=ARTICLES_OF_ALL if is_all else search.PAGE_SIZE,
            now=self.now,
        )
        return self._part("articles", found, found.after, query)

    def _comments(self, query):
        asked, is_all = self.asked, self.asked.kind == "all"
        found = comments_search.comments_with(
            query,
            authors=self.authors,
            area=asked.section or None,
            since=self.span.since,
            until=self.span.until,
            below=asked.after[1] if asked.after else None,
            page_size=COMMENTS_OF_ALL if is_all else comments_search.PAGE_SIZE,
            now=self.now,
        )
        after = None if found.next_place is None else (0, found.next_place)
        return self._part("comments", found, after, query)

    def _part(self, kind, found, after, query):
        part = Part(kind, found.entries, "")
        none, over, further, everything = _HEADINGS[kind]
        is_all = self.asked.kind == "all"
        # Where little was found in all that was looked through, there may be more further back.
        is_open = after is not None and found.count == len(found.entries)
        label = _counted(kind, found.count) if found.count else str(none)
        if found.count > search.COUNTED_UP_TO:
            label = over % {"most": number_format(search.COUNTED_UP_TO, force_grouping=True)}
        if self.asked.after is not None:
            label = str(further)
        part.heading = _("%(label)s so far") % {"label": label} if is_open else label
        words = None if query == self.asked.query else str(query)
        if after is not None and is_all:
            part.more_url = self.asked.address(kind=part.kind, words=words)
            part.more_label = str(everything)
        elif after is not None:
            part.next_url = self.asked.address(words=words, after=after)
            part.next_label = _("Look further back") if is_open else _("More results")
        return part


def _counted(kind, count):
    if kind == "comments":
        return count_label(count, "comment")
    words = ngettext("%(count)s article", "%(count)s articles", count)
    return words % {"count": number_format(count, force_grouping=True)}


def _start_of(day):
    return datetime.combine(day, time(), timezone.get_default_timezone())


def _corrected(query, looking):
    """``(other words, what has them)`` for words that no article is about but for a slip.

    Only what a reader finds is offered: it is looked for, and worded as the results print it.
    """
    for other, spelled in _other_spellings(query):
        parts = looking.parts(other)
        for term, word in spelled if parts else ():
            shown = _as_shown(parts, term.tokens[0], word)
            if not shown:
                break
            other = other.with_word(term, shown)
        else:
            if parts:
                return str(other), parts
    return "", []


def _other_spellings(query):
    """``(query, its (term, word) pairs that were not typed)``, the likeliest ones first."""
    options = []
    for term in query.terms:
        word = fold(term.typed)
        is_odd = not term.is_phrase and not spelling.is_known(word)
        near = spelling.words_near(word)[:MOST_TRIES] if is_odd else []
        options.append([*enumerate(near), (1, None)])
    choices = sorted(product(*options), key=lambda each: sum(cost for cost, _ in each))
    others = []
    for choice in choices:
        other, spelled = query, []
        for term, (_cost, word) in zip(query.terms, choice, strict=True):
            if word is not None:
                other = other.with_word(term, word)
                spelled.append((next(each for each in other.terms if each.typed == word), word))
        if spelled:
            others.append((other, spelled))
        if len(others) == MOST_TRIES:
            break
    return others


def _as_shown(parts, token, spelled):
    """The word with this token as the results print it, best as it was ``spelled``; or ""."""
    marked = [
        html.unescape(word)
        for part in parts
        for entry in part.entries
        for text in (getattr(entry, "title", ""), entry.extract)
        for word in _MARK.findall(text)
    ]
    fitting = [word for word in marked if token_of(word) == token]
    exact = (word for word in fitting if fold(word) == spelled)
    return next(exact, next(iter(fitting), "")).lower()


def _advice(asked, looking):
    """What to try, in sentences, where nothing was found."""
    advice = []
    if looking.authors == []:
        advice.append(_("Nobody here is called “%(author)s”.") % {"author": asked.author})
    if len(asked.query.terms) > 1:
        advice.append(_("All words have to be there: leave some out."))
    if any(term.is_phrase for term in asked.query.terms):
        advice.append(_("Words in quotes have to stand side by side: try them without."))
    if asked.section or asked.since or asked.until or (asked.author and looking.authors):
        advice.append(_("Search in all sections, by anybody, at any time."))
    if asked.kind != "all":
        advice.append(_("Search in everything."))
    return advice or [_("Check the spelling, or try another word for it.")]
