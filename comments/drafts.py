"""What somebody typed before they were signed in, kept in their session until it is posted."""

# More drafts than anybody writes at once; the oldest makes room.
MOST_DRAFTS = 5
# How long a session lasts that has nothing but a draft in it.
KEPT_SECONDS = 24 * 60 * 60
_SESSION_KEY = "drafts"


def keep(request, key, text):
    """Keeps ``text`` under ``key`` ("d3" for a discussion, "c12" for a reply)."""
    drafts = request.session.get(_SESSION_KEY, {})
    drafts.pop(key, None)
    drafts[key] = text
    while len(drafts) > MOST_DRAFTS:
        del drafts[next(iter(drafts))]
    request.session[_SESSION_KEY] = drafts
    if not request.user.is_authenticated:
        # Signing in takes a moment, not months; what is left over is cleared away.
        request.session.set_expiry(KEPT_SECONDS)


def kept(request, key):
    """The draft under ``key``, or an empty text."""
    return request.session.get(_SESSION_KEY, {}).get(key, "")


def drop(request, key):
    """Forgets the draft under ``key``; leaves a session without one untouched."""
    drafts = request.session.get(_SESSION_KEY, {})
    if drafts.pop(key, None) is not None:
        request.session[_SESSION_KEY] = drafts
