"""WRITE: notices of illegal content, and the mail to whoever sent one.

Mail leaves on commit; one that cannot be sent is logged and undoes nothing.
"""

import logging

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from comments.models import Notice
from comments.wording import moment_text

logger = logging.getLogger(__name__)

_CAME = gettext_lazy(
    "Your notice about a comment at %(site)s came in on %(moment)s.\n\n"
    "A moderator looks at it, and you will be told what was decided.\n\n"
    "If it was not you who sent it, you need do nothing.\n"
)
# Nothing that somebody typed is mailed to an address that somebody typed.
_DECIDED = {
    "upheld": gettext_lazy("A moderator looked at the comment, and it was taken down."),
    "withdrawn": gettext_lazy("Its author has taken the comment away. Nothing is left to decide."),
    "dismissed": (
        gettext_lazy(
            "A moderator looked at the comment and left it where it is. If you think that this is "
            "wrong, you can go to a court, or to a body for settling disputes out of court."
        )
    ),
}


def keep_notice(*, comment, name, email, explanation, now):
    """The row of a notice, and the mail that it came. Part of ``reporting.give_notice``."""
    notice = Notice.objects.create(
        comment=comment, name=name, email=email, explanation=explanation, at=now
    )
    said = _CAME % {"site": settings.SITE_NAME, "moment": moment_text(now)}
    _mail(notice, _("Your notice came in"), said)
    return notice


def settle_notices(comment_ids, *, outcome, now):
    """Decides the open notices on these comments and tells who sent them.

    ``outcome`` is "upheld", "dismissed" or "withdrawn". Returns ``(notice id, comment id)`` each.
    """
    notices = list(
        Notice.objects.filter(comment_id__in=comment_ids, outcome="open")
        .order_by("pk")
        .select_for_update(no_key=True)
    )
    if not notices:
        return []
    pks = [notice.pk for notice in notices]
    Notice.objects.filter(pk__in=pks).update(outcome=outcome, decided_at=now)
    # Whoever decides reads in a language of their own, and whoever sent it has no account.
    with override(settings.LANGUAGE_CODE):
        subject, text = _("What was decided on your notice"), str(_DECIDED[outcome])
    for notice in notices:
        _mail(notice, subject, text)
    return [(notice.pk, notice.comment_id) for notice in notices]


def recent_notices(comment, email, since):
    """``(on this comment, from this address of mail)`` since then. Two queries."""
    lately = Notice.objects.filter(at__gte=since)
    return lately.filter(comment_id=comment.pk).count(), lately.filter(email=email).count()


def open_again(pks):
    """A decision was taken back: these notices wait for another one."""
    Notice.objects.filter(pk__in=pks).update(outcome="open", decided_at=None)


def _mail(notice, subject, text):
    def send():
        try:
            send_mail(f"{settings.SITE_NAME}: {subject}", text, None, [notice.email])
        except OSError:
            logger.exception("notice %s: its mail was not sent", notice.pk)

    transaction.on_commit(send)
