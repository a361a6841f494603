"""READ: what services outside think of a comment, where the settings name one.

Asked before anything is locked. The hook is any HTTP service of yours: it gets JSON, signed with
an HMAC of moment and body, and answers
``{"verdict": "publish" | "hold" | "refuse", "reason": "..."}``. Akismet says what is spam.
"""

import hashlib
import hmac
import json
import logging
import time
from dataclasses import dataclass

import akismet
import httpx
from django.conf import settings
from django.utils.translation import gettext_noop

logger = logging.getLogger(__name__)

# Whoever posts waits for it; a service that takes longer has failed.
SECONDS = 2.0
# A sentence for whoever wrote it; the rest of what a service says is nobody's to read.
_REASON_LENGTH = 300
_UNCHECKED = gettext_noop("It could not be checked just now, so a moderator looks at it.")


@dataclass(frozen=True, slots=True)
class Opinion:
    """``verdict`` is "", "hold" or "refuse"; ``reason`` a sentence for whoever wrote it."""

    verdict: str = ""
    reason: str = ""


NONE = Opinion()


def is_asked():
    """Whether the settings name a service."""
    return bool(settings.SCREENING_HOOK_URL or settings.AKISMET_KEY)


def opinion_on(*, text, by, discussion, parent=None, address=""):
    """What the services that the settings name think of ``text``; the strictest of them.

    At most ``SECONDS`` for each. A service that fails holds the comment where
    ``OUTSIDE_FAILS_CLOSED``, else it has no opinion.
    """
    opinions = [NONE]
    if settings.SCREENING_HOOK_URL:
        opinions.append(_asked(_ask_hook, text, by, discussion, parent, address))
    if settings.AKISMET_KEY:
        opinions.append(_asked(_ask_akismet, text, by, discussion, parent, address))
    return max(opinions, key=lambda each: ("", "hold", "refuse").index(each.verdict))


def _asked(ask, *told):
    try:
        return ask(*told)
    except (httpx.HTTPError, akismet.AkismetError, ValueError) as failed:
        logger.warning("%s gave no opinion: %r", ask.__name__, failed)
        return Opinion("hold", _UNCHECKED) if settings.OUTSIDE_FAILS_CLOSED else NONE


def _ask_hook(text, by, discussion, parent, address):
    body = json.dumps(
        {
            "text": text,
            "author": {"id": by.pk, "handle": by.handle},
            "discussion": {"id": discussion.pk, "title": discussion.title, "url": discussion.url},
            "answers": parent.pk if parent else None,
        },
        ensure_ascii=False,
    ).encode()
    moment = str(int(time.time()))
    answer = httpx.post(
        settings.SCREENING_HOOK_URL,
        content=body,
        headers={
            "Content-Type": "application/json",
            "Webhook-Timestamp": moment,
            "Webhook-Signature": f"v1,{signature_of(moment, body)}",
        },
        timeout=SECONDS,
        follow_redirects=False,
    )
    answer.raise_for_status()
    said = answer.json()
    verdict = said.get("verdict") if isinstance(said, dict) else None
    if verdict not in ("publish", "hold", "refuse"):
        raise ValueError(f"the verdict {verdict!r}")
    reason = " ".join(str(said.get("reason") or "").split())[:_REASON_LENGTH]
    return Opinion("" if verdict == "publish" else verdict, reason)


def signature_of(moment, body):
    """The HMAC-SHA256 of ``moment.body`` with ``SCREENING_HOOK_SECRET``, in hexadecimal."""
    signed = moment.encode() + b"." + body
    return hmac.new(settings.SCREENING_HOOK_SECRET.encode(), signed, hashlib.sha256).hexdigest()


def _ask_akismet(text, by, discussion, parent, address):
    config = akismet.Config(key=settings.AKISMET_KEY, url=settings.AKISMET_SITE_URL)
    with httpx.Client(timeout=SECONDS, headers={"User-Agent": akismet.USER_AGENT}) as web:
        client = akismet.SyncClient(config=config, http_client=web)
        answer = client.comment_check(
            # Akismet needs one; where none is known it is told one that is nobody's.
            user_ip=address or "192.0.2.1",
            comment_type="reply" if parent else "comment",
            comment_author=by.handle,
            comment_content=text,
            permalink=settings.AKISMET_SITE_URL + discussion.url,
        )
    if answer == akismet.CheckResponse.DISCARD:
        return Opinion("refuse", gettext_noop("It was taken for spam."))
    if answer == akismet.CheckResponse.SPAM:
        return Opinion("hold", gettext_noop("It looks like spam."))
    return NONE
