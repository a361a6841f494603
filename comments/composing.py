"""READ: the form to write a comment in, what it begins with, or why there is none."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comments import drafts, markup, screening
from comments.admission import closed_reason_of, mute_of
from comments.forms import CommentForm
from comments.quoting import escape_plain
from comments.readers import known_reader, reader_of
from comments.wording import moment_text


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
