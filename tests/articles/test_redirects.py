"""Old addresses lead on: by themselves after a change, or as an editor says."""

from datetime import timedelta
from threading import Thread

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import publishing, redirects, sections
from articles.models import Article, Redirect, Section


def rename(article, *slugs):
    for slug in slugs:
        publishing.update_article(article=article, slug=slug)


def leads(client, path):
    answer = client.get(path)
    return answer["Location"] if answer.status_code == 301 else answer.status_code


def lead_by_hand(by, path, to, **fields):
    return redirects.save_redirect(by=by, path=path, to=to, hosts=("testserver",), **fields)


def test_a_renamed_article_is_found_at_its_former_addresses(client, make_article):
    article = make_article("Rain")
    rename(article, "wind", "snow")
    for former in ("/articles/rain/", "/articles/wind/"):
        answer = client.get(former)
        assert (answer.status_code, answer["Location"]) == (301, "/articles/snow/")
        assert "max-age=60" in answer["Cache-Control"]
        assert not answer.cookies
    assert client.get("/articles/snow/").status_code == 200
    assert client.head("/articles/rain/").status_code == 301
    assert client.post("/articles/rain/").status_code == 405


def test_the_query_is_kept_so_pages_of_the_discussion_lead_on(client, make_article):
    rename(make_article("Rain"), "wind")
    assert leads(client, "/articles/rain/?from=12&order=newest") == (
        "/articles/wind/?from=12&order=newest"
    )
    # What stands below an article's address moves with it.
    assert leads(client, "/articles/rain/feed.atom?full=1") == "/articles/wind/feed.atom?full=1"
    assert leads(client, "/articles/rain?x=%3Cb%3E") == "/articles/wind/?x=%3Cb%3E"


def test_a_renamed_section_is_found_at_its_former_address(client, politics, make_article):
    article = make_article("Rain")
    sections.arrange_section(name="Politics", slug="state", position=1, description="")
    sections.update_section(section=politics, slug="power", name="Power")
    assert leads(client, "/sections/politics/?before=x") == "/sections/power/?before=x"
    assert leads(client, "/sections/state/") == "/sections/power/"
    assert client.get("/sections/power/").status_code == 200
    assert client.get(article.get_absolute_url()).status_code == 200
    # Two sections that change places lead nobody round in a ring.
    other = sections.open_section("Other")
    sections.update_section(section=other, slug="politics")
    sections.update_section(section=politics, slug="other")
    sections.update_section(section=other, slug="power")
    assert leads(client, "/sections/politics/") == "/sections/power/"
    for address in ("/sections/power/nothing.here", "/sections/other/nothing.here"):
        assert client.get(address).status_code == 404


def test_a_slug_that_is_used_again_wins(client, make_article):
    rename(make_article("Rain"), "wind")
    # A new article with the same title keeps away from the old address ...
    again = make_article("Rain")
    assert again.slug == "rain-2"
    assert leads(client, "/articles/rain/") == "/articles/wind/"
    # ... unless somebody says so.
    rename(again, "rain")
    assert client.get("/articles/rain/").status_code == 200
    assert client.get("/articles/rain/nothing.here").status_code == 404
    assert leads(client, "/articles/rain-2/") == "/articles/rain/"


def test_names_that_go_round_make_no_ring(client, make_article):
    one, other = make_article("Rain"), make_article("Wind")
    rename(one, "sun", "rain", "snow")
    rename(other, "rain", "hail")
    rename(one, "wind")
    assert leads(client, "/articles/rain/") == "/articles/hail/"
    assert leads(client, "/articles/sun/") == "/articles/wind/"
    rename(one, "rain")
    for path in ("/articles/wind/", "/articles/snow/"):
        assert leads(client, path) == "/articles/rain/"
    publishing.withdraw_article(article=one)
    publishing.withdraw_article(article=other)
    for slug in ("rain", "wind", "sun", "snow", "hail"):
        assert client.get(f"/articles/{slug}/").status_code == 404


def test_what_readers_may_not_see_is_led_to_by_nothing(client, make_article):
    now = timezone.now()
    later = make_article("Later", published_at=now + timedelta(hours=1))
    gone, draft = make_article("Gone"), make_article("Draft", status="draft", published_at=None)
    rename(later, "secret")
    rename(gone, "libel")
    rename(draft, "scoop")
    publishing.withdraw_article(article=gone)
    for slug in ("later", "gone", "draft"):
        assert client.get(f"/articles/{slug}/").status_code == 404
    moment = later.published_at
    a_second = timedelta(seconds=1)
    assert redirects.address_behind("/articles/later/", now=moment - a_second) == ""
    assert redirects.address_behind("/articles/later/", now=moment) == "/articles/secret/"
    # Nobody ever knew the address of a draft.
    assert not Redirect.objects.filter(path="/articles/draft/").exists()


def test_an_editor_leads_from_any_path_to_any(client, editor, make_article):
    article = make_article("Rain")
    redirect = lead_by_hand(editor, "/old/a b/", "http://testserver/articles/rain/?x=1#discussion")
    assert leads(client, "/old/a%20b/?y=2") == "/articles/rain/?x=1&y=2#discussion"
    assert redirect.article == article
    assert redirect.made_by == editor
    rename(article, "wind")
    assert leads(client, "/old/a%20b/") == "/articles/wind/?x=1#discussion"
    assert leads(client, "/old/a%20b") == "/articles/wind/?x=1#discussion"
    lead_by_hand(editor, "/новости/", "/свежее/")
    assert leads(client, "/новости/") == "/%D1%81%D0%B2%D0%B5%D0%B6%D0%B5%D0%B5/"
    assert lead_by_hand(editor, "/новости/", "/свежее/") is False


def test_chains_are_flattened_whichever_end_comes_first(editor, make_article):
    lead_by_hand(editor, "/a/", "/b/")
    lead_by_hand(editor, "/b/", "/c/?q=1")
    lead_by_hand(editor, "/z/", "/a/")
    for path in ("/a/", "/b/", "/z/"):
        assert redirects.address_behind(path) == "/c/?q=1"
    article = make_article("Rain")
    lead_by_hand(editor, "/c/", "/articles/rain/")
    rename(article, "wind")
    for path in ("/a/", "/b/", "/c/", "/z/", "/articles/rain/"):
        assert redirects.address_behind(path).startswith("/articles/wind/")
    # What is withdrawn may lead on, and so does what led to it.
    publishing.withdraw_article(article=article)
    lead_by_hand(editor, "/articles/wind/", "/latest/")
    for path in ("/a/", "/articles/rain/", "/articles/wind/"):
        assert redirects.address_behind(path).startswith("/latest/")


def test_a_redirect_to_an_address_that_is_made_later_follows_it(editor, make_article):
    lead_by_hand(editor, "/a/", "/articles/rain/")
    article = make_article("Rain")
    rename(article, "wind")
    assert redirects.address_behind("/a/") == "/articles/wind/"


@pytest.mark.parametrize(
    ("path", "to", "why"),
    [
        ("/a/", "/a/", "to itself"),
        ("/a/", "https://testserver/a/?x=1", "to itself"),
        ("/articles/wind/", "/articles/rain/", "There is a page"),
        ("/sections/politics/", "/latest/", "There is a page"),
        ("/a/", "https://example.org/", "another site"),
        ("/a/", "//example.org/", "another site"),
        ("/a/", "javascript:alert(1)", "another site"),
        ("/a/", "https://[", "no address"),
        ("/a/", "/%2Fexample.org/", "single"),
        ("/a/", "/\\example.org/", "single"),
        ("/a/", "/x%0d%0aSet-Cookie:a=b", "single"),
        ("/a/", "b/", "single"),
        ("/a/", "", "single"),
        ("/a/", "/" + "x" * 300, "at most 300"),
        ("", "/b/", "single"),
        ("/a/?x=1", "/b/", "Leave out"),
        ("/", "/b/", "own address"),
        ("/admin/x/", "/b/", "own address"),
        ("/accounts/login/", "/b/", "own address"),
    ],
)
def test_what_leads_nowhere_good_is_refused(editor, make_article, path, to, why):
    rename(make_article("Rain"), "wind")
    with pytest.raises(redirects.RedirectError, match=why):
        lead_by_hand(editor, path, to)


def test_no_ring_can_be_made_by_hand(editor):
    lead_by_hand(editor, "/a/", "/b/")
    lead_by_hand(editor, "/b/", "/c/")
    for path, to in (("/c/", "/a/"), ("/c/", "/b/")):
        with pytest.raises(redirects.RedirectError, match="to itself"):
            lead_by_hand(editor, path, to)
    # Not by taking one back, building the other half and putting it back either.
    redirects.lift_redirect(by=editor, redirect=Redirect.objects.get(path="/b/"))
    lead_by_hand(editor, "/c/", "/b/")
    with pytest.raises(redirects.RedirectError, match="to itself"):
        redirects.put_back_redirect(by=editor, redirect=Redirect.objects.get(path="/b/"))


def test_a_redirect_is_taken_back_and_put_back(client, editor):
    redirect = lead_by_hand(editor, "/a/", "/latest/")
    assert redirects.lift_redirect(by=editor, redirect=redirect) is True
    assert redirects.lift_redirect(by=editor, redirect=redirect) is False
    assert client.get("/a/").status_code == 404
    assert redirects.put_back_redirect(by=editor, redirect=redirect) is True
    assert redirects.put_back_redirect(by=editor, redirect=redirect) is False
    assert leads(client, "/a/") == "/latest/"


@pytest.mark.parametrize("role", ["reader", "moderator"])
def test_only_editors_lead_on(make_person, editor, role):
    redirect = lead_by_hand(editor, "/a/", "/b/")
    by = make_person(role=role)
    for write in (
        lambda: lead_by_hand(by, "/c/", "/d/"),
        lambda: redirects.lift_redirect(by=by, redirect=redirect),
        lambda: redirects.put_back_redirect(by=by, redirect=redirect),
        lambda: redirects.import_redirects(by=by, rows=[("/c/", "/d/", "")]),
        lambda: sections.update_section(by=by, section=sections.open_section("X"), slug="y"),
    ):
        with pytest.raises(PermissionDenied):
            write()


def test_a_new_section_has_no_former_address(politics):
    sections.arrange_section(name="Sport", slug="games", position=1, description="")
    assert not Redirect.objects.exists()
    with pytest.raises(publishing.ArticleError, match="Another section"):
        sections.arrange_section(name="Play", slug="games", position=1, description="")
    assert not Section.objects.filter(name="Play").exists()


def test_a_section_takes_no_name_or_address_of_another(politics):
    other = sections.open_section("Other")
    for changes in ({"slug": "politics"}, {"name": "Politics"}):
        with pytest.raises(publishing.ArticleError, match="Another section"):
            sections.update_section(section=other, **changes)
    with pytest.raises(TypeError):
        sections.update_section(section=other, id=7)
    assert sections.update_section(section=other, slug="other") is False
    # What was refused left no redirect behind.
    assert Section.objects.get(pk=other.pk).slug == "other"
    assert not Redirect.objects.exists()


def test_looking_takes_one_query_whatever_their_number(editor, make_article):
    def queries(path):
        with CaptureQueriesContext(connection) as found:
            redirects.address_behind(path)
        return len(found)

    rename(make_article("Rain"), "wind")
    for number in range(30):
        lead_by_hand(editor, f"/old/{number}/", "/latest/")
    for path in ("/articles/rain/", "/articles/rain/feed.atom", "/old/7", "/nothing/"):
        assert queries(path) == 1
    assert queries("/" + "x" * 400) == 0
    assert queries("/a\0b/") == 0


@pytest.mark.django_db(transaction=True)
def test_two_who_write_both_halves_of_a_ring_at_once_make_none(make_person):
    editors = [make_person(role="editor") for _ in range(2)]
    refused = []

    def write(by, path, to):
        try:
            lead_by_hand(by, path, to)
        except redirects.RedirectError:
            refused.append(path)
        finally:
            connection.close()

    for turn in range(8):
        one, two = f"/one{turn}/", f"/two{turn}/"
        halves = (
            Thread(target=write, args=(editors[0], one, two)),
            Thread(target=write, args=(editors[1], two, one)),
        )
        for half in halves:
            half.start()
        for half in halves:
            half.join()
    assert len(refused) == 8
    assert Redirect.objects.count() == 8


@pytest.mark.django_db(transaction=True)
def test_renaming_and_leading_to_the_same_article_stand_in_nobodys_way(make_person, make_article):
    article, by = make_article("Rain"), make_person(role="editor")
    wrong = []

    def run(work):
        try:
            for turn in range(8):
                work(turn)
        except Exception as error:  # noqa: BLE001  told below, whatever it is
            wrong.append(error)
        finally:
            connection.close()

    def slug():
        return Article.objects.values_list("slug", flat=True).get(pk=article.pk)

    workers = [
        Thread(target=run, args=(lambda turn: rename(article, f"rain-{turn}a"),)),
        Thread(
            target=run,
            args=(lambda turn: lead_by_hand(by, f"/old/{turn}/", f"/articles/{slug()}/"),),
        ),
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not wrong
    for turn in range(8):
        assert redirects.address_behind(f"/old/{turn}/") == f"/articles/{slug()}/"
