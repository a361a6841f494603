"""TALK: discussions, their comments as trees, the moderators' desk and its log."""

from comments.models.desk import (
    Appeal,
    Case,
    HeldComment,
    Letter,
    Notice,
    PersonNote,
    Report,
    Sender,
    Standing,
)
from comments.models.record import LogQuerySet, ModerationEntry
from comments.models.rulebook import (
    Beat,
    CannedReason,
    Policy,
    RuleBook,
    WatchedHost,
    WatchedWord,
)
from comments.models.talk import (
    MAX_AREA_LENGTH,
    MAX_NUMBER_LENGTH,
    Comment,
    Discussion,
    Preference,
    Revision,
    Thread,
    ThreadMove,
    Visit,
    Vote,
)

__all__ = [
    "MAX_AREA_LENGTH",
    "MAX_NUMBER_LENGTH",
    "Appeal",
    "Beat",
    "CannedReason",
    "Case",
    "Comment",
    "Discussion",
    "HeldComment",
    "Letter",
    "LogQuerySet",
    "ModerationEntry",
    "Notice",
    "PersonNote",
    "Policy",
    "Preference",
    "Report",
    "Revision",
    "RuleBook",
    "Sender",
    "Standing",
    "Thread",
    "ThreadMove",
    "Visit",
    "Vote",
    "WatchedHost",
    "WatchedWord",
]
