"""The discussions in Russian: counts, dates, and pages on which no English word of ours is left."""

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.utils import timezone, translation

from articles import publishing, sections
from comments import moderation, posting, reporting, rules, sanctions, screening, wording
from comments.models import Case, Letter, Policy, WatchedWord
from comments.sentences import DESK, HIDE, counted
from comments.trust import LEVELS, rights_of
from comments.verdicts import as_kept, message_of

# What stands in Russian pages as it is: keys, formats, and what people type.
AS_IT_IS = {
    "Atom", "JSON", "CSV", "Enter", "Escape", "Shift", "https", "example", "org",
    "j", "k", "o", "a", "h", "r", "s", "m", "u", "x",
}  # fmt: skip
_SAID = ("aria-label", "title", "placeholder", "alt")


class _Said(HTMLParser):
    """All that a page says, to eyes and ears, inside ``<main>`` or the discussion."""

    def __init__(self, within):
        super().__init__()
        self.within, self.depth, self.silent, self.said = within, 0, 0, []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag in ("script", "style"):
            self.silent += 1
        begins = attrs.get("id") == self.within
        if (self.depth or begins) and tag not in _VOID:
            self.depth += 1
        if self.depth:
            self.said += [attrs[name] for name in _SAID if attrs.get(name)]
            if tag == "input" and attrs.get("type") == "submit":
                self.said.append(attrs["value"])

    def handle_endtag(self, tag):
        if tag in ("script", "style"):
            self.silent -= 1
        if self.depth and tag not in _VOID:
            self.depth -= 1

    def handle_data(self, data):
        if self.depth and not self.silent:
            self.said.append(data)


_VOID = {"br", "hr", "img", "input", "link", "meta", "source", "wbr", "path", "use"}


def english_in(response, within):
    """Words in Latin letters that a page says."""
    page = response.content.decode()
    reading = _Said(within)
    reading.feed(page)
    assert reading.said, page
    # Addresses are what they are.
    said = re.sub(r"/[a-z]+/\d+/", "", " ".join(reading.said))
    return [word for word in re.findall(r"[A-Za-z]+", said) if word not in AS_IT_IS]


@pytest.fixture
def russian(settings):
    settings.LANGUAGE_CODE = "ru"
    with translation.override("ru"):
        yield


@pytest.fixture
def ada(russian, make_person):
    return make_person("Ада")


@pytest.fixture
def boris(russian, make_person):
    return make_person("Борис")


@pytest.fixture
def judge(russian, make_person):
    return make_person("Марта", role="senior")


@pytest.fixture
def discussion(russian, db):
    return publishing.create_article(
        section=sections.open_section("Новости", slug="17"),
        title="Мост открыт",
        blocks=[{"type": "paragraph", "text": "Наконец."}],
        status="published",
        published_at=timezone.now() - timedelta(hours=1),
    ).discussion


@pytest.fixture
def talk(discussion, ada, boris, judge):
    """A question, an answer to it, and one that was hidden."""

    def say(by, text, parent=None):
        return posting.post_comment(by=by, discussion=discussion, text=text, parent=parent)

    question = say(ada, "Кто его строил?")
    answer = say(boris, "Мы все.", question)
    moderation.hide(by=judge, comment=say(ada, "Грубость."), reason="Грубо")
    return question, answer


COUNTS = [
    (0, "Комментариев пока нет"),
    (1, "1 комментарий"),
    (2, "2 комментария"),
    (5, "5 комментариев"),
    (11, "11 комментариев"),
    (21, "21 комментарий"),
    (1_234, "1\N{NO-BREAK SPACE}234 комментария"),
]


@pytest.mark.parametrize(("count", "said"), COUNTS)
def test_counts_have_their_forms(russian, count, said):
    assert wording.count_label(count, "comment") == said


@pytest.mark.parametrize("count", [1, 2, 5, 21])
def test_all_that_is_counted_has_forms_of_its_own(russian, count):
    said = [wording.count_label(count, one) for one in wording._COUNTED]
    said += [counted(HIDE.question, count), *(counted(each.done, count) for each in DESK.values())]
    assert not [each for each in said if re.search("[A-Za-z]", each)]
    assert all(str(count) in each for each in said)
    assert len(set(said)) == len(said)


def test_moments_and_spans(russian, settings):
    moment = datetime(2026, 1, 3, 10, 28, tzinfo=UTC)
    assert wording.moment_text(moment) == "3 января 2026, 10:28"
    assert wording.day_text(moment) == "3 января 2026"
    assert wording.until_text(moment, moment + timedelta(hours=1)) == "10:28"
    assert [wording.span_text(each) for each in (90, 121, 300)] == [
        "90 секунд", "3 минуты", "5 минут",
    ]  # fmt: skip
    # The same moment, once it was said in the other language.
    with translation.override("en"):
        assert wording.moment_text(moment) == "3 January 2026, 10:28"
    assert wording.moment_text(moment) == "3 января 2026, 10:28"


def test_what_was_said_in_one_language_is_read_in_the_other():
    """A verdict is kept in English with its values: its author and a moderator may read others."""
    context = screening.Context(now=timezone.now(), links=1)
    draft = screening.Draft("Смотрите.", hosts=("a.example", "b.example"))
    with translation.override("ru"):
        _, (verdict,) = screening.judge(draft, context)
    kept = as_kept(verdict)
    assert verdict.message.startswith("Ссылок в нем: 2")
    with translation.override("en"):
        assert message_of(kept) == kept["message"]
        assert kept["message"].startswith("It has 2 links, and yours may have 1")
    with translation.override("ru"):
        assert message_of(kept) == verdict.message


def test_reasons_of_the_portal_are_said_in_the_language_of_the_page():
    with translation.override("ru"):
        assert wording.reason_text("Several readers reported it.").startswith("На него")
        assert wording.reason_text("Took back: Hid a comment") == "Отменено: Скрыт комментарий"
        assert wording.reason_text("Rude") == "Rude"
    assert wording.reason_text("Took back: Hid a comment") == "Took back: Hid a comment"


def test_every_level_is_told(russian):
    said = [str(level.name) for level in LEVELS]
    said += [right for level in LEVELS for right in rights_of(level)]
    assert not [each for each in said if re.search("[A-Za-z]", each)]


def test_a_page_kept_in_one_language_is_not_shown_in_the_other(talk, discussion, settings):
    """Parts and pages are kept by what they depend on, and the language is of that."""
    anybody = Client()
    question, _ = talk
    address = f"/comments/{question.pk}/thread/"
    assert "Пожаловаться" in anybody.get(address).content.decode()
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        page = anybody.get(address).content.decode()
    assert "Report" in page
    assert "Пожаловаться" not in page


class TestPages:
    @pytest.mark.parametrize("where", [
        "/comments/{question}/", "/comments/{question}/thread/", "/comments/{question}/reply/",
        "/comments/{question}/reply/?quote=1", "/comments/{question}/report/",
        "/comments/{question}/notice/", "/comments/{question}/agree/",
        "/comments/{question}/history/", "/comments/{answer}/edit/", "/comments/{answer}/withdraw/",
        "/discussions/{discussion}/new/?since=0",
    ])  # fmt: skip
    def test_of_a_discussion(self, sign_in, boris, talk, discussion, where):
        question, answer = talk
        address = where.format(question=question.pk, answer=answer.pk, discussion=discussion.pk)
        assert english_in(sign_in(boris).get(address), "main") == []

    def test_the_discussion_under_an_article(self, sign_in, boris, judge, talk, discussion):
        for person in (boris, judge):
            assert english_in(sign_in(person).get(discussion.url), "discussion") == []
        assert english_in(Client().get(discussion.url), "discussion") == []

    def test_what_a_person_is_told(self, sign_in, ada, boris, judge, talk, discussion):
        question, _ = talk
        reporting.report(by=boris, comment=question, reason="attack")
        moderation.hide(by=judge, comment=question, reason="Грубо")
        until = timezone.now() + timedelta(days=2)
        sanctions.mute(by=judge, person=ada, discussion=discussion, until=until, reason="Ссоры")
        for person in (ada, boris):
            client = sign_in(person)
            for address in ("/accounts/letters/", "/accounts/standing/"):
                assert english_in(client.get(address), "main") == [], address
        letter = Letter.objects.filter(person=ada, entry__act="hide").latest("pk")
        appeal = f"/accounts/letters/{letter.pk}/appeal/"
        assert english_in(sign_in(ada).get(appeal), "main") == []
        # Kept as it is in English: whoever reads it next may read another language.
        assert letter.subject == "Your comment was hidden"

    def test_of_what_waits(self, sign_in, ada, judge, talk, discussion):
        rules.save_rule(by=judge, rule=Policy(area="", is_premoderated=True))
        rules.save_rule(by=judge, rule=WatchedWord(text="мост", verdict="hold"))
        held = posting.post_comment(by=ada, discussion=discussion, text="Мост стоит.")
        assert "Here every comment waits" in str(held.objections)
        client = sign_in(ada)
        assert english_in(client.get(f"/comments/held/{held.pk}/"), "main") == []
        assert english_in(client.get(discussion.url), "discussion") == []

    def test_of_refusals(self, sign_in, ada, talk, discussion):
        client = sign_in(ada)
        sent = client.post(f"/discussions/{discussion.pk}/post/", {"text": " "})
        assert english_in(sent, "main") == []

    @pytest.mark.parametrize("name", ["held", "reported", "covered", "appeal", "new"])
    def test_of_the_moderation_desk(self, sign_in, ada, boris, judge, talk, discussion, name):
        question, _ = talk
        reporting.report(by=boris, comment=question, reason="attack", note="Посмотрите.")
        rules.save_rule(by=judge, rule=Policy(area="", is_premoderated=True))
        posting.post_comment(by=ada, discussion=discussion, text="Еще слово.")
        client = sign_in(judge)
        assert english_in(client.get(f"/admin/moderation/queue/{name}/"), "content") == []
        for case in Case.objects.all():
            entry = client.get(f"/admin/moderation/{case.pk}/")
            assert english_in(entry, "content") == []
