"""WRITE: what is being written, kept beside the article, and who has its form open.

Nothing here touches an article: no version, no revision. Every function is one transaction, and
asks for the right to change the article, or to write at all where there is none yet.
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from articles.drafts import COPY_DAYS, as_holder
from articles.models import OpenForm, WorkingCopy
from articles.permissions import can_change, require, require_writer

# A form that says nothing of itself (no JavaScript) is somebody's for as long as it takes to
# rewrite a paragraph, and no longer: nobody else should wait for who went home.
SILENT_MINUTES = 15
# One that does is heard of every 20 seconds, in a hidden tab once a minute.
LIVELY_MINUTES = 3

_NOT_YOURS = gettext_lazy("In this section others of the newsroom change this text.")


def open_form(*, by, article, now=None):
    """Notes that ``by`` has the article's form open, unless somebody else has.

    Returns who that is, as a ``drafts.Holder``, or None: it is open for ``by``. Raises
    ``PermissionDenied``. Locks the article's ``OpenForm``.
    """
    return _hold(by, article, now or timezone.now(), timedelta(minutes=SILENT_MINUTES))


def stay_open(*, by, article, now=None):
    """As ``open_form``, for a form that will be heard of again soon."""
    return _hold(by, article, now or timezone.now(), timedelta(minutes=LIVELY_MINUTES))


def take_over(*, by, article, now=None):
    """Gives the article's form to ``by``, whoever has it; False if it is theirs already.

    Who had it is told with their next sign of life. Raises ``PermissionDenied``. Locks the
    article's ``OpenForm``.
    """
    now = now or timezone.now()
    _require(by, article)
    with transaction.atomic():
        form = _locked(by, article, now, timedelta(minutes=SILENT_MINUTES))
        if form.person_id == by.pk:
            return False
        _give(form, by, now, timedelta(minutes=SILENT_MINUTES))
        return True


def keep_copy(*, by, article=None, fields, blocks, seen_version=None, now=None):
    """Keeps a form of ``by`` as it is, in the place of the one kept before; returns it.

    ``fields`` are what stands in it by name, ``blocks`` its body. Copies of anybody's that are
    older than ``COPY_DAYS`` go. Raises ``PermissionDenied``. Locks the ``WorkingCopy``.
    """
    now = now or timezone.now()
    _require(by, article)
    kept = {"fields": fields, "blocks": blocks, "seen_version": seen_version, "kept_at": now}
    with transaction.atomic():
        WorkingCopy.objects.filter(kept_at__lte=now - timedelta(days=COPY_DAYS)).delete()
        copy, _ = WorkingCopy.objects.update_or_create(
            person=by, article=article, defaults=kept, create_defaults={**kept, "begun_at": now}
        )
    return copy


def drop_copy(*, by, article=None):
    """Throws the working copy of ``by`` away; False where there is none. Locks it."""
    dropped, _ = WorkingCopy.objects.filter(person=by, article=article).delete()
    return bool(dropped)


def close_form(*, by, article, now=None):
    """``by`` has saved: neither the copy nor the open form is needed. False if there were none.

    Locks the article's ``OpenForm``, then the ``WorkingCopy``.
    """
    now = now or timezone.now()
    with transaction.atomic():
        mine = OpenForm.objects.filter(article=article, person=by, expires_at__gt=now)
        # The row stays: who waits for its lock must find it.
        closed = mine.update(expires_at=now)
        return drop_copy(by=by, article=article) or bool(closed)


def _hold(by, article, now, lasts):
    _require(by, article)
    with transaction.atomic():
        form = _locked(by, article, now, lasts)
        if form.person_id != by.pk and form.expires_at > now:
            return as_holder(form)
        if form.person_id == by.pk:
            form.seen_at, form.expires_at = now, now + lasts
            form.save(update_fields=["seen_at", "expires_at"])
        else:
            _give(form, by, now, lasts)
    return None


def _locked(by, article, now, lasts):
    """The article's ``OpenForm``, locked; a new one is of ``by``. Needs a transaction."""
    fresh = {"person": by, "opened_at": now, "seen_at": now, "expires_at": now + lasts}
    OpenForm.objects.get_or_create(article=article, defaults=fresh)
    found = OpenForm.objects.select_related("person").select_for_update(of=("self",))
    return found.get(pk=article.pk)


def _give(form, person, now, lasts):
    form.person, form.opened_at, form.seen_at = person, now, now
    form.expires_at = now + lasts
    form.save()


def _require(by, article):
    require_writer(by)
    require(article is None or can_change(by, article), _NOT_YOURS)
