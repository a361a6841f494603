"""READ: an entry of the desk as moderators are shown it, and what is known of its author.

Templates print these as they are: every word is chosen here, and nothing is asked there.
"""

from dataclasses import dataclass, field

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import directory
from accounts.directory import person_url
from comments import contributions, markup, network, standing
from comments.models import Case, Comment, Discussion, ModerationEntry, PersonNote
from comments.permissions import WROTE_IT, beats_of, may_judge
from comments.rulebook import mark_hits
from comments.trust import lost_share
from comments.verdicts import message_of
from comments.wording import moment_iso, moment_text, number_text, reason_text

Queue = Case.Queue
# Of the comment that is answered, enough to know what was said.
ANSWERED_LENGTH = 200
# A chain may have thousands of comments, and one of them ten thousand replies.
SHOWN_ANCESTORS = 8
SHOWN_REPLIES = 20
# Of a person: enough to tell a bad day from a bad habit.
SHOWN_NOTES = 10
SHOWN_ACTS = 15
SHOWN_COMMENTS = 10
_WORDS_LENGTH = 160
# Where somebody can be muted: who overheats does so where they write now. Of so many of their
# posts, for hundreds of them may have gone to one discussion.
SHOWN_DISCUSSIONS = 20
_POSTS_READ = 500
_OWN = gettext_lazy("You decided this at first, so somebody else has to look at it.")
_YOURS = gettext_lazy("This is your own appeal: somebody else decides it.")
_LABELS = {
    Queue.HELD: (gettext_lazy("Approve"), gettext_lazy("Reject")),
    Queue.APPEAL: (gettext_lazy("Grant"), gettext_lazy("Refuse")),
}
_OTHERS = (gettext_lazy("Keep"), gettext_lazy("Hide"))


@dataclass(slots=True)
class Card:
    """One entry of a queue. ``pick`` says what is decided, and which revision of it was seen."""

    anchor: str
    pick: str
    heading: str
    body: str
    keep_label: str
    # Empty where there is nothing to hide.
    hide_label: str
    author: str
    author_url: str
    suspend_url: str
    # Empty where no page is concerned.
    mute_url: str
    level: str
    since: str
    title: str
    url: str
    area: str
    at_iso: str
    at_text: str
    address: str = ""
    is_marked: bool = False
    answers: str = ""
    answers_url: str = ""
    answers_words: str = ""
    objections: list = field(default_factory=list)
    reports: list = field(default_factory=list)
    reports_label: str = ""
    notices: list = field(default_factory=list)
    acts: list = field(default_factory=list)
    notice: str = ""
    is_appeal: bool = False
    appeal: str = ""
    # Who works on it, where that is somebody else; why it cannot be decided by who looks at it.
    taken_by: str = ""
    refusal: str = ""


def labels_of(queue):
    """What the two decisions are called in a queue."""
    return _LABELS.get(queue, _OTHERS)


def card_of(entry, person):
    """The ``Card`` of an entry for the moderator ``person``. No query."""
    case = entry.case
    what = entry.held or entry.comment
    keep, hide = labels_of(case.queue) if case else _OTHERS
    revision = entry.comment.revision if entry.comment is not None else 0
    key = f"c{case.pk}" if case else f"n{entry.comment.pk}"
    moment = case.opened_at if case else entry.comment.posted_at
    card = Card(
        anchor=key,
        pick=f"{key}.{revision}",
        heading=_heading(entry),
        body="",
        keep_label=keep,
        hide_label=hide,
        author=entry.person.handle,
        author_url=person_url(entry.person.pk, entry.person.handle),
        suspend_url=reverse("admin:comments_suspend", args=[entry.person.pk]),
        mute_url=f"{_desk_url(entry.person, entry.discussion)}&act=mute"
        if entry.discussion
        else "",
        level=entry.level,
        since=time_here(entry.person),
        title=entry.discussion.title if entry.discussion else "",
        url=entry.discussion.url if entry.discussion else "",
        area=entry.discussion.area if entry.discussion else "",
        at_iso=moment_iso(moment),
        at_text=moment_text(moment),
        address=reverse("desk-entry", args=[case.pk])
        if case
        else reverse("admin:comments_comment_change", args=[entry.comment.pk]),
    )
    _say_what(card, entry, what)
    _say_why(card, entry)
    if entry.taken_by is not None and entry.taken_by.pk != person.pk:
        card.taken_by = entry.taken_by.handle
    if entry.appeal is not None:
        _say_appeal(card, entry.appeal)
    card.refusal = refusal_of(person, entry.person.pk, entry.appeal)
    return card


def refusal_of(person, author_id, appeal):
    """Why ``person`` does not decide what this author wrote, or their ``appeal``; or nothing."""
    if appeal is None:
        return "" if may_judge(person, author_id) else _(WROTE_IT)
    if appeal.entry.by_id == person.pk:
        return _OWN
    return _YOURS if appeal.person_id == person.pk else ""


def _heading(entry):
    author = entry.person.handle
    if entry.appeal is not None:
        return _("Appeal by %(author)s") % {"author": author}
    if entry.held is not None:
        return _("Comment by %(author)s") % {"author": author}
    return _("Comment %(number)s by %(author)s") % {
        "number": entry.comment.number,
        "author": author,
    }


def time_here(person):
    """``here for 12 days``: since they signed up, or claimed an imported name."""
    since = directory.known_since(person)
    if since is None:
        return _("an imported name")
    days = (timezone.now() - since).days
    if not days:
        return _("here since today")
    said = ngettext("here for %(number)s day", "here for %(number)s days", days)
    return said % {"number": number_text(days)}


def _say_what(card, entry, what):
    if what is None:
        return
    if entry.held is not None:
        hits = [hit for each in what.objections for hit in each["hits"]]
        if hits:
            card.body, card.is_marked = mark_hits(what.text, hits), True
    if not card.body:
        card.body = mark_safe(what.html)  # made by comments.markup alone
    if entry.comment is not None and not entry.comment.is_visible:
        reason = entry.comment.state_reason
        card.notice = entry.comment.get_state_display()
        if reason:
            card.notice += f": {reason_text(reason)}"
    parent = what.parent
    if parent is not None:
        card.answers = _("comment %(number)s by %(handle)s") % {
            "number": parent.number,
            "handle": parent.author.handle,
        }
        card.answers_url = parent.get_absolute_url()
        card.answers_words = markup.excerpt(parent.html, ANSWERED_LENGTH)


def _say_why(card, entry):
    if entry.held is not None:
        card.objections = [
            (message_of(each), sorted({hit[2] for hit in each["hits"]}))
            for each in entry.held.objections
        ]
    card.reports = [
        (report.get_reason_display(), report.note, f"{report.weight:g}") for report in entry.reports
    ]
    card.notices = entry.notices
    if entry.reports:
        weight = sum(report.weight for report in entry.reports)
        card.reports_label = ngettext(
            "%(number)s open report, which weigh %(weight)s together",
            "%(number)s open reports, which weigh %(weight)s together",
            len(entry.reports),
        ) % {"number": number_text(len(entry.reports)), "weight": f"{weight:g}"}
    card.acts = [_worded(each) for each in entry.acts]


def _worded(entry):
    """``(who, what, why, when)`` of an entry of the log."""
    who = entry.by.handle if entry.by is not None else _("A rule")
    return who, entry.get_act_display(), reason_text(entry.reason), moment_text(entry.at)


def _say_appeal(card, appeal):
    entry = appeal.entry
    who = entry.by.handle if entry.by is not None else _("a rule of the site")
    card.is_appeal, card.appeal = True, appeal.text
    said = {"act": entry.get_act_display(), "who": who, "reason": reason_text(entry.reason)}
    if entry.reason:
        card.notice = _("Against: %(act)s, by %(who)s: %(reason)s") % said
    else:
        card.notice = _("Against: %(act)s, by %(who)s") % said


@dataclass(slots=True)
class Near:
    """A comment around the one that is decided: what it says, and what became of it."""

    number: str
    author: str
    address: str
    at_text: str
    body: str
    gone: str
    is_this: bool = False


def branch_of(entry):
    """``(above, replies, whether there are more)``: what is around an entry. Two queries."""
    top = entry.held.parent if entry.held is not None else entry.comment
    if top is None:
        return [], [], False
    above = list(Comment.objects.above(top, nearest=SHOWN_ANCESTORS).select_related("author"))
    if entry.held is not None:
        return [_near(each) for each in [*above, top]], [], False
    replies = Comment.objects.filter(parent_id=top.pk).select_related("author")
    replies = list(replies.order_by("position")[: SHOWN_REPLIES + 1])
    shown = [_near(each) for each in replies[:SHOWN_REPLIES]]
    return [_near(each) for each in above], shown, len(replies) > SHOWN_REPLIES


def _near(comment):
    return Near(
        number=comment.number,
        author=comment.author.handle,
        address=comment.get_absolute_url(),
        at_text=moment_text(comment.posted_at),
        body=mark_safe(comment.html),  # made by comments.markup alone
        gone="" if comment.is_visible else comment.get_state_display(),
    )


@dataclass(slots=True)
class Dossier:
    """What moderators know of an author."""

    name: str
    url: str
    all_url: str
    level: str
    record: list
    laid_down: list
    notes: list
    acts: list
    comments: list
    # Of other people, from where they post; addresses themselves are shown to nobody.
    same_sender: list
    person_url: str


def _desk_url(person, discussion=None):
    """The person's page at the desk, where ``discussion`` is chosen already."""
    address = reverse("desk-person", args=[person.pk])
    return f"{address}?{urlencode({'discussion': discussion.pk})}" if discussion else address


def dossier_of(person, discussion=None):
    """The ``Dossier`` of a person, who is looked at because of ``discussion``.

    Six queries, and one more for who is muted anywhere.
    """
    now = timezone.now()
    known = standing.known_of(person, now)
    notes = PersonNote.objects.filter(person_id=person.pk).select_related("by").order_by("-pk")
    acts = ModerationEntry.objects.filter(person_id=person.pk).exclude(
        act__in=[ModerationEntry.Act.NOTE, ModerationEntry.Act.HOLD]
    )
    comments = Comment.objects.filter(author_id=person.pk).order_by("-pk")
    list_url = reverse("admin:comments_comment_changelist")
    return Dossier(
        name=person.handle,
        url=person_url(person.pk, person.handle),
        all_url=f"{list_url}?{urlencode({'by': person.handle})}",
        level=known.level.name,
        record=_record(known.record, person),
        laid_down=_laid_down(person, known, now),
        notes=[(each.by.handle, moment_text(each.at), each.text) for each in notes[:SHOWN_NOTES]],
        acts=[_worded(each) for each in acts.select_related("by").order_by("-pk")[:SHOWN_ACTS]],
        comments=[_short(each) for each in comments[:SHOWN_COMMENTS]],
        same_sender=[
            (each.author.handle, *_short(each)[:3])
            for each in network.others_of_same_sender(person)
        ],
        person_url=_desk_url(person, discussion),
    )


def _record(record, person):
    return [
        (_("In discussions"), time_here(person)),
        (_("Comments that stand"), record.stood),
        (_("Taken down"), record.taken_down),
        (_("Rejected"), record.rejected),
        (_("Lost in all"), f"{lost_share(record):.0%}"),
        (_("Own reports upheld"), record.reports_upheld),
        (_("Own reports dismissed"), record.reports_dismissed),
    ]


def _laid_down(person, known, now):
    found = []
    if person.is_suspended():
        found.append(
            _("Suspended until %(moment)s") % {"moment": moment_text(person.suspended_until)}
        )
    if known.is_premoderated:
        found.append(_("Every comment waits for a moderator"))
    if known.is_shadowed(now):
        found.append(
            _("Only they see what they post, until %(moment)s")
            % {"moment": moment_text(known.shadow_until)}
        )
    for discussion, mute in standing.mutes_of(known, now):
        found.append(
            _("Muted in “%(title)s” %(until)s: %(reason)s")
            % {
                "title": discussion.title,
                "until": mute.until_text,
                "reason": reason_text(mute.reason),
            }
        )
    return found


def discussions_to_mute(by, person, asked=None):
    """``[(discussion, Mute or None), ...]``: where ``by`` can mute ``person`` or end that.

    First those where they are muted, then ``asked``, a discussion's id, then at most
    ``SHOWN_DISCUSSIONS`` where they wrote last; only of the parts that ``by`` looks after. Four
    queries, and one for those parts.
    """
    now = timezone.now()
    muted = standing.known_of(person, now).muted
    first = [int(key) for key in standing.in_force(muted, now)]
    if asked is not None:
        first.append(asked)
    posts = contributions.recent_posts(person, at_most=_POSTS_READ).posts
    lately = list(dict.fromkeys(discussion_id for _, discussion_id in posts))
    found = Discussion.objects.filter(pk__in={*first, *lately})
    beats = beats_of(by)
    if beats is not None:
        found = found.filter(area__in=beats)
    found = found.in_bulk()
    lately = [pk for pk in lately if pk in found][:SHOWN_DISCUSSIONS]
    pks = dict.fromkeys([*(pk for pk in first if pk in found), *lately])
    return [(found[pk], standing.mute_in(muted, pk, now)) for pk in pks]


def in_short(comment):
    """The first words of a comment, held or not."""
    return markup.excerpt(comment.html, _WORDS_LENGTH) or _("(only a quotation)")


def _short(comment):
    words = in_short(comment)
    gone = "" if comment.is_visible else comment.get_state_display()
    return words, comment.get_absolute_url(), moment_text(comment.posted_at), gone
