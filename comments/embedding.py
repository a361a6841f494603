"""A discussion as part of another page: what the page must ask for, and what it depends on."""

import secrets
from dataclasses import dataclass
from itertools import chain

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from comments import (
    discussions,
    drafts,
    letters,
    markup,
    orders,
    permissions,
    places,
    screening,
    standing,
    visits,
    voting,
    waiting,
)
from comments.admission import closed_reason_of, mute_of
from comments.caching import is_public, keep_frame
from comments.forms import CommentForm
from comments.parts import print_parts
from comments.printing import Showing, print_branches
from comments.quoting import escape_plain
from comments.structured import structured_comments
from comments.wording import moment_text, number_text


@dataclass(slots=True)
class Composer:
    """The form to write a comment in, or the reason why there is none.

    ``form`` is None for somebody who is not signed in, is suspended, is muted here, or finds the
    discussion closed: ``notice`` then says so, or the sign-in addresses lead back here.
    """

    discussion: object
    slot: str
    draft_key: str
    action_url: str
    draft_url: str
    sign_in_url: str
    sign_up_url: str
    heading: str
    submit_label: object = gettext_lazy("Post comment")
    cancel_url: str = ""
    notice: str = ""
    form: object = None
    parent: object = None
    # What the form of somebody not signed in begins with; ``form`` has its own.
    text: str = ""

    @property
    def discussion_key(self):
        """The discussion's number as text: a template would ask for its local form."""
        return str(self.discussion.pk)


def reader_of(request):
    """Who reads, or None. Asks nothing of a request that carries no session."""
    return request.user if request.user.is_authenticated else None


def known_reader(request, now):
    """What is known of whoever is signed in and reads. One query for each request."""
    if not hasattr(request, "known_reader"):
        request.known_reader = standing.known_of(request.user, now)
    return request.known_reader


def read_discussion(request, discussion):
    """The page of the discussion that ``?order=`` and ``?from=`` ask for.

    What an ETag of the page around it must have in it is its ``version``. Who is signed in
    finds the order again that they chose last, on the first page of a discussion.
    """
    reader, asked = reader_of(request), request.GET.get("order", "")
    if reader is not None and asked in orders.ORDERS and not is_further_down(request):
        visits.remember_order(reader, asked)
        request.preferred_order = asked
    return discussions.load(
        discussion,
        order=order_of(request),
        cursor=cursor_of(request),
        says_order=says_order(request),
    )


def asking_discussion(request, discussion):
    """The questions that ``read_discussion`` asks and that wait for no other's answer."""
    if is_further_down(request):
        return []
    return [orders.asking_first(discussion, order_of(request))]


def asking_reader(request, discussion):
    """The questions about whoever is signed in that a page of ``discussion`` asks."""
    reader = reader_of(request)
    if reader is None:
        return []
    return [
        standing.asking_known(reader),
        visits.asking_visit(reader, discussion),
        waiting.asking_waiting(reader, discussion),
        letters.asking_unread(reader),
    ]


def order_of(request):
    """The order that is asked for, or the one that whoever is signed in has chosen before."""
    asked = request.GET.get("order", "")
    if asked in orders.ORDERS:
        return asked
    return orders.DEFAULT if is_further_down(request) else preferred_order(request)


def preferred_order(request):
    """The order that whoever is signed in has chosen, or everybody's."""
    if not hasattr(request, "preferred_order"):
        reader = reader_of(request)
        chosen = "" if reader is None else visits.order_of(reader)
        request.preferred_order = chosen if chosen in orders.ORDERS else orders.DEFAULT
    return request.preferred_order


def asking_preferences(request):
    """The question that ``preferred_order`` asks, if it asks any."""
    reader = reader_of(request)
    return [] if reader is None else [visits.asking_order(reader)]


def says_order(request):
    """Whether addresses must name their order: without one, they mean what the reader likes."""
    return preferred_order(request) != orders.DEFAULT


def address_of(request, comment, order=None):
    """The address at which whoever asks finds ``comment`` in the whole discussion."""
    return places.address_of(
        comment,
        order or preferred_order(request),
        says_order=says_order(request),
    )


def cursor_of(request):
    return request.GET.get("from", "")


def is_further_down(request):
    """Whether a later page of a discussion is asked for."""
    return bool(cursor_of(request))


def start_of(request):
    """The comment that a branch's page begins at: ``?from=`` a number, else its beginning."""
    start = cursor_of(request)
    return int(start) if start.isascii() and start.isdigit() and len(start) < 19 else None


def visit_of(request, discussion):
    """What is noted of whoever is signed in and reads. One query for each request."""
    if not hasattr(request, "visit"):
        request.visit = visits.visit_of(reader_of(request), discussion)
    return request.visit


def showing_of(request, discussion, rows):
    """For whom these rows are printed. Asks nothing for somebody who is not signed in."""
    reader = reader_of(request)
    if reader is None:
        return Showing(may_post=discussion.is_open)
    now = timezone.now()
    return Showing(
        may_post=discussion.is_open,
        person_id=reader.pk,
        may_moderate=permissions.can_moderate(reader),
        edit_since=now - known_reader(request, now).editing_time if discussion.is_open else None,
        seen=visits.seen_until(visit_of(request, discussion), now),
        voted=voting.voted_for(reader, [row.id for row in rows]),
    )


def render_page(request, template, page, *, version=None, base=0, about=None, **context):
    """A page with this slice of a discussion in it, as an HttpResponse.

    The template prints ``comments_html`` and then ``structured``, which are put in afterwards:
    a template would copy a quarter of a megabyte at every level of its inheritance. Where
    ``version`` says all that the rest of the page depends on besides the discussion, it is
    kept for those not signed in. ``about`` is for ``structured_comments``.
    """
    discussion, reader = page.discussion, reader_of(request)
    showing = showing_of(request, discussion, page.rows)
    showing.target_id = page.target.id if page.target else None
    print_parts(page.rows, base_url_of(request))
    if showing.seen is not None and showing.seen < discussion.arrival_count:
        roots = [row.id for row in page.rows if row.parent_id is None]
        showing.new_in_threads = visits.new_in_threads(reader, roots, showing.seen)
    context |= {
        "discussion_page": page,
        "orders": _order_links(page, reader),
        "comments_html": _GAP,
        "structured": _GAP,
        "votes_form": reader is not None and discussion.is_open,
        **_unread(discussion, reader, showing),
    }

    def render_frame():
        if page.order is not None:
            context["composer"] = compose(request, discussion)
        return render(request, template, context).content.split(_GAP.encode())

    if version is not None and is_public(request):
        frame = keep_frame(request, (version, page.frame_version), render_frame)
    else:
        frame = render_frame()
    rows = page.rows
    if reader is not None and (held := waiting.waiting_of(reader, discussion)):
        newest_first = page.order is not None and page.order.newest_first
        rows = waiting.put_among(
            rows,
            held if page.order is not None else [row for row in held if row.parent_id],
            newest_first=newest_first and page.previous_url == "",
            ends=not newest_first and not page.next_url,
        )
    content = [
        print_branches(rows, showing, base=base, continued=page.continued),
        structured(request, page, about),
    ]
    # A fragment has no data for machines.
    filled = [each.encode() for each in content[: len(frame) - 1]]
    if reader is not None and page.order is not None:
        visits.note_visit(reader, discussion, visit_of(request, discussion))
    return HttpResponse(b"".join([*chain(*zip(frame, filled, strict=False)), frame[-1]]))


# Where the comments go; nobody can know it, so nothing that people wrote can look like it.
_GAP = mark_safe(f"<{secrets.token_hex(16)}>")


def _unread(discussion, reader, showing):
    """What is new to whoever reads, and where it is listed."""
    new = 0
    if showing.seen is not None and showing.seen < discussion.arrival_count:
        new = visits.new_since(reader, discussion, showing.seen)
    if new >= visits.MOST_NEW:
        label = ngettext(
            "More than %(number)s new comment since your last visit",
            "More than %(number)s new comments since your last visit",
            new,
        )
    else:
        label = ngettext(
            "%(number)s new comment since your last visit",
            "%(number)s new comments since your last visit",
            new,
        )
    return {
        "unread_label": label % {"number": number_text(new)} if new else "",
        "unread_url": f"/discussions/{discussion.pk}/new/?since={showing.seen}",
    }


def _order_links(page, reader):
    """``(label, address, whether it is the page's)``; who is signed in changes their choice."""
    if page.order is None:
        return []
    return [
        (
            order.label,
            f"{page.discussion.url}#discussion"
            if reader is None and order.name == orders.DEFAULT
            else f"{page.discussion.url}?order={order.name}#discussion",
            order.name == page.order.name,
        )
        for order in orders.ORDERS.values()
    ]


def base_url_of(request):
    """Scheme and host, with no slash behind them. Looked at once for each request."""
    if not hasattr(request, "base_url"):
        request.base_url = f"{request.scheme}://{request.get_host()}"
    return request.base_url


def structured(request, page, about=None):
    """What the page's comments are, for machines: JSON-LD that is safe inside a script element."""
    return mark_safe(
        structured_comments(
            page.rows,
            base_url_of(request),
            path=request.path,
            title=page.discussion.title,
            said=lambda row, _: row.part.said,
            about=about,
        )
    )


def slot_of(discussion, parent_id):
    """``(where on a page the form stands, under which key its draft is kept)``."""
    if parent_id is None:
        return "top", f"d{discussion.pk}"
    return str(parent_id), f"c{parent_id}"


def compose(request, discussion, *, parent=None, text=""):
    """A ``Composer`` for a new comment in ``discussion``, under the row ``parent`` if given."""
    slot, draft_key = slot_of(discussion, parent and parent.id)
    if parent is None:
        target = reverse("discussion-post", args=[discussion.pk])
        heading = _("Join the discussion")
    else:
        target = reverse("comment-reply", args=[parent.id])
        heading = (
            _("Reply to %(author)s") % {"author": parent.author} if parent.author else _("Reply")
        )
    back = urlencode({"next": target})
    draft_url = reverse("discussion-draft", args=[discussion.pk])
    composer = Composer(
        discussion=discussion,
        slot=slot,
        draft_key=draft_key,
        action_url=target,
        draft_url=draft_url if parent is None else f"{draft_url}?parent={parent.id}",
        sign_in_url=f"{reverse('account_login')}?{back}",
        sign_up_url=f"{reverse('account_signup')}?{back}",
        heading=heading,
        cancel_url=discussion.url if parent is None else f"/comments/{parent.id}/",
        parent=parent,
        text=text,
    )
    reader = reader_of(request)
    composer.notice = _why_not(request, discussion, parent)
    if reader is not None and not composer.notice:
        composer.form = CommentForm.new(text or drafts.kept(request, draft_key), slot)
    return composer


def quotation_for(comment, words=""):
    """What a reply begins with that quotes ``comment``: these ``words`` of it, or all its own.

    ``words`` are as a browser gives what was marked: plain text, which stays plain. Others than
    stand in the comment are nobody's wish but of who made the link: all is quoted then. At most
    ``markup.QUOTE_LENGTH`` of their characters. Nothing of what was taken down.
    """
    if not comment.is_visible:
        return ""
    author, permalink = comment.author.handle, comment.get_absolute_url()
    words = markup.legible(words).strip()
    if not words or not _stands_in(comment, words):
        return markup.quote_markdown(comment.own_words, author=author, permalink=permalink)
    words = escape_plain(markup.cut(words, markup.QUOTE_LENGTH))
    return markup.quote_markdown(words, author=author, permalink=permalink, limit=len(words))


def _stands_in(comment, words):
    """Whether somebody could mark these words in what the comment's author says themselves."""
    return " ".join(words.split()) in " ".join(markup.plain_text(comment.html).split())


def _why_not(request, discussion, parent):
    """The sentence that stands where the form would be, or nothing.

    One query at most, for who is signed in: where nobody can post, nobody is muted.
    """
    reader, now = reader_of(request), timezone.now()
    suspended = reader is not None and reader.is_suspended()
    may_be_muted = reader is not None and discussion.is_open
    muted = known_reader(request, now).muted if may_be_muted else {}
    context = screening.Context(
        now=now,
        discussion_is_open=discussion.is_open,
        closed_reason=closed_reason_of(discussion),
        parent_is_visible=parent is None or parent.is_visible,
        suspended_until=reader.suspended_until if suspended else None,
        suspended_until_text=moment_text(reader.suspended_until) if suspended else "",
        suspension_reason=reader.suspension_reason if suspended else "",
        **mute_of(muted, discussion, now),
    )
    verdict = screening.screen(screening.Draft(""), context, screening.DOORS)
    return verdict.message if verdict else ""
