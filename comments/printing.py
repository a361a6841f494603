"""Rows as HTML. In Python, because a page shows two hundred and a template takes six times as long.

What everybody is shown of a comment is its ``part`` (``parts.print_parts`` comes first); what
differs from reader to reader is in ``Showing``. Places for a form and for answers that are not
there yet are made by the script that needs them (``portal.js``, ``arrivals.js``).
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from comments.markup import escape
from comments.wording import count_label, number_text

# Deeper replies are shown side by side at this depth, each with a link to what it answers: a
# column must stay wide enough to read. The stylesheet has as many steps.
DEEPEST = 8


@dataclass(slots=True)
class Showing:
    """For whom rows are printed. The default is somebody who is not signed in.

    ``seen`` is the arrival up to which they know the discussion, None on a first visit;
    ``edit_since`` the moment since which what they posted can still be edited.
    """

    may_post: bool = True
    person_id: int | None = None
    may_moderate: bool = False
    edit_since: datetime | None = None
    seen: int | None = None
    voted: frozenset = frozenset()
    target_id: int | None = None
    new_in_threads: dict = field(default_factory=dict)

    @property
    def is_everybodys(self):
        """Whether it is the same for everybody who is not signed in."""
        return (
            self.person_id is None
            and self.target_id is None
            and self.seen is None
            and not self.may_moderate
        )

    def is_new(self, row):
        return self.seen is not None and row.arrival > self.seen and row.author_id != self.person_id


class _Addresses:
    """The desk's address of a comment, asked once: a page may need it two hundred times."""

    @cached_property
    def desk(self):
        return reverse("admin:comments_comment_change", args=[0]).split("0")


_addresses = _Addresses()


class _Words:
    """What is said around comments in one language, as HTML with room for what differs.

    Looked up once for each language: a page says each of them two hundred times.
    """

    def __init__(self):
        self.new = escape(_("new"))
        self.to = escape(_("to %(whom)s"))
        answer = _link("%sreply/", _("Reply to comment %(number)s"), _("Reply"), "reply")
        quote = _link("%sreply/?quote=1", _("Quote comment %(number)s"), _("Quote"), "quote")
        self.answer = f"{answer} {quote}"
        self.edit = _link("%sedit/", _("Edit comment %(number)s"), _("Edit"))
        self.withdraw = _link("%swithdraw/", _("Withdraw comment %(number)s"), _("Withdraw"))
        self.report = _link("%sreport/", _("Report comment %(number)s"), _("Report"), follows=False)
        # What nearly all comments offer to nearly everybody.
        self.usual = f"{self.answer} {self.report}"
        self.moderate = _link("%s", _("Moderate comment %(number)s"), _("Moderate"))
        self.agree = escape(_("Agree"))
        # Begins with what is to be seen: who speaks to the browser says that.
        self.agree_named = escape(_("Agree: comment %(number)s"))
        self.agree_counted = escape(_("Agree %(count)s: comment %(number)s"))
        self.count_agree = escape(_("%(number)s agree"))
        self._replies = {}

    def replies(self, count):
        label = self._replies.get(count)
        if label is None:
            label = self._replies[count] = count_label(count, "reply")
        return label


def _link(address, named, text, name="", *, follows=True):
    """A link with room for an address and a comment's number, one after the other.

    ``name`` is for scripts; what has one, or ``follows`` not, is ``nofollow``.
    """
    kind = f' class="{name}"' if name else ""
    rel = ' rel="nofollow"' if name or not follows else ""
    text, named = escape(text).replace("%", "%%"), escape(named).replace("%(number)s", "%s")
    return f'<a{kind} href="{address}"{rel} aria-label="{named}">{text}</a>'


@lru_cache(maxsize=8)
def _words_in(language):
    """The words of the language that is active, which is ``language``."""
    return _Words()


def _words():
    return _words_in(get_language())


def print_branches(rows, showing, *, base=0, continued=None):
    """The rows as nested branches, ``<div class="branch">`` each.

    They come in display order; ``base`` is the level that stands at the edge. Where a page
    begins midway in a thread, the first ones stand as deep as they are. ``continued`` says by
    ``tree_id`` where a thread goes on elsewhere: ``(root id, next id, how many)``.
    """
    continued = continued or {}
    by_id, words = {row.id: row for row in rows}, _words()
    print_comment = _comment_for_everybody if showing.is_everybodys else _comment
    parts, open_depths = [], []
    last = len(rows) - 1
    for place, row in enumerate(rows):
        depth = min(row.level - base, DEEPEST)
        following = rows[place + 1] if place < last else None
        deeper = "" if open_depths or not depth else f" at-{depth}"
        parts.append(f'<div class="branch{deeper}" id="b{row.id}">')
        parts.append(print_comment(row, showing, by_id.get(row.parent_id), words))
        if following is not None and following.parent_id == row.id and depth < DEEPEST:
            parts.append(_open_replies(row, showing, words))
            open_depths.append(depth)
            continue
        parts.append("</div>")
        ends = following is None or following.tree_id != row.tree_id
        next_depth = -1 if ends else min(following.level - base, DEEPEST)
        while open_depths and open_depths[-1] >= next_depth:
            open_depths.pop()
            parts.append("</details></div>")
        if ends and row.tree_id in continued:
            parts.append(_print_more(*continued[row.tree_id]))
    return mark_safe("".join(parts))


def print_arrivals(rows, showing):
    """Comments that came lately, each a branch of its own that says where it belongs.

    Who has the page open puts each under its parent (``data-parent``).
    """
    by_id, words = {row.id: row for row in rows}, _words()
    return mark_safe(
        "".join(
            f'<div class="branch" id="b{row.id}" data-parent="{row.parent_id or ""}">'
            f"{_comment(row, showing, by_id.get(row.parent_id), words)}</div>"
            for row in rows
        )
    )


def _print_more(root_id, next_id, count):
    label = count_label(count, "more reply") if count else _("More replies")
    address = f"/comments/{root_id}/thread/?from={next_id}"
    return (
        f'<p class="more" id="more-{root_id}"><a href="{address}#c{next_id}" hx-get="{address}" '
        f'hx-target="#more-{root_id}" hx-swap="outerHTML">'
        f"{escape(label)}</a></p>"
    )


def _open_replies(row, showing, words):
    label = words.replies(row.reply_count)
    new = showing.new_in_threads.get(row.id)
    if new:
        said = _("%(count)s new") % {"count": "99+" if new > 99 else new}
        label += f' <span class="new-mark">{escape(said)}</span>'
    return f'<details class="replies" id="r{row.id}" open><summary>{label}</summary>'


def _comment_for_everybody(row, showing, parent, words):
    """``_comment``, kept beside the part until something else is to be said around it."""
    whom = "" if parent is None else parent.author if parent.is_visible else parent.number
    around = words, showing.may_post, row.arrival, parent is None, whom
    printed = row.part.printed
    if printed is None or printed[0] != around:
        printed = row.part.printed = around, _comment(row, showing, parent, words)
    return printed[1]


def _comment(row, showing, parent, words):
    pk = row.id
    classes = "comment"
    if row.state != "visible":
        classes += " is-gone"
    new = showing.is_new(row)
    if new:
        classes += " is-unread"
    focus = ""
    if pk == showing.target_id:
        classes += " is-target"
        # Its page begins with what it answers: browsers go to the comment itself, script or not.
        focus = ' tabindex="-1" autofocus'
    mark = f' <span class="new-mark">{words.new}</span>' if new else ""
    return (
        f'<article class="{classes}" id="c{pk}" data-arrival="{row.arrival}"{focus}{row.part.head}'
        f"{mark}{_to_parent(row, parent, words)}{row.part.body}{_actions(row, showing, words)}"
        "</article>"
    )


def _to_parent(row, parent, words):
    if row.parent_id is None:
        return ""
    if parent is None:
        number = row.number.rpartition(".")[0]
        to = words.to % {"whom": number}
        return f' <a class="parent" href="/comments/{row.parent_id}/">{to}</a>'
    to = escape(parent.author) if parent.is_visible else parent.number
    return f' <a class="parent" dir="auto" href="#c{parent.id}">{words.to % {"whom": to}}</a>'


def _actions(row, showing, words):
    if row.id < 0:
        # It waits for a moderator, and is nobody's to answer yet (``waiting``).
        return ""
    if not row.is_visible:
        if not showing.may_moderate:
            return ""
        return f'<p class="comment-actions">{_desk_link(row, words)}</p>'
    number, link = row.number, f"/comments/{row.id}/"
    vote, here = _print_vote(row, showing, words), (link, number)
    is_own = row.author_id == showing.person_id
    if showing.may_post and not is_own and not showing.may_moderate:
        # The script opens the first two in place (portal.js).
        return f'<p class="comment-actions">{vote} {words.usual % (here * 3)}</p>'
    parts = [vote]
    if showing.may_post:
        parts.append(words.answer % (here * 2))
    if is_own:
        if showing.edit_since is not None and row.part.posted_at > showing.edit_since:
            parts.append(words.edit % here)
        parts.append(words.withdraw % here)
    if showing.may_moderate:
        parts.append(_desk_link(row, words))
    elif not is_own:
        # Who moderates acts at the desk.
        parts.append(words.report % here)
    return f'<p class="comment-actions">{" ".join(parts)}</p>'


def _desk_link(row, words):
    before, behind = _addresses.desk
    return words.moderate % (f"{before}{row.id}{behind}", row.number)


def print_vote(row, showing, *, swapped=False):
    """The button with which somebody agrees, or takes that back; for others what was counted.

    ``swapped`` is for an answer that takes the place of the button in a page.
    """
    return _print_vote(row, showing, _words(), ' hx-swap-oob="true"' if swapped else "")


def _print_vote(row, showing, words, swap=""):
    pk, count, number = row.id, "", ""
    if row.agree_count:
        number = row.agree_count if row.agree_count < 1_000 else number_text(row.agree_count)
        count = f' <span class="agree-count">{number}</span>'
    if row.author_id == showing.person_id or not showing.may_post:
        text = words.count_agree % {"number": number} if count else ""
        return f'<span class="vote" id="v{pk}"{swap}>{text}</span>'
    named = words.agree_counted if count else words.agree_named
    named = named % {"count": number, "number": row.number}
    if showing.person_id is None:
        return (
            f'<a class="vote" id="v{pk}" rel="nofollow" href="/comments/{pk}/agree/" '
            f'aria-label="{named}">{words.agree}{count}</a>'
        )
    voted = pk in showing.voted
    return (
        f'<button class="vote" id="v{pk}" type="submit" form="votes" '
        f'name="{"withdraw" if voted else "agree"}" value="{pk}" '
        f'aria-pressed="{"true" if voted else "false"}" aria-label="{named}"{swap}>'
        f"{words.agree}{count}</button>"
    )
