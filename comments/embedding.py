"""A discussion as part of another page: what the page must ask for, and what it depends on."""

import secrets
from itertools import chain

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import ngettext

from comments import discussions, orders, permissions, places, visits, voting, waiting
from comments.caching import asking_frame, is_public, keep_frame
from comments.composing import compose
from comments.parts import print_parts
from comments.printing import Showing, print_branches
from comments.readers import (
    asking_reader,
    cursor_of,
    is_further_down,
    known_reader,
    order_of,
    preferred_order,
    reader_of,
    says_order,
    visit_of,
)
from comments.structured import structured_comments
from comments.wording import number_text


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


def asking_around(request, discussion):
    """What a page of comments of ``discussion`` asks about its reader, and for its frame."""
    return [*asking_reader(request, discussion), *asking_frame(request)]


def address_of(request, comment, order=None):
    """The address at which whoever asks finds ``comment`` in the whole discussion."""
    return places.address_of(
        comment,
        order or preferred_order(request),
        says_order=says_order(request),
    )


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
        # Nobody votes for their own.
        voted=voting.voted_for(reader, [row.id for row in rows if row.author_id != reader.pk]),
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
