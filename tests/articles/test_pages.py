"""Reading over HTTP: what stands on the pages, who may see them, and how they are cached."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles import publishing, sections
from comments import bulk, moderation, posting
from comments.models import Comment


@pytest.fixture
def told(make_article, editor):
    return make_article(
        "Rain & <b>wind</b>",
        lead="It poured.",
        hours_ago=30,
        authors=[editor],
        photo_credits=["Ada Lens", "https://example.org/lens"],
        blocks=[
            {"type": "paragraph", "text": "It rained.\nAll day."},
            {"type": "quote", "text": "I am wet", "attribution": "says the mayor."},
        ],
    )


def add_comments(article, author, number):
    start = datetime(2022, 1, 8, tzinfo=UTC)
    threads = []
    for at in range(number):
        comment = bulk.BulkComment(
            author_id=author.pk,
            posted_at=start + timedelta(minutes=at),
            blocks=[{"type": "text", "text": f"Comment {at}."}],
        )
        siblings = threads if at % 3 == 0 else threads[-1].children
        siblings.append(comment)
    bulk.merge(article.discussion, threads)


def test_an_article_shows_everything_it_has(client, told, reader):
    posting.post_comment(by=reader, discussion=told.discussion, text="So wet.")
    page = client.get(told.get_absolute_url()).content.decode()
    for piece in (
        "Rain &amp; &lt;b&gt;wind&lt;/b&gt;",
        "It poured.",
        "<p>It rained.<br>\nAll day.</p>",
        '<figure class="quote"><blockquote><p>I am wet</p></blockquote>',
        "says the mayor.",
        "Ada Lens",
        '<a href="https://example.org/lens" rel="nofollow noopener">',
        "Edith Column",
        "1 comment",
        "So wet.",
        '<a href="/sections/politics/">Politics</a>',
    ):
        assert piece in page


def test_articles_are_reached_from_front_section_and_latest_page(client, told, make_article):
    make_article("The newest", hours_ago=0)
    for address in ("/", "/sections/politics/", "/latest/"):
        page = client.get(address).content.decode()
        assert f'href="{told.get_absolute_url()}"' in page
        assert "It poured." in page or address == "/"
        assert "The newest" in page
    article = client.get("/articles/the-newest/").content.decode()
    assert f'href="{told.get_absolute_url()}"' in article


def test_an_empty_portal_has_its_pages(client, politics):
    for address in ("/", "/sections/politics/", "/latest/"):
        assert client.get(address).status_code == 200


def test_lists_are_paged_by_links_that_say_where_they_lead(client, make_article):
    for at in range(25):
        make_article(published_at=datetime(2026, 1, 1, 12, at, tzinfo=UTC))
    first = client.get("/latest/").content.decode()
    link = re.search(r'<a rel="next" href="([^"]+)">Older articles, before 1 January 2026<', first)
    second = client.get(link[1]).content.decode()
    assert "Newer articles, after 1 January 2026" in second
    assert len(re.findall(r'<article class="teaser"', second)) == 5


@pytest.mark.parametrize(
    "address",
    [
        "/articles/draft/",
        "/articles/withdrawn/",
        "/articles/tomorrow/",
        "/articles/nothing/",
        "/sections/nothing/",
        "/latest/?before=x",
        "/sections/politics/?after=2022",
    ],
)
def test_what_readers_may_not_see_is_not_there(
    client, sign_in, make_article, reader, moderator, editor, address
):
    make_article("Draft", status="draft")
    make_article("Withdrawn", status="withdrawn")
    make_article("Tomorrow", hours_ago=-24)
    assert client.get(address).status_code == 404
    assert sign_in(reader).get(address).status_code == 404
    assert sign_in(moderator).get(address).status_code == 404
    previewed = re.search(r"draft|withdrawn|tomorrow", address)
    assert sign_in(editor).get(address).status_code == (200 if previewed else 404)


@pytest.mark.parametrize("address", ["/", "/latest/", "/sections/politics/", "/articles/rain/"])
class TestSharedPages:
    @pytest.fixture(autouse=True)
    def _article(self, make_article, reader):
        self.article = make_article("Rain")
        self.comment = posting.post_comment(
            by=reader, discussion=self.article.discussion, text="So wet."
        )

    def test_everybody_gets_the_same_bytes_and_no_cookie(self, client, address):
        first = client.get(address)
        client.cookies.load({"theme": "dark"})
        second = client.get(address, headers={"user-agent": "another", "accept-language": "de"})
        assert first.content == second.content
        assert not first.cookies
        assert not second.cookies
        assert "public" in first["Cache-Control"]
        assert "s-maxage" in first["Cache-Control"]
        assert first["ETag"] == second["ETag"]

    def test_an_unchanged_page_is_not_sent_again(self, client, address):
        etag = client.get(address)["ETag"]
        again = client.get(address, headers={"if-none-match": etag})
        assert (again.status_code, again.content) == (304, b"")

    def test_a_change_makes_it_another_page(self, client, address, moderator, reader):
        discussion = self.article.discussion
        etag = client.get(address)["ETag"]
        for change in (
            lambda: publishing.update_article(article=self.article, title="Sun"),
            lambda: posting.post_comment(by=reader, discussion=discussion, text="More."),
            lambda: moderation.hide(by=moderator, comment=self.comment, reason="Off topic"),
            lambda: sections.open_section("Sport"),
        ):
            change()
            answer = client.get(address, headers={"if-none-match": etag})
            assert answer.status_code == 200
            etag = answer["ETag"]

    def test_who_is_signed_in_gets_a_page_of_their_own(self, sign_in, address, reader):
        answer = sign_in(reader).get(address)
        assert "private" in answer["Cache-Control"]
        assert "ETag" not in answer
        assert reader.handle in answer.content.decode()


def count_queries(client, address):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in queries]


def test_an_article_takes_the_same_queries_with_3_comments_and_3000(
    client, make_article, reader, editor
):
    make_article("Other", authors=[editor])
    few, many = make_article("Few", authors=[editor]), make_article("Many", authors=[editor])
    add_comments(few, reader, 3)
    add_comments(many, reader, 3000)
    queries = count_queries(client, few.get_absolute_url())
    assert len(count_queries(client, many.get_absolute_url())) == len(queries)
    assert len(queries) <= 9, "\n".join(queries)
    # Further down: where the page begins, what lies before it, and what it hangs under.
    later = Comment.objects.filter(discussion=many.discussion)[1500]
    address = f"{many.get_absolute_url()}?from={later.pk}"
    assert len(count_queries(client, address)) <= 8


def test_no_template_asks_the_database(client, make_article, reader, django_assert_num_queries):
    for _ in range(3):
        add_comments(make_article(), reader, 3)
    once = len(count_queries(client, "/"))
    for _ in range(9):
        add_comments(make_article(), reader, 30)
    assert len(count_queries(client, "/")) <= once + 1


def test_other_methods_are_refused(client, told):
    assert client.head(told.get_absolute_url()).status_code == 200
    assert client.post(told.get_absolute_url()).status_code == 405
