"""What is screened, and all that a phase of ``screening`` may know of it. PURE."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants to say; ``hosts`` are those that its links lead to, one for each."""

    text: str
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Context:
    """What the phases may know. Times are aware; counts are of this author."""

    now: datetime
    page_is_readable: bool = True
    discussion_is_open: bool = True
    closed_reason: str = ""
    parent_is_visible: bool = True
    suspended_until: datetime | None = None
    suspended_until_text: str = ""
    suspension_reason: str = ""
    # The same for this discussion alone; the text is "until" and a moment or an event.
    is_muted: bool = False
    muted_until_text: str = ""
    mute_reason: str = ""
    # Whether what is changed may still be, and until when that was.
    is_editable: bool = True
    edit_until_text: str = ""
    posted_last_minute: int = 0
    posts_a_minute: int = 6
    # The same in this discussion, within ten minutes.
    posted_here: int = 0
    posts_here: int = 10
    edited_lately: int = 0
    edits_in_a_while: int = 10
    address_is_barred: bool = False
    # Of the same address, whoever they are, and how many that may be.
    posted_from_address: int = 0
    posts_an_address: int = 30
    # Whether they said just this a while ago.
    said_before: bool = False
    # Seconds until they may post here again, because the discussion or the branch was slowed.
    slow_wait: int = 0
    slow_seconds: int = 0
    slow_by_reports: bool = False
    # Links: how many somebody of their level may set, to hosts that are not trusted.
    links: int = 30
    blocked_hosts: frozenset[str] = frozenset()
    trusted_hosts: frozenset[str] = frozenset()
    # What is watched; None watches nothing.
    words: object = None
    # How many of their next comments wait for a moderator, and whether all here do, and why.
    newcomer_holds: int = 0
    premoderation: str = ""
    # What a service outside said, if one was asked: "", "hold" or "refuse", and its reason.
    outside: str = ""
    outside_reason: str = ""
