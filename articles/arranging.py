"""WRITE: arrangements of the front page: begun, changed, put live, and the former put back."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from articles import editions
from articles.front import MOST_ON_PAGE, MOST_ROWS
from articles.models import MAX_HEADING_LENGTH, MOST_IN_ROW, FrontArrangement, FrontRow
from articles.permissions import require_arranger
from articles.publishing import FIRST_YEAR, LAST_YEAR, ArticleError
from articles.turns import take_turn
from comments.languages import site_language

_TURN = "front"
_State, _Place, _Rule = FrontArrangement.State, FrontRow.Place, FrontRow.Rule
ROW_FIELDS = (
    "place", "heading", "article", "starts", "until", "rule", "section", "count",
)  # fmt: skip


def begin_arrangement(*, by=None, name, of=None, language=""):
    """A new draft, empty or with the rows ``of`` another arrangement. One transaction.

    It is for the edition in ``language``, the site's where none is named. Raises ``ArticleError``
    for a name that cannot be or a language without an edition, and ``PermissionDenied``.
    """
    require_arranger(by)
    language = editions.checked(language or site_language())
    with transaction.atomic():
        draft = FrontArrangement.objects.create(
            name=_checked_name(name), language=language, made_by=by, made_at=timezone.now()
        )
        rows = of.rows.order_by("position", "id") if of is not None else ()
        _write_rows(draft, [{each: getattr(row, each) for each in ROW_FIELDS} for row in rows])
    return draft


def set_rows(*, by=None, arrangement, rows, name=None, seen_version=None):
    """Makes ``rows`` (dictionaries of ``ROW_FIELDS``) those of a draft, in their order.

    Raises ``ArticleError`` for rows that cannot be, for what is no draft, and where somebody else
    has changed it since ``seen_version``; ``PermissionDenied``. One transaction; locks the
    arrangement. Returns whether anything changed.
    """
    require_arranger(by)
    check_rows(rows)
    with transaction.atomic():
        stored = _lock(arrangement, seen_version)
        if stored.state != _State.DRAFT:
            raise ArticleError(_("Only a draft can be changed: begin one from this front page."))
        changes = {} if name is None else {"name": _checked_name(name)}
        present = [
            {each: getattr(row, each) for each in ROW_FIELDS}
            for row in stored.rows.select_related("article", "section")
        ]
        if present == rows and changes.get("name", stored.name) == stored.name:
            return False
        stored.rows.all().delete()
        _write_rows(stored, rows)
        FrontArrangement.objects.filter(pk=stored.pk).update(version=F("version") + 1, **changes)
    return True


def check_rows(rows):
    """Raises ``ArticleError``, a sentence that names the row, unless ``rows`` can be."""
    if len(rows) > MOST_ROWS:
        raise ArticleError(_("A front page has at most %(most)s rows.") % {"most": MOST_ROWS})
    if sum(row["count"] for row in rows) > MOST_ON_PAGE:
        raise ArticleError(
            _("A front page has at most %(most)s articles.") % {"most": MOST_ON_PAGE}
        )
    for number, row in enumerate(rows, 1):
        if wrong := _fault_of(row):
            raise ArticleError(_("Row %(number)s: %(wrong)s") % {"number": number, "wrong": wrong})


def _fault_of(row):
    starts, until = row["starts"], row["until"]
    if row["place"] not in _Place.values or row["rule"] not in _Rule.values:
        return _("Choose a place and a rule.")
    if not 1 <= row["count"] <= MOST_IN_ROW:
        return _("A row has 1 to %(most)s articles.") % {"most": MOST_IN_ROW}
    if len(row["heading"]) > MAX_HEADING_LENGTH:
        return _("A heading has at most %(most)s characters.") % {"most": MAX_HEADING_LENGTH}
    if row["rule"] == _Rule.SECTION and row["section"] is None:
        return _("Say of which section the newest are.")
    for moment in filter(None, (starts, until)):
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            return _("Use a year from %(first)s to %(last)s.") % {
                "first": FIRST_YEAR,
                "last": LAST_YEAR,
            }
    if row["article"] is None:
        if row["rule"] == _Rule.NOTHING:
            return _("Choose an article or a rule.")
        if starts or until:
            return _("A time is for an article: choose which.")
    if starts and until and starts >= until:
        return _("Its time ends before it begins.")
    return ""


def put_live(*, by=None, arrangement, seen_version=None):
    """Shows readers of its edition ``arrangement``, a draft or a former one; False if they see it.

    The one that was live is kept as a former one. Raises ``ArticleError`` for one without rows
    or without a lead, and where it was changed since ``seen_version``; ``PermissionDenied``. One
    transaction; locks the front page's turn, then the arrangement.
    """
    require_arranger(by)
    with transaction.atomic():
        take_turn(_TURN)
        stored = _lock(arrangement, seen_version)
        if stored.state == _State.LIVE:
            return False
        if not stored.rows.filter(place=_Place.LEAD).exists():
            raise ArticleError(_("A front page needs a row that says what leads."))
        now = timezone.now()
        _end_live(stored.language, now)
        FrontArrangement.objects.filter(pk=stored.pk).update(
            state=_State.LIVE, live_at=now, live_by=by, ended_at=None
        )
    return True


def clear_front(*, by=None, language=""):
    """Shows readers the front page as it comes, without any arrangement; False if they see it.

    That of the edition in ``language``, the site's where none is named. One transaction; locks
    the front page's turn.
    """
    require_arranger(by)
    with transaction.atomic():
        take_turn(_TURN)
        return _end_live(language, timezone.now())


def live_arrangement(language=""):
    """The ``FrontArrangement`` that readers of an edition see, or None. One query."""
    live = editions.in_edition(FrontArrangement.objects.filter(state=_State.LIVE), language)
    return live.select_related("live_by").order_by("-live_at").first()


def former_arrangement(language=""):
    """The one that was live last before this, or None. One query."""
    former = FrontArrangement.objects.filter(state=_State.FORMER)
    return editions.in_edition(former, language).order_by("-ended_at", "-id").first()


def _end_live(language, now):
    live = editions.in_edition(FrontArrangement.objects.filter(state=_State.LIVE), language)
    return bool(live.update(state=_State.FORMER, ended_at=now))


def _lock(arrangement, seen_version):
    stored = FrontArrangement.objects.select_for_update(no_key=True).get(pk=arrangement.pk)
    if seen_version is not None and seen_version != stored.version:
        raise ArticleError(
            _(
                "Somebody else has changed this front page since you opened it. Nothing has been "
                "done; look at it again."
            )
        )
    return stored


def _write_rows(arrangement, rows):
    FrontRow.objects.bulk_create(
        FrontRow(arrangement=arrangement, position=position, **row)
        for position, row in enumerate(rows, 1)
    )


def _checked_name(name):
    name = " ".join(name.split())
    if not 1 <= len(name) <= MAX_HEADING_LENGTH:
        raise ArticleError(_("Name it in 1 to %(most)s characters.") % {"most": MAX_HEADING_LENGTH})
    return name
