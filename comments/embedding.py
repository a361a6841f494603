"""A discussion as part of another page: what the page must ask for, and what it depends on."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from comments import discussions, drafts, screening
from comments.forms import CommentForm
from comments.wording import moment_text


@dataclass(slots=True)
class Composer:
    """The form to write a comment in, or the reason why there is none.

    ``form`` is None for somebody who is not signed in, is suspended, or finds the discussion
    closed: ``notice`` then says so, or the sign-in addresses lead back here.
    """

    discussion: object
    slot: str
    draft_key: str
    action_url: str
    draft_url: str
    sign_in_url: str
    sign_up_url: str
    heading: str
    submit_label: str = "Post comment"
    cancel_url: str = ""
    notice: str = ""
    form: object = None
    parent: object = None


def reader_of(request):
    """Who reads, or None. Asks nothing of a request that carries no session."""
    return request.user if request.user.is_authenticated else None


def embed_discussion(request, discussion):
    """The template context of a page with this discussion under it: ``discussion_page``.

    What an ETag of the page must have in it is ``discussion_page.version``.
    """
    page = discussions.load(discussion, reader=reader_of(request), start=start_of(request))
    page.composer = compose(request, discussion)
    return {"discussion_page": page}


def start_of(request):
    """The comment that the page begins at: ``?from=`` a number, anything else is the start."""
    start = request.GET.get("from", "")
    return int(start) if start.isascii() and start.isdigit() and len(start) < 19 else None


def compose(request, discussion, *, parent=None, text=""):
    """A ``Composer`` for a new comment in ``discussion``, under the row ``parent`` if given."""
    if parent is None:
        target = reverse("discussion-post", args=[discussion.pk])
        draft_key, slot, heading = f"d{discussion.pk}", "top", "Join the discussion"
    else:
        target = reverse("comment-reply", args=[parent.id])
        draft_key, slot = f"c{parent.id}", str(parent.id)
        heading = f"Reply to {parent.author}" if parent.author else "Reply"
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
    )
    reader = reader_of(request)
    composer.notice = _why_not(discussion, reader, parent)
    if reader is not None and not composer.notice:
        composer.form = CommentForm.new(text or drafts.kept(request, draft_key), slot)
    return composer


def _why_not(discussion, reader, parent):
    """The sentence that stands where the form would be, or nothing."""
    suspended = reader is not None and reader.is_suspended()
    context = screening.Context(
        now=timezone.now(),
        discussion_is_open=discussion.is_open,
        closed_reason=discussion.closed_reason,
        parent_is_visible=parent is None or parent.state == "visible",
        suspended_until=reader.suspended_until if suspended else None,
        suspended_until_text=moment_text(reader.suspended_until) if suspended else "",
        suspension_reason=reader.suspension_reason if suspended else "",
    )
    verdict = screening.screen(screening.Draft(""), context, screening.DOORS)
    return verdict.message if verdict else ""
