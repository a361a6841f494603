"""READ: what somebody was writing, and who has an article open."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from articles.models import OpenForm, WorkingCopy
from comments.wording import moment_text

# Whoever comes back from a long holiday still finds what they had begun.
COPY_DAYS = 60


@dataclass(frozen=True, slots=True)
class Holder:
    """Who else has an article's form open, in words."""

    handle: str
    since: str
    last_seen: str


def copy_of(person, article=None, now=None):
    """The ``WorkingCopy`` of a person, of an article or a new one; None without. One query."""
    oldest = (now or timezone.now()) - timedelta(days=COPY_DAYS)
    mine = WorkingCopy.objects.filter(person=person, article=article, kept_at__gt=oldest)
    return mine.first()


def holder_of(article, besides, now=None):
    """Who has an article's form open, if it is not ``besides``; else None. One query."""
    held = OpenForm.objects.filter(article=article, expires_at__gt=now or timezone.now())
    found = held.exclude(person=besides).select_related("person").first()
    return found and as_holder(found)


def as_holder(form):
    return Holder(form.person.handle, moment_text(form.opened_at), moment_text(form.seen_at))
