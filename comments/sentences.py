"""What is asked before an act on many comments, and said after it: whole sentences."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from comments.wording import number_text


@dataclass(frozen=True, slots=True)
class Bulk:
    """An act on many: its ``verb`` alone, what asks for it, the button, and what is said after it.

    ``done_to_one`` is said where it was one only; empty where nothing else is said then.
    """

    verb: str
    question: object
    button: object
    done: object
    done_to_one: str = ""


def counted(sentence, count):
    """A sentence of ``Bulk`` with its number."""
    return sentence % {"count": count, "number": number_text(count)}


def too_many(count, most):
    """What is said of a choice of more than ``most``."""
    return _(
        "That is %(count)s at once; at most %(most)s can be acted on together. "
        "Filter the list further. Nothing was done."
    ) % {"count": number_text(count), "most": number_text(most)}


# Of the admin's lists.
HIDE = Bulk(
    gettext_lazy("Hide"),
    ngettext_lazy("Hide %(number)s comments", "Hide %(number)s comments", "count"),
    ngettext_lazy("Hide all %(count)s", "Hide all %(count)s", "count"),
    ngettext_lazy("%(count)s comments were hidden.", "%(count)s comments were hidden.", "count"),
    gettext_lazy("The comment was hidden."),
)
RESTORE = Bulk(
    gettext_lazy("Restore"),
    ngettext_lazy("Restore %(number)s comments", "Restore %(number)s comments", "count"),
    ngettext_lazy("Restore all %(count)s", "Restore all %(count)s", "count"),
    ngettext_lazy(
        "%(count)s comments were restored.", "%(count)s comments were restored.", "count"
    ),
    gettext_lazy("The comment was restored."),
)
CLOSE = Bulk(
    gettext_lazy("Close"),
    ngettext_lazy("Close %(number)s discussions", "Close %(number)s discussions", "count"),
    ngettext_lazy("Close all %(count)s", "Close all %(count)s", "count"),
    ngettext_lazy(
        "%(count)s discussions were closed.", "%(count)s discussions were closed.", "count"
    ),
)
REOPEN = Bulk(
    gettext_lazy("Reopen"),
    ngettext_lazy("Reopen %(number)s discussions", "Reopen %(number)s discussions", "count"),
    ngettext_lazy("Reopen all %(count)s", "Reopen all %(count)s", "count"),
    ngettext_lazy(
        "%(count)s discussions were reopened.", "%(count)s discussions were reopened.", "count"
    ),
)

# Of the moderation desk: by the button's name, and whether it is about comments that wait.
DESK = {
    ("keep", True): Bulk(
        gettext_lazy("Approve"),
        ngettext_lazy("Approve %(count)s comment?", "Approve %(count)s comments?", "count"),
        ngettext_lazy("Approve %(count)s", "Approve %(count)s", "count"),
        ngettext_lazy(
            "%(count)s comments were approved.", "%(count)s comments were approved.", "count"
        ),
        gettext_lazy("The comment was approved: it can be read now."),
    ),
    ("hide", True): Bulk(
        gettext_lazy("Reject"),
        ngettext_lazy("Reject %(count)s comment?", "Reject %(count)s comments?", "count"),
        ngettext_lazy("Reject %(count)s", "Reject %(count)s", "count"),
        ngettext_lazy(
            "%(count)s comments were rejected.", "%(count)s comments were rejected.", "count"
        ),
        gettext_lazy("The comment was rejected: its author is told why."),
    ),
    ("keep", False): Bulk(
        gettext_lazy("Keep"),
        ngettext_lazy("Keep %(count)s comment?", "Keep %(count)s comments?", "count"),
        ngettext_lazy("Keep %(count)s", "Keep %(count)s", "count"),
        ngettext_lazy("%(count)s comments were kept.", "%(count)s comments were kept.", "count"),
        gettext_lazy("The comment was kept: its reports are dismissed."),
    ),
    ("hide", False): Bulk(
        gettext_lazy("Hide"),
        ngettext_lazy("Hide %(count)s comment?", "Hide %(count)s comments?", "count"),
        ngettext_lazy("Hide %(count)s", "Hide %(count)s", "count"),
        ngettext_lazy(
            "%(count)s comments were hidden.", "%(count)s comments were hidden.", "count"
        ),
        gettext_lazy("The comment was hidden: a tombstone with the reason stands in its place."),
    ),
}
TAKEN_BACK = ngettext_lazy("It was taken back.", "All %(count)s were taken back.", "count")
PARTLY_TAKEN_BACK = ngettext_lazy(
    "%(count)s were taken back.", "%(count)s were taken back.", "count"
)
CHANGED_SINCE = ngettext_lazy(
    "%(count)s changed since, and stay as they are.",
    "%(count)s changed since, and stay as they are.",
    "count",
)
