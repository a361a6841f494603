"""READ: whoever asks for a page: what they want to see of a discussion, and what is known of them.

Asks nothing of a request that carries no session; for who is signed in, everything once.
"""

from comments import letters, orders, standing, visits, waiting


def reader_of(request):
    """Who reads, or None. Asks nothing of a request that carries no session."""
    return request.user if request.user.is_authenticated else None


def known_reader(request, now):
    """What is known of whoever is signed in and reads. One query for each request."""
    if not hasattr(request, "known_reader"):
        request.known_reader = standing.known_of(request.user, now)
    return request.known_reader


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


def asking_reader(request, discussion):
    """The questions about whoever is signed in that a page of ``discussion`` asks."""
    reader = reader_of(request)
    if reader is None:
        return []
    return [
        *asking_showing(request, discussion),
        waiting.asking_waiting(reader, discussion),
        letters.asking_unread(reader),
    ]


def asking_showing(request, discussion):
    """The questions that ``showing_of`` asks of whoever is signed in, but for their votes."""
    reader = reader_of(request)
    return [standing.asking_known(reader), visits.asking_visit(reader, discussion)]


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
