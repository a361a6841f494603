"""Search over HTTP: the right articles and comments, in the same order on both databases."""

import random
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from importlib import import_module
from io import StringIO
from urllib.parse import quote

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from articles import publishing, search, search_page, sections
from articles.asked import read_asked
from articles.models import Article, SpellingKey
from articles.search_index import INDEX
from comments import bulk, hosting, moderation, posting
from comments import search as comments_search
from comments.fulltext import Entry, place_of
from comments.lexicon import read_query
from comments.models import Comment
from comments.rules import forget_rules


def newest(query, *, limit=100, now=None):
    """The numbers of what a search's feed has."""
    return [pk for (pk,) in search.NewestMatching(query, now=now).rows(("id",), limit)]


def paragraphs(*texts):
    return [{"type": "paragraph", "text": text} for text in texts]


def look_for(client, words="", **given):
    given = {"q": words, **given}
    address = "&".join(f"{name}={quote(value)}" for name, value in given.items())
    answer = client.get(f"/search/?{address}")
    assert answer.status_code == 200
    return answer.content.decode()


def titles(page):
    found = re.findall(r'<h3 class="headline"><a [^>]*>(.*?)</a>', page)
    return [unescape(re.sub("<.*?>", "", title)) for title in found]


def extracts(page):
    return re.findall(r'<p class="extract" dir="auto">(.*?)</p>', page)


def comments_found(page):
    return [unescape(re.sub("<.*?>", "", each)) for each in extracts(page)]


@pytest.fixture
def corpus(make_article):
    """Nine articles, of which a word is in the title, the lead, the subject or the text."""
    filler = "Nothing else was said about it on that day in the whole of the town."
    return [
        make_article("Old bridge falls", hours_ago=900, blocks=paragraphs(filler)),
        make_article("New bridges are built", hours_ago=800, blocks=paragraphs(filler)),
        make_article("Roads", lead="And one bridge.", hours_ago=5, blocks=paragraphs(filler)),
        make_article("Rivers", hours_ago=4, blocks=paragraphs("A bridge crosses it.", filler)),
        make_article(
            "Fish", hours_ago=400, blocks=paragraphs(filler, "Bridge. The bridge! Bridges?")
        ),
        make_article("Boats", hours_ago=3, blocks=paragraphs(filler, "Under a bridge.")),
        make_article("Trams", hours_ago=500, blocks=paragraphs(filler, "Over a bridge.")),
        make_article("Выборы мэра", hours_ago=2, blocks=paragraphs("О выборах и о мостах.")),
        make_article("Mixed", hours_ago=1, blocks=paragraphs(filler, "Мост is Russian for it.")),
    ]


RANKED = [
    "New bridges are built",
    "Old bridge falls",
    "Roads",
    "Rivers",
    "Fish",
    "Boats",
    "Trams",
]


def test_the_title_counts_more_than_the_lead_and_that_more_than_the_text(client, corpus):
    assert titles(look_for(client, "bridge")) == RANKED
    assert titles(look_for(client, "BRIDGES")) == RANKED
    assert titles(look_for(client, "brídge")) == RANKED


def test_words_are_found_in_their_forms_in_english_and_in_russian(client, corpus):
    assert titles(look_for(client, "выборов")) == ["Выборы мэра"]
    assert titles(look_for(client, "мост")) == ["Выборы мэра", "Mixed"]
    assert titles(look_for(client, "мосту russians")) == ["Mixed"]


def test_phrases_and_words_that_must_not_be_there(client, corpus):
    assert titles(look_for(client, '"old bridge"')) == ["Old bridge falls"]
    assert titles(look_for(client, '"bridge old"')) == []
    assert titles(look_for(client, "bridge -old -boats -trams")) == [
        "New bridges are built",
        "Roads",
        "Rivers",
        "Fish",
    ]
    assert titles(look_for(client, 'bridge -"over a bridge"'))[-1] == "Boats"
    # A phrase does not reach from the title into the text.
    assert titles(look_for(client, '"falls nothing"')) == []


def test_all_words_have_to_be_there_and_stand_as_high_as_the_lowest(client, make_article):
    make_article("Ferry", hours_ago=1, blocks=paragraphs("No word.", "A harbour."))
    make_article("Ferry harbour", hours_ago=9)
    make_article("Harbour", lead="A ferry", hours_ago=5)
    make_article("Harbour alone", hours_ago=1)
    assert titles(look_for(client, "harbour ferry")) == ["Ferry harbour", "Harbour", "Ferry"]


def test_the_words_are_marked_and_everything_else_is_escaped(client, make_article):
    make_article(
        "<b>Storms</b> & more",
        blocks=paragraphs("x" * 300 + " filler " * 40 + " <i>the storm</i> & 'rain'"),
    )
    page = look_for(client, "storm")
    assert "&lt;b&gt;<mark>Storms</mark>&lt;/b&gt; &amp; more" in page
    assert "&lt;i&gt;the <mark>storm</mark>&lt;/i&gt; &amp; &#x27;rain&#x27;" in page
    assert extracts(page)[0].startswith("… ")
    assert "<i>" not in page


class TestNarrowedDown:
    @pytest.fixture(autouse=True)
    def _articles(self, make_article, make_person):
        self.ada = make_person("Ada", real_name="Ada Lovelace")
        self.ben = make_person("Ben")
        sport = sections.open_section("Sport")
        days = {day: datetime(2026, 3, day, 12, tzinfo=UTC) for day in (1, 2, 3)}
        self.one = make_article("Rain one", published_at=days[1], authors=[self.ada])
        self.two = make_article(
            "Rain two", published_at=days[2], section=sport, authors=[self.ben, self.ada]
        )
        self.three = make_article("Rain three", published_at=days[3], authors=[self.ben])

    def test_by_section(self, client):
        assert titles(look_for(client, "rain", section="sport")) == ["Rain two"]
        assert titles(look_for(client, section="politics")) == ["Rain three", "Rain one"]
        moved = sections.open_section("Sport")
        publishing.update_article(article=self.one, section=moved)
        assert titles(look_for(client, "rain", section="sport")) == ["Rain two", "Rain one"]

    def test_by_author(self, client):
        assert titles(look_for(client, "rain", author="ada")) == ["Rain two", "Rain one"]
        assert titles(look_for(client, "rain", author="ada lovelace")) == ["Rain two", "Rain one"]
        assert titles(look_for(client, author="Ben")) == ["Rain three", "Rain two"]
        page = look_for(client, "rain", author="nobody")
        assert titles(page) == []
        assert "Nobody here is called “nobody”." in page
        publishing.update_article(article=self.two, authors=[self.ben])
        assert titles(look_for(client, "rain", author="ada")) == ["Rain one"]

    def test_by_date(self, client):
        assert titles(look_for(client, "rain", **{"from": "2026-03-02"})) == [
            "Rain three",
            "Rain two",
        ]
        assert titles(look_for(client, "rain", to="2026-03-02")) == ["Rain two", "Rain one"]
        both = {"from": "2026-03-03", "to": "2026-03-02"}
        assert titles(look_for(client, "rain", **both)) == ["Rain three", "Rain two"]
        moved = datetime(2026, 4, 1, tzinfo=UTC)
        publishing.update_article(article=self.one, published_at=moved)
        assert titles(look_for(client, "rain", **{"from": "2026-04-01"})) == ["Rain one"]
        assert len(titles(look_for(client, "rain"))) == 3

    def test_comments_by_author_section_and_date(self, client):
        for article, person in ((self.one, self.ada), (self.two, self.ada), (self.two, self.ben)):
            posting.post_comment(
                by=person, discussion=article.discussion, text=f"Wet, says {person.handle}."
            )
        assert len(extracts(look_for(client, "wet"))) == 3
        assert comments_found(look_for(client, "wet", author="ben")) == ["Wet, says Ben."]
        assert len(extracts(look_for(client, "wet", section="sport"))) == 2
        assert len(extracts(look_for(client, "wet", section="sport", author="ada"))) == 1
        assert extracts(look_for(client, "wet", to="2026-03-03")) == []
        today = timezone.localdate().isoformat()
        assert len(extracts(look_for(client, "wet", **{"from": today, "to": today}))) == 3

    def test_by_kind(self, client):
        posting.post_comment(by=self.ada, discussion=self.one.discussion, text="Rain again.")
        page = look_for(client, "rain", kind="comments")
        assert (titles(page), comments_found(page)) == ([], ["Rain again."])
        page = look_for(client, "rain", kind="articles")
        assert (len(titles(page)), "Rain again" in page) == (3, False)
        page = look_for(client, "rain")
        assert (len(titles(page)), "again" in page) == (3, True)


class TestComments:
    @pytest.fixture(autouse=True)
    def _talk(self, make_article, make_person):
        self.article = make_article("The page")
        self.ada, self.ben = make_person("Ada"), make_person("Ben")

    def post(self, text, by=None, parent=None):
        return posting.post_comment(
            by=by or self.ada, discussion=self.article.discussion, text=text, parent=parent
        )

    def test_the_latest_come_first_with_their_words_marked(self, client):
        self.post("The *elephant* is grey.")
        last = self.post("Two elephants & <b>more</b>.", by=self.ben)
        page = look_for(client, "elephant")
        assert extracts(page) == [
            "Two <mark>elephants</mark> &amp; &lt;b&gt;more&lt;/b&gt;.",
            "The <mark>elephant</mark> is grey.",
        ]
        assert f'href="{last.get_absolute_url()}"' in page
        assert "2 comments" in page
        assert self.article.get_absolute_url() in page

    def test_what_it_quotes_is_found_where_it_was_said(self, client):
        first = self.post("A giraffe.")
        self.post("> A giraffe.\n\nSurely not.", by=self.ben, parent=first)
        assert comments_found(look_for(client, "giraffe")) == ["A giraffe."]

    def test_an_edit_is_found_by_its_new_words_alone(self, client):
        comment = self.post("A zebra.")
        posting.edit_comment(by=self.ada, comment=comment, text="A horse.", seen_revision=1)
        assert extracts(look_for(client, "zebra")) == []
        assert comments_found(look_for(client, "horse")) == ["A horse."]

    def test_imported_ones_are_found_and_again_where_their_page_changed(self, client):
        def imported(*said):
            return [
                bulk.BulkComment(
                    author_id=self.ada.pk,
                    posted_at=datetime(2020, 1, day, tzinfo=UTC),
                    blocks=[{"type": "text", "text": text}],
                )
                for day, text in said
            ]

        bulk.merge(self.article.discussion, imported((1, "A camel."), (2, "A llama.")))
        assert comments_found(look_for(client, "camel")) == ["A camel."]
        report = bulk.merge(self.article.discussion, imported((1, "A camel."), (3, "A llama.")))
        assert report.updated == 1
        assert comments_found(look_for(client, "llama", **{"from": "2020-01-03"})) == ["A llama."]
        assert len(extracts(look_for(client, "llama"))) == 1


class TestNothingLeaks:
    """What cannot be read is not found, not counted, and not offered as another spelling."""

    @pytest.fixture(autouse=True)
    def _talk(self, make_article, make_person, moderator, editor):
        self.article = make_article("The page")
        self.ada, self.moderator, self.editor = make_person("Ada"), moderator, editor
        self.comment = posting.post_comment(
            by=self.ada, discussion=self.article.discussion, text="A secretive rhinoceros."
        )

    def gone(self, client):
        for words in ("rhinoceros", "rhinocreos", '"secretive rhinoceros"', "-other"):
            page = look_for(client, words, kind="comments")
            assert extracts(page) == []
            assert "rhinoceros." not in page
            assert "Nothing was found" in page
        return True

    def there(self, client):
        return comments_found(look_for(client, "rhinoceros")) == ["A secretive rhinoceros."]

    def test_hidden_and_shown_again(self, client):
        assert self.there(client)
        moderation.hide(by=self.moderator, comment=self.comment, reason="Off topic")
        assert self.gone(client)
        moderation.restore(by=self.moderator, comment=self.comment, reason="It is fine")
        assert self.there(client)

    def test_withdrawn(self, client):
        posting.withdraw_comment(by=self.ada, comment=self.comment)
        assert self.gone(client)

    @pytest.mark.parametrize("state", ["covered", "held"])
    def test_covered_or_held(self, client, state):
        Comment.objects.filter(pk=self.comment.pk).update(state=state)
        assert self.gone(client)

    def test_a_comment_that_waits_and_is_approved(self, client, settings, make_person):
        settings.NEWCOMER_HOLDS = 1
        forget_rules()
        held = posting.post_comment(
            by=make_person(), discussion=self.article.discussion, text="A patient walrus."
        )
        assert not isinstance(held, Comment)
        assert extracts(look_for(client, "walrus")) == []
        moderation.approve(by=self.moderator, held=held)
        assert comments_found(look_for(client, "walrus")) == ["A patient walrus."]

    def test_of_an_article_that_is_withdrawn_and_published_again(self, client):
        publishing.withdraw_article(article=self.article)
        assert self.gone(client)
        publishing.publish_article(article=self.article)
        assert self.there(client)

    def test_of_no_page_at_all(self, client):
        discussion = hosting.open_discussion(title="No page", url="/none/", readable_from=None)
        bulk.merge(
            discussion,
            [
                bulk.BulkComment(
                    self.ada.pk, timezone.now(), [{"type": "text", "text": "An okapi."}]
                )
            ],
        )
        assert extracts(look_for(client, "okapi")) == []

    @pytest.mark.parametrize("status", ["draft", "withdrawn"])
    def test_an_article_that_is_not_published(self, client, make_article, status):
        article = make_article("The hippopotamus plan", status=status)
        for words in ("hippopotamus", "hipopotamus", "hippopotamus plan"):
            page = look_for(client, words)
            assert titles(page) == []
            assert "Did you mean" not in page
        publishing.publish_article(article=article)
        assert titles(look_for(client, "hippopotamus")) == ["The hippopotamus plan"]
        assert titles(look_for(client, "hipopotamus")) == ["The hippopotamus plan"]

    def test_an_article_appears_to_the_second(self, make_article):
        moment = timezone.now() + timedelta(days=1)
        article = make_article("Armadillo", published_at=moment)
        posting_query, before = read_query("armadillo"), moment - timedelta(seconds=1)
        assert search.articles_with(posting_query, now=before).entries == []
        assert newest(posting_query, now=before) == []
        found = search.articles_with(posting_query, now=moment)
        assert [each.teaser.title for each in found.entries] == ["Armadillo"]
        assert newest(posting_query, now=moment) == [article.pk]
        sections = search_page.section_slugs()
        asked = read_asked({"q": "armadilo"}, set())
        assert search_page.search_page(asked, sections, before).correction == ""
        assert search_page.search_page(asked, sections, moment).correction == "armadillo"


class TestSlips:
    @pytest.fixture(autouse=True)
    def _article(self, make_article, reader):
        self.article = make_article(
            "Election of the mayor", blocks=paragraphs("Ferries to the Harbour.", "And tea.")
        )
        posting.post_comment(
            by=reader, discussion=self.article.discussion, text="Elections again, in the harbour!"
        )

    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            ("elecion", "election"),
            ("electionn", "election"),
            ("electoin", "election"),
            ("alection", "election"),
            ("elektion mayor", "election mayor"),
            ("elektion maior", "election mayor"),
            ("ferreis", "ferries"),
            ("harbor", "harbour"),
            ("harbor tea", "harbour tea"),
            ("harbor -london", "harbour -london"),
        ],
    )
    def test_are_forgiven_and_said_so(self, client, typed, meant):
        page = look_for(client, typed)
        assert titles(page) == ["Election of the mayor"]
        said = re.search(
            r"Nothing has “<bdi>(.*?)</bdi>”. Did you mean <a href=\"(.*?)\"><bdi>(.*?)<", page
        )
        assert (unescape(said[1]), unescape(said[3])) == (typed, meant)
        assert titles(client.get(unescape(said[2])).content.decode()) == ["Election of the mayor"]

    def test_in_comments_too(self, client):
        assert comments_found(look_for(client, "harbuor", kind="comments")) == [
            "Elections again, in the harbour!"
        ]

    @pytest.mark.parametrize("typed", ["te", "zebra", "election zebra", '"mayor election"', "1234"])
    def test_what_is_near_to_nothing_has_advice(self, client, typed):
        page = look_for(client, typed)
        assert "Nothing was found" in page
        assert "Did you mean" not in page

    def test_what_is_found_is_not_corrected(self, client, make_article):
        make_article("Elektion")
        assert "Did you mean" not in look_for(client, "elektion")


def walk(client, address):
    """Titles, or extracts of comments, of all pages from this one on."""
    seen, pages = [], 0
    while address:
        page = client.get(address).content.decode()
        seen += titles(page) or extracts(page)
        pages += 1
        link = re.search(r'<a rel="next" href="([^"]+)"', page)
        address = link and unescape(link[1])
    return seen, pages


class TestPages:
    def test_neither_skip_nor_repeat_whatever_comes_meanwhile(self, client, make_article):
        for at in range(45):
            where = {"title": f"Rain {at}"} if at % 3 else {"title": f"Sun {at}", "lead": "Rain"}
            make_article(hours_ago=at // 2 + 1, **where)
        first = look_for(client, "rain", kind="articles")
        assert "45 articles" in first
        link = unescape(re.search(r'<a rel="next" href="([^"]+)"', first)[1])
        make_article("Rain now", hours_ago=0)
        rest, pages = walk(client, link)
        assert pages == 2
        seen = [*titles(first), *rest]
        assert len(seen) == len(set(seen)) == 45
        assert all(title.startswith("Rain") for title in seen[:30])
        assert all(title.startswith("Sun") for title in seen[30:])
        again = client.get(link).content.decode()
        assert "First results" in again
        assert "Further articles" in again

    def test_of_comments(self, client, article_with_comments):
        article_with_comments(45)
        seen, pages = walk(client, "/search/?q=rain&kind=comments")
        assert (len(seen), len(set(seen)), pages) == (45, 45, 3)

    def test_everything_shows_the_beginning_of_both(self, client, article_with_comments):
        article_with_comments(45)
        page = look_for(client, "rain")
        assert "45 comments" in page
        assert len(extracts(page)) == 5
        link = unescape(re.search(r'<p class="more-link"><a href="([^"]+)"', page)[1])
        assert len(extracts(client.get(link).content.decode())) == 20

    def test_counts_are_told_as_far_as_they_were_counted(self, client, article_with_comments):
        article_with_comments(110)
        assert "More than 100 comments" in look_for(client, "rain")
        seen, _ = walk(client, "/search/?q=rain&kind=comments")
        assert len(set(seen)) == 110

    def test_where_much_was_looked_through_in_vain_it_goes_on(
        self, client, article_with_comments, moderator, monkeypatch
    ):
        monkeypatch.setattr("comments.fulltext.LOOKED_THROUGH", 10)
        article_with_comments(25)
        newest = list(Comment.objects.order_by("-posted_at", "-pk")[:20])
        Comment.objects.filter(pk__in=[each.pk for each in newest]).update(state="hidden")
        assert "All comments found" in look_for(client, "rain")
        page = look_for(client, "rain", kind="comments")
        assert "No comments so far" in page
        assert "Look further back" in page
        seen, pages = walk(client, "/search/?q=rain&kind=comments")
        assert (len(seen), pages) == (5, 3)


@pytest.fixture
def article_with_comments(make_article, reader):
    def make(number):
        article = make_article("The page")
        start = timezone.now() - timedelta(days=1)
        bulk.merge(
            article.discussion,
            [
                bulk.BulkComment(
                    reader.pk,
                    # Some in the same minute.
                    start + timedelta(seconds=25 * at),
                    [{"type": "text", "text": f"Rain, comment {at}."}],
                )
                for at in range(number)
            ],
        )
        return article

    return make


ODD = [
    "", " ", "\0", "a\0b", "x" * 10_000, "word " * 2_000, '"', '"""', "-", "--", '-"', "*", "a*",
    "AND", "OR NOT", "NEAR(a b)", "title:rain", "words : rain", "{words} : rain", "^rain", "rain +",
    "(rain", "rain)", "rain & | ! <-> :*", "'rain'", "rain'; DROP TABLE articles_article; --",
    "\\", "%", "%s", "_", "·", "t·rain", "s·1", "\ud800", "\u202e", "日本語 東京", "٣", "½", "ﷺ",
    "🙂", "-rain", "- rain", '-"rain rain"', "rain" + "\u0301" * 500, "é" * 300, "the",
    "-the", "and or",
]  # fmt: skip


@pytest.mark.parametrize("words", ODD, ids=range(len(ODD)))
def test_any_words_make_a_page(client, make_article, words):
    make_article("Rain and AND near")
    page = client.get("/search/", {"q": words.encode("utf-8", "replace").decode()})
    assert page.status_code == 200
    assert page["Cache-Control"].startswith("public")


@pytest.mark.parametrize(
    "given",
    [
        {"kind": "x"}, {"section": "nowhere"}, {"section": "\0"}, {"author": "\0"},
        {"author": "~17"}, {"author": "x" * 5_000}, {"from": "yesterday"}, {"from": "2026-02-30"},
        {"to": "9999-12-31"}, {"from": "0001-01-01"}, {"from": "\0"}, {"after": "x"},
        {"after": "9_1"}, {"after": "3_-9999999999999999999", "kind": "articles"},
        {"after": "3_9223372036854775807", "kind": "articles"},
        {"after": "0_" + "9" * 30, "kind": "comments"}, {"nonsense": "1"},
    ],
)  # fmt: skip
def test_anything_else_that_was_asked_makes_a_page(client, make_article, given):
    make_article("Rain")
    for words in ("rain", ""):
        assert client.get("/search/", {"q": words, **given}).status_code == 200


def test_what_could_not_be_understood_is_said(client, make_article):
    make_article("Rain")
    page = look_for(client, "rain", **{"from": "2026-02-30", "section": "x"})
    assert titles(page) == ["Rain"]
    assert "“2026-02-30” is no date" in page
    assert "There is no such section" in page
    assert "only its beginning" in look_for(client, "rain " + "x" * 300)


SIGNS = st.one_of(st.sampled_from("\"-*()&|!:<>^{}~'\\ raintheсловоANDORNOTEAR·"), st.characters())
FIXTURES = hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@FIXTURES
@given(words=st.text(SIGNS, max_size=60))
def test_no_sign_means_anything_to_a_database(db, words):
    query = read_query(words)
    assert search.articles_with(query).entries == []
    assert comments_search.comments_with(query).entries == []
    assert newest(query) == []


WORDS = ("rain", "sun", "snow", "fog", "hail")
PHRASES = st.lists(st.sampled_from(WORDS), min_size=2, max_size=3)
ASKED = st.lists(
    st.tuples(
        st.sampled_from(("", "", "-")),
        st.one_of(st.sampled_from(WORDS), PHRASES.map(lambda words: f'"{" ".join(words)}"')),
    ).map("".join),
    min_size=1,
    max_size=4,
)


@pytest.fixture
def weather(make_article):
    """Forty articles of few words, so that most queries find some and not all."""
    dice = random.Random(20260108)

    def some(most):
        return " ".join(dice.choice(WORDS) for _ in range(dice.randrange(1, most)))

    for at in range(40):
        lead = some(4) if at % 2 else ""
        make_article(some(4), lead=lead, hours_ago=at // 3, blocks=paragraphs(some(5), some(12)))
    return list(Article.objects.order_by("-published_at", "-id"))


@FIXTURES
@given(asked=ASKED)
def test_the_databases_find_what_going_through_all_articles_finds(weather, asked):
    query = read_query(" ".join(asked))
    found = search.articles_with(query, page_size=100)
    assert [each.teaser.title for each in found.entries] == [
        article.title for article in _gone_through(weather, query)
    ]
    wanted = {article.pk for article in _gone_through(weather, query)}
    assert newest(query) == [each.pk for each in weather if each.pk in wanted]


def _gone_through(articles, query):
    """What a search has to find, in its order, by reading every article."""
    ranked = []
    for at, article in enumerate(articles):
        title, lead = article.title.split(), article.lead.split()
        first, second = (block["text"].split() for block in article.blocks)
        parts = (title, lead, first + second)
        often = {word for word in WORDS if (first + second).count(word) >= 3}
        circles = ({*title}, {*title, *lead}, {*title, *lead, *first, *often}, set(WORDS))
        if not all(_has(parts, term.tokens) for term in query.terms):
            continue
        if any(_has(parts, term.tokens) for term in query.besides):
            continue
        rank = next(rank for rank, circle in enumerate(circles) if query.tokens <= circle)
        ranked.append((rank if query.terms else 0, at, article))
    return [article for _, _, article in sorted(ranked, key=lambda each: each[:2])]


def _has(parts, tokens):
    """Whether the tokens stand side by side in one of the parts."""
    phrase = f" {' '.join(tokens)} "
    return any(phrase in f" {' '.join(part)} " for part in parts)


def test_the_same_statements_with_3_results_and_with_30(client, make_article, make_person, editor):
    def statements(words, **given):
        with CaptureQueriesContext(connection) as queries:
            look_for(client, words, **given)
        return len(queries)

    people = [make_person() for _ in range(5)]

    def fill(words, number):
        for at in range(number):
            article = make_article(
                f"{words} {at}" if at % 2 else f"Other {at}",
                lead=words,
                authors=[editor, people[at % 5]],
            )
            posting.post_comment(
                by=people[at % 5], discussion=article.discussion, text=f"{words} indeed."
            )

    fill("Rain", 3)
    fill("Thunder", 30)
    for asked in ({}, {"kind": "articles"}, {"kind": "comments"}, {"author": editor.handle}):
        few = statements("rain", **asked)
        assert statements("thunder", **asked) == few
        assert few <= 18, asked


def test_newest_matching_is_by_time_alone(make_article):
    rain = make_article("Rain", hours_ago=9)
    sun = make_article("Sun", hours_ago=1, blocks=paragraphs("No.", "Rain."))
    make_article("Rain, old", hours_ago=99)
    assert newest(read_query("rain"), limit=2) == [sun.pk, rain.pk]
    rows = search.NewestMatching(read_query("rain")).rows(("id", "title"), 1)
    assert rows == [(sun.pk, "Sun")]


class TestSharedPage:
    @pytest.fixture(autouse=True)
    def _article(self, make_article, reader):
        self.article = make_article("Rain")

    def test_everybody_gets_the_same_bytes_until_something_changes(self, client, reader):
        first = client.get("/search/?q=rain")
        assert not first.cookies
        assert "public" in first["Cache-Control"]
        again = client.get("/search/?q=rain", headers={"if-none-match": first["ETag"]})
        assert again.status_code == 304
        posting.post_comment(by=reader, discussion=self.article.discussion, text="Rain.")
        assert client.get("/search/?q=rain")["ETag"] != first["ETag"]
        assert client.get("/search/?q=sun")["ETag"] != client.get("/search/?q=snow")["ETag"]

    def test_results_are_not_for_other_engines(self, client):
        assert 'content="noindex, follow"' in look_for(client, "rain")
        bare = client.get("/search/").content.decode()
        assert "noindex" not in bare
        assert '<link rel="canonical" href="http://testserver/search/">' in bare
        address = "http://testserver/search/?q=rain&amp;kind=articles"
        assert f'rel="canonical" href="{address}"' in look_for(client, "rain", kind="articles")

    def test_who_is_signed_in_gets_a_page_of_their_own(self, sign_in, reader):
        answer = sign_in(reader).get("/search/?q=rain")
        assert "private" in answer["Cache-Control"]

    def test_it_is_reached_from_every_page_and_keeps_what_was_asked(self, client):
        assert 'href="/search/"' in client.get("/").content.decode()
        page = look_for(client, 'rain "a<b', kind="articles", section="politics", author="Edith")
        assert 'value="rain &quot;a&lt;b"' in page
        assert '<option value="politics" selected>' in page
        assert 'value="articles" checked' in page
        assert '<details class="search-more" open>' in page
        assert client.post("/search/").status_code == 405


def test_everything_can_be_indexed_anew(client, make_article, reader, editor):
    article = make_article("Rain", authors=[editor], lead="Wet umbrellas")
    posting.post_comment(by=reader, discussion=article.discussion, text="Rains again.")
    draft = make_article("Drizzle", status="draft", published_at=None)
    places = INDEX.places(behind=-(1 << 63), limit=10_000)
    stray = place_of(datetime(2030, 1, 1, tzinfo=UTC), article.pk)
    INDEX.remove(places)
    INDEX.put([Entry(stray, ["rain"])])
    SpellingKey.objects.all().delete()
    assert titles(look_for(client, "wet", kind="articles")) == []
    out = StringIO()
    call_command("rebuild_search", stdout=out, stderr=StringIO())
    assert out.getvalue() == "2 articles indexed\n1 comments indexed\n"
    assert stray not in INDEX.places(behind=-(1 << 63), limit=10_000)
    assert titles(look_for(client, "rain", author=editor.handle)) == ["Rain"]
    assert titles(look_for(client, "umbrelas")) == ["Rain"]
    publishing.publish_article(article=draft)
    assert titles(look_for(client, "drizzle")) == ["Drizzle"]


@pytest.mark.django_db(transaction=True)
def test_what_was_here_before_the_search_is_found(client, make_article, reader, editor):
    """The migrations make the tables and index what they find."""
    article = make_article("Rain", authors=[editor])
    posting.post_comment(by=reader, discussion=article.discussion, text="Rains again.")
    migrations = [
        import_module(f"{app}.migrations.0020_search") for app in ("articles", "comments")
    ]
    for migration, fill in zip(migrations, ("index_articles", "index_comments"), strict=True):
        with connection.schema_editor() as editor_of_schema:
            migration.drop_index(apps, editor_of_schema)
        with connection.schema_editor() as editor_of_schema:
            migration.make_index(apps, editor_of_schema)
        assert "Nothing was found" in look_for(client, "rain", kind=fill.removeprefix("index_"))
        with connection.schema_editor() as editor_of_schema:
            getattr(migration, fill)(apps, editor_of_schema)
    assert titles(look_for(client, "rain", author=editor.handle)) == ["Rain"]
    assert comments_found(look_for(client, "rain", kind="comments")) == ["Rains again."]
