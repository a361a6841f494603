"""READ and WRITE: addresses that lead on to others, by themselves or by hand.

A redirect is asked only where no page is, so a page that is there always wins. It leads to an
article or a section as such, which may move on as often as they like, or to a path of this site
that no redirect has: one step, never a chain or a ring.
"""

import re
from urllib.parse import unquote, urlsplit

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.encoding import escape_uri_path, iri_to_uri
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from articles.errors import ArticleError
from articles.models import MAX_PATH_LENGTH, Article, Redirect, Section
from articles.permissions import require_arranger
from articles.turns import take_turn

# A list of more is a site that moves in: in parts, so that nobody waits for one long transaction.
MOST_IMPORTED = 2_000
_TURN = "redirects"
_CONTROLS = re.compile(r"[\x00-\x1f\x7f\\]")
# What is below the address of an article or a section, such as a feed, moves with it.
_PAGE = re.compile(r"/(articles|sections)/([-a-zA-Z0-9_]+)/")
# These answer by themselves whatever stands behind them.
_TAKEN = ("/admin/", "/accounts/", "/static/", "/media/")
_FIELDS = (
    "path", "article__slug", "section__slug", "target", "rest",
)  # fmt: skip


class RedirectError(ArticleError):
    """A redirect that cannot be; the message is a sentence for its editor."""


def address_behind(path, query="", now=None):
    """The address that ``path`` leads to, with ``query`` kept, or "". One query.

    ``path`` is as requests have it, not escaped. An article that readers may not see (yet, or
    any more) is led to by nothing: its address says its title.
    """
    now = now or timezone.now()
    if len(path) > MAX_PATH_LENGTH or _CONTROLS.search(path):
        return ""
    exact = [path] if path.endswith("/") else [path, f"{path}/"]
    asked = Q(path__in=exact)
    page = _PAGE.match(path)
    if page and page[0] not in exact:
        # The address of a page that is there again is its own, and so is what is below it.
        pages = Article.objects.published(now) if page[1] == "articles" else Section.objects
        asked |= Q(path=page[0]) & ~Exists(pages.filter(slug=page[2]))
    readable = Article.objects.published(now).filter(pk=OuterRef("article_id"))
    found = {
        row[0]: row[1:]
        for row in Redirect.objects.filter(asked, is_lifted=False)
        .filter(Q(article__isnull=True) | Exists(readable))
        .values_list(*_FIELDS)
    }
    for each in exact:
        if each in found:
            article, section, target, rest = found[each]
            return _with_query(_address(article, section, target), rest, query)
    for article, section, target, _rest in found.values():
        if not target:
            below = path.removeprefix(page[0])
            return _with_query(_address(article, section, target) + below, "", query)
    return ""


def _address(article_slug, section_slug, target):
    if article_slug is not None:
        return f"/articles/{article_slug}/"
    return f"/sections/{section_slug}/" if section_slug is not None else target


def _with_query(path, rest, query):
    before, mark, fragment = rest.partition("#")
    both = "&".join(filter(None, (before.removeprefix("?"), query)))
    return iri_to_uri(escape_uri_path(path) + (both and f"?{both}") + mark + fragment)


def slugs_kept(model, wanted):
    """The slugs from ``wanted`` on that still lead to an article or a section that had them."""
    start = f"{_folder(model)}{wanted}"
    kept = Redirect.objects.filter(path__startswith=start, is_lifted=False)
    return {path.split("/")[2] for path in kept.values_list("path", flat=True)}


def redirects():
    """(path, where it leads, note) of all that are in force, by path, as they are exported."""
    kept = Redirect.objects.filter(is_lifted=False).select_related("article", "section")
    for each in kept.order_by("path").iterator(chunk_size=1_000):
        yield each.path, each.leads_to, each.note


def follow_article(article, former_slug):
    """Leads from an article's former address to it. Needs its transaction and its locked row.

    What led to the former address by hand leads to the article, too, and the address that the
    article has now leads nowhere else any more where it led to the article itself.
    """
    _follow({"article": article}, article.slug, former_slug)


def follow_section(section, former_slug):
    """Leads from a section's former address to it, as ``follow_article`` does."""
    # A section is never hidden, so the address that it takes is not needed by any other.
    Redirect.objects.filter(path=f"/sections/{section.slug}/").delete()
    _follow({"section": section}, section.slug, former_slug)


def _follow(page, slug, former_slug):
    folder = _folder(type(next(iter(page.values()))))
    Redirect.objects.filter(path=f"{folder}{slug}/", **page).delete()
    former = f"{folder}{former_slug}/"
    kind = {"article": None, "section": None, "target": "", "rest": ""} | page
    Redirect.objects.update_or_create(
        path=former,
        defaults={
            **kind, "is_by_hand": False, "is_lifted": False, "note": "", "made_by": None,
            "made_at": timezone.now(),
        },
    )  # fmt: skip
    Redirect.objects.filter(target=former).update(target="", **page)


def save_redirect(*, by, path, to, note="", hosts=()):
    """Leads from ``path`` to ``to``; returns the redirect, or False if that is so already.

    ``to`` is a path, or an address on one of ``hosts``, with a query and a fragment if need be.
    What leads to ``path`` leads to where it leads now. Raises ``RedirectError`` for an address
    that is none, of another site, or would lead to itself, and ``PermissionDenied``. One
    transaction; locks the redirects' turn, then the article that it leads to.
    """
    require_arranger(by)
    with transaction.atomic():
        take_turn(_TURN)
        path, place = check_redirect(path, to, hosts)
        wanted = place | {"note": note.strip(), "is_by_hand": True, "is_lifted": False}
        present = Redirect.objects.filter(path=path).first()
        if present and all(getattr(present, name) == value for name, value in wanted.items()):
            return False
        redirect, _made = Redirect.objects.update_or_create(
            path=path, defaults={**wanted, "made_by": by, "made_at": timezone.now()}
        )
        _bend(path, place)
    return redirect


def lift_redirect(*, by, redirect):
    """Takes a redirect back: its path leads nowhere. Returns whether it was in force."""
    require_arranger(by)
    return bool(Redirect.objects.filter(pk=redirect.pk, is_lifted=False).update(is_lifted=True))


def put_back_redirect(*, by, redirect):
    """Puts a redirect that was taken back in force again; False if it is.

    Raises ``RedirectError`` where meanwhile there is a page, or what it leads to leads to it.
    Locks as ``save_redirect``.
    """
    require_arranger(by)
    with transaction.atomic():
        take_turn(_TURN)
        redirect.refresh_from_db()
        if not redirect.is_lifted:
            return False
        target = redirect.leads_to.removesuffix(redirect.rest)
        place = _checked_place(redirect.path, target, redirect.rest)
        Redirect.objects.filter(pk=redirect.pk).update(is_lifted=False, **place)
        _bend(redirect.path, place)
    return True


def import_redirects(*, by, rows, hosts=()):
    """Takes over ``rows`` of (path, to, note): all of them, or none. Returns how many were new.

    Raises ``RedirectError`` that names the line and what is wrong with it, or that there are
    more than ``MOST_IMPORTED``. Locks as ``save_redirect``.
    """
    require_arranger(by)
    if len(rows) > MOST_IMPORTED:
        raise RedirectError(
            _("Bring in at most %(most)s lines at once.")
            % {"most": number_format(MOST_IMPORTED, force_grouping=True)}
        )
    changed = 0
    with transaction.atomic():
        for number, (path, to, note) in enumerate(rows, 1):
            try:
                done = save_redirect(by=by, path=path, to=to, note=note, hosts=hosts)
            except RedirectError as error:
                raise RedirectError(
                    _("Line %(number)s: %(error)s Nothing was taken over.")
                    % {"number": number, "error": error}
                ) from error
            changed += bool(done)
    return changed


def clean_path(text, hosts=()):
    """The path that is led on from, as it is kept; raises ``RedirectError``."""
    path, rest = _split(text, hosts)
    if rest:
        raise RedirectError(_("Leave out what begins with “?” or “#”: a path leads on with any."))
    if path == "/" or path.startswith(_TAKEN):
        raise RedirectError(
            _("“%(path)s” is the portal's own address and leads nowhere else.") % {"path": path}
        )
    return path


def check_redirect(path, to, hosts=()):
    """(path, where it would lead: the fields of the redirect); raises as ``save_redirect``.

    Needs a transaction; locks the article that it leads to.
    """
    path = clean_path(path, hosts)
    return path, _checked_place(path, *_split(to, hosts))


def _checked_place(path, target, rest):
    _refuse_page(path)
    place = _place_of(target, rest)
    if (place["target"] or _address_of(place)) == path:
        raise RedirectError(_("“%(path)s” would lead to itself.") % {"path": path})
    return place


def _split(text, hosts):
    """(path, query and fragment) of an address on this site."""
    text = text.strip()
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise RedirectError(_("“%(text)s” is no address.") % {"text": text}) from error
    ours = parts.scheme in ("http", "https") and parts.netloc.lower() in hosts
    if (parts.scheme or parts.netloc) and not ours:
        raise RedirectError(
            _("“%(text)s” is on another site. Addresses lead on within this one.") % {"text": text}
        )
    path = unquote(parts.path) or ("/" if ours else "")
    rest = (parts.query and f"?{parts.query}") + (parts.fragment and f"#{parts.fragment}")
    if not path.startswith("/") or path.startswith("//") or _CONTROLS.search(path + rest):
        raise RedirectError(
            _("“%(text)s” is no path of this site: one begins with a single “/”.") % {"text": text}
        )
    if max(len(path), len(rest)) > MAX_PATH_LENGTH:
        raise RedirectError(
            _("An address has at most %(most)s characters.") % {"most": MAX_PATH_LENGTH}
        )
    return path, rest


def _refuse_page(path):
    page = _PAGE.fullmatch(path)
    if page is None:
        return
    pages = Article.objects.published() if page[1] == "articles" else Section.objects
    if pages.filter(slug=page[2]).exists():
        raise RedirectError(
            _("There is a page at “%(path)s”, and it is what readers get.") % {"path": path}
        )


def _place_of(path, rest):
    """Where ``path`` leads in the end: the fields of a redirect to it. Locks the article."""
    place = {"article_id": None, "section_id": None, "target": "", "rest": rest}
    page = _PAGE.fullmatch(path)
    if page and page[1] == "articles":
        # Locked as by the one who renames it; who waited here for a new name finds none, and
        # then, below, what leads from the former one.
        found = Article.objects.filter(slug=page[2]).select_for_update(no_key=True)
        place["article_id"] = found.values_list("pk", flat=True).first()
    elif page:
        found = Section.objects.filter(slug=page[2]).select_for_update(no_key=True)
        place["section_id"] = found.values_list("pk", flat=True).first()
    further = Redirect.objects.filter(path=path, is_lifted=False).first()
    if further is not None and place["article_id"]:
        # It may not be read, and its address leads on meanwhile.
        readable = Article.objects.published().filter(pk=place["article_id"])
        place["article_id"] = place["article_id"] if readable.exists() else None
    if place["article_id"] or place["section_id"]:
        return place
    if further is None:
        return place | {"target": path}
    names = ("article_id", "section_id", "target")
    return place | {name: getattr(further, name) for name in names} | {"rest": rest or further.rest}


def _address_of(place):
    for model, name in ((Article, "article_id"), (Section, "section_id")):
        if place[name]:
            return model.objects.get(pk=place[name]).get_absolute_url()
    return ""


def _bend(path, place):
    """What led to ``path`` leads to ``place``, where ``path`` leads now."""
    leading = Q(target=path)
    page = _PAGE.fullmatch(path)
    if page and page[1] == "articles":
        leading |= Q(article__slug=page[2])
    leading = Redirect.objects.filter(leading).exclude(path=path)
    if place["rest"]:
        leading.filter(rest="").update(rest=place["rest"])
    leading.update(**{name: value for name, value in place.items() if name != "rest"})


def _folder(model):
    return f"/{model._meta.model_name}s/"
