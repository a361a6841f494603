"""Services outside: what they are told, what follows from what they say, and what if they don't."""

import json

import akismet
import httpx
import pytest

from comments import outside, posting
from comments.models import Comment, HeldComment
from comments.screening import RefusedError

HOOK = "https://screening.example/hook"


@pytest.fixture
def discussion(article):
    return article.discussion


@pytest.fixture
def hook(settings, monkeypatch):
    """``hook(verdict="hold")``: what the service answers; returns what it was asked."""
    settings.SCREENING_HOOK_URL, settings.SCREENING_HOOK_SECRET = HOOK, "between us"
    asked = []

    def answer(response):
        def post(url, **request):
            asked.append((url, request))
            if isinstance(response, Exception):
                raise response
            return httpx.Response(200, json=response, request=httpx.Request("POST", url))

        monkeypatch.setattr(httpx, "post", post)
        return asked

    return answer


def say(by, discussion, text="Buy kettles."):
    return posting.post_comment(by=by, discussion=discussion, text=text)


def test_nobody_is_asked_unless_the_settings_say_so(reader, discussion, monkeypatch):
    monkeypatch.setattr(httpx, "post", lambda *_, **__: pytest.fail("asked"))
    assert isinstance(say(reader, discussion), Comment)


def test_what_it_is_told_is_signed(reader, discussion, hook):
    asked = hook({"verdict": "publish"})
    assert isinstance(say(reader, discussion), Comment)
    ((url, request),) = asked
    told = json.loads(request["content"])
    assert (url, told["text"], told["author"]["handle"]) == (HOOK, "Buy kettles.", "Ada Reader")
    headers = request["headers"]
    signature = outside.signature_of(headers["Webhook-Timestamp"], request["content"])
    assert headers["Webhook-Signature"] == f"v1,{signature}"
    assert request["timeout"] == outside.SECONDS
    assert "between us" not in str(asked)


def test_what_it_says_is_done(reader, discussion, hook):
    hook({"verdict": "hold", "reason": "Two  kettles."})
    held = say(reader, discussion)
    assert held.objections == [{"phase": "outside_holds", "message": "Two kettles.", "hits": []}]
    hook({"verdict": "refuse", "reason": "Three kettles."})
    with pytest.raises(RefusedError) as refused:
        say(reader, discussion)
    assert refused.value.verdict.message.startswith("Three kettles.")


@pytest.mark.parametrize(
    "failure",
    [
        httpx.ReadTimeout("slow"),
        {"verdict": "perhaps"},
        ["no"],
        {},
    ],
    ids=repr,
)
@pytest.mark.parametrize("closed", [False, True])
def test_a_service_that_fails(reader, discussion, hook, settings, failure, closed):
    settings.OUTSIDE_FAILS_CLOSED = closed
    hook(failure)
    assert isinstance(say(reader, discussion), HeldComment if closed else Comment)


@pytest.mark.parametrize(
    ("answer", "becomes"),
    [
        (akismet.CheckResponse.HAM, Comment),
        (akismet.CheckResponse.SPAM, HeldComment),
        (akismet.CheckResponse.DISCARD, RefusedError),
    ],
)
def test_akismet(reader, discussion, settings, monkeypatch, answer, becomes):
    settings.AKISMET_KEY, settings.AKISMET_SITE_URL = "key", "https://portal.example"
    told = {}

    def comment_check(self, user_ip, **said):
        told.update(said, user_ip=user_ip)
        return answer

    monkeypatch.setattr(akismet.SyncClient, "comment_check", comment_check)
    if becomes is RefusedError:
        with pytest.raises(RefusedError):
            say(reader, discussion)
    else:
        assert isinstance(say(reader, discussion), becomes)
    assert told["comment_content"] == "Buy kettles."
    assert told["permalink"].startswith("https://portal.example/articles/")
