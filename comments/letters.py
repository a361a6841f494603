"""READ and WRITE: what the portal tells a person about decisions that concern them."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.statements import Statement
from comments.models import HeldComment, Letter, ModerationEntry
from comments.wording import moment_iso, moment_text, reason_text

Act = ModerationEntry.Act
# Letters on a person's page.
PAGE_SIZE = 25
# Beyond this many unread ones nobody needs the number.
COUNTED_UP_TO = 99
# What the portal's own rules are called where they decided, for whoever they concern.
_RULES = {
    "reports": gettext_lazy(
        "What several readers report is hidden until a moderator has looked at it"
    ),
}


def write_letters(letters):
    """Puts unsaved ``Letter`` rows before their readers: one insert in an act's transaction."""
    return Letter.objects.bulk_create(letters, batch_size=500)


def unread_count(person):
    """How many letters somebody has not opened yet, up to ``COUNTED_UP_TO``. One query."""
    return len(_UNREAD(COUNTED_UP_TO, person_id=person.pk))


def asking_unread(person):
    """The question that ``unread_count`` asks."""
    return _UNREAD.asking(COUNTED_UP_TO, person_id=person.pk)


_UNREAD = Statement(
    lambda most, *, person_id: Letter.objects.filter(
        person_id=person_id, seen_at__isnull=True
    ).values_list("pk")[:most]
)
_WITH = (
    "entry", "entry__comment", "entry__discussion", "entry__appeal", "entry__undone_by",
    "report__comment__discussion",
)  # fmt: skip


def letters_of(person, *, before=None):
    """``(letters, id to go on before or None)``: a page of what somebody was told. One query.

    Each has its entry in the log, that entry's comment and discussion, and its appeal.
    """
    found = Letter.objects.filter(person_id=person.pk)
    if before is not None:
        found = found.filter(pk__lt=before)
    page = list(found.select_related(*_WITH).order_by("-pk")[: PAGE_SIZE + 1])
    return page[:PAGE_SIZE], page[PAGE_SIZE - 1].pk if len(page) > PAGE_SIZE else None


def letter_of(person, pk):
    """One letter to ``person``, as ``letters_of`` reads it; raises ``Letter.DoesNotExist``."""
    return Letter.objects.select_related(*_WITH).get(person_id=person.pk, pk=pk)


def note_read(person, letters):
    """These letters have been shown to ``person``. One update."""
    unread = [letter.pk for letter in letters if letter.seen_at is None]
    if unread:
        Letter.objects.filter(person_id=person.pk, pk__in=unread).update(seen_at=timezone.now())


@dataclass(slots=True)
class Told:
    """A letter as its reader is shown it: what was decided, why, on which rule, and by whom."""

    pk: int
    subject: str
    text: str
    at_iso: str
    at_text: str
    is_new: bool
    # Whether ``text`` is a reason, which is said of it, or speaks for itself.
    is_reason: bool = False
    rule: str = ""
    decider: str = ""
    until_text: str = ""
    # The comment that it is about; no address where its page cannot be read.
    number: str = ""
    address: str = ""
    title: str = ""
    # What they wrote themselves and nobody else sees now; made by ``comments.markup``.
    words: str = ""
    appeal: str = ""
    appeal_address: str = ""


def tell(person, letters):
    """``Told`` for each of the letters of a page to ``person``. One query where any was held."""
    held = _held_words(person, letters)
    return [_told(person, letter, held) for letter in letters]


def _held_words(person, letters):
    """What ``person`` wrote that has not become a comment: ``{id of what is held: HTML}``."""
    pks = [
        letter.entry.before["held"]
        for letter in letters
        if letter.entry and letter.entry.comment_id is None and letter.entry.before.get("held")
    ]
    if not pks:
        return {}
    mine = HeldComment.objects.filter(pk__in=pks, author_id=person.pk)
    return dict(mine.values_list("pk", "html"))


def _told(person, letter, held):
    entry, report = letter.entry, letter.report
    told = Told(
        pk=letter.pk,
        # Kept in English; what people wrote themselves is in no catalogue.
        subject=_(letter.subject),
        text=_(letter.text) if entry is None else reason_text(letter.text),
        at_iso=moment_iso(letter.at),
        at_text=moment_text(letter.at),
        is_new=letter.seen_at is None,
    )
    comment = entry.comment if entry else report and report.comment
    discussion = entry.discussion if entry else comment and comment.discussion
    if discussion is not None and discussion.is_readable():
        told.title, told.address = discussion.title, discussion.url
        if comment is not None:
            told.number, told.address = comment.number, comment.get_absolute_url()
    if entry is None:
        return told
    told.is_reason = True
    told.rule = _RULES.get(entry.rule, entry.rule)
    told.decider = _decider(entry)
    told.until_text = _until(entry)
    if comment is not None and comment.author_id == person.pk and not comment.is_visible:
        told.words = mark_safe(comment.html)
    elif entry.before.get("held") in held:
        told.words = mark_safe(held[entry.before["held"]])
    told.appeal = _appeal(entry)
    return told


def _decider(entry):
    if entry.by_id is None:
        return _("A rule of this site decided, and no person yet.")
    if entry.act in (Act.GRANT, Act.REFUSE):
        return _("A moderator decided: another than at first.")
    return _("A moderator decided.")


def _until(entry):
    if entry.act not in (Act.SUSPEND, Act.MUTE):
        return ""
    until = entry.after.get("until")
    if until:
        return moment_text(datetime.fromisoformat(until))
    return _("A moderator lifts it") if entry.act == Act.MUTE else ""


def _appeal(entry):
    """What became of an appeal against an entry, or nothing."""
    if not hasattr(entry, "appeal"):
        return ""
    if entry.appeal.state == entry.appeal.State.OPEN:
        return _("You appealed on %(moment)s. It is not decided yet.") % {
            "moment": moment_text(entry.appeal.at)
        }
    if entry.appeal.state == entry.appeal.State.GRANTED:
        return _("You appealed, and your appeal was granted.")
    return _("You appealed, and your appeal was refused.")
