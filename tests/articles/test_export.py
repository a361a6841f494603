"""Exporting: the same JSON after a way through text and an empty portal; nothing leaks."""

import json
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from django.db import transaction
from hypothesis import HealthCheck, assume, given
from hypothesis import settings as hypothesis_settings

from articles import publishing, sections
from articles.importer import exporter, loader
from articles.importer.layout import write_page
from articles.importer.parser import DEFAULT_NOTICE, parse
from articles.models import Article
from comments import bulk, moderation, posting
from tests.articles.generated_pages import WRITABLE_PAGES
from tests.articles.rain import empty_portal
from tests.seed import SEED, needs_seed

PAGE = f"""TITLE

It rained all day.
{DEFAULT_NOTICE}
  1. ada Offline ada
    ada (Ada L.) 8 January 2022 10: 28
    Wet is the word.
    1. ben Online ben
      ben 8 January 2022 11: 05
      Quote: ada
      Wet

      Soaked, rather.
"""


@pytest.fixture
def exported(export_pages):
    """The portal as JSON, by the command."""

    def export(*slugs, **options):
        ran = export_pages(*slugs, **options)
        assert ran.status == 0, ran.error
        return json.loads(ran.out)

    return export


class TestRoundTrip:
    @needs_seed
    def test_the_real_page(self, import_pages, export_pages, exported, tmp_path, settings):
        settings.TIME_ZONE = "UTC"
        assert import_pages(SEED).status == 0
        before = exported()
        text = export_pages(
            "lukashenko-in-a-telephone-conversation-clarified-nazarbayevs-position-on-the-situation-in-kazakhstan",
            format="text",
        )
        empty_portal()
        again = tmp_path / "again.txt"
        again.write_text(text.out)
        assert import_pages(again).status == 0
        assert exported() == before
        (article,) = before
        assert article["section"] == "News"
        assert article["published_at"] == "2022-01-08T00:00+00:00"
        assert [len(article[key]) for key in ("blocks", "photo_credits", "comments")] == [6, 0, 5]
        assert article["comments"][0]["posted_at"] == "2022-01-08T10:28+00:00"
        assert article["comments"][1]["children"][0]["blocks"] == [
            {
                "type": "quote",
                "author": "BMP-2",
                "text": "Who is interested in his position now?",
                "inner": [],
            },
            {
                "type": "text",
                "text": "That is. Yesterday AHL phoned him.\n"
                "Today he called to support Tokayev. I gave up.",
            },
        ]

    def test_a_folder_keeps_sections_and_slugs(
        self, import_pages, export_pages, exported, save_page, tmp_path
    ):
        # Eleven articles of one title in three sections, and one whose own title ends in "2".
        for at in range(11):
            body = f"Words of {at}.\n\nAnd more of {at}."
            text = PAGE.replace("TITLE", "Rain").replace("It rained all day.", body)
            text = text.replace("January 2022 1", f"March {2000 + at} 1")
            save_page(f"in/{'CAB'[at % 3]}/{at:02}.txt", text)
        save_page("in/B/twin.txt", PAGE.replace("TITLE", "Rain 2"))
        assert import_pages(tmp_path / "in").status == 0
        before = exported()
        assert {article["slug"] for article in before} == {
            "rain", "rain-2-2", *(f"rain-{n}" for n in range(2, 12)),
        }  # fmt: skip
        ran = export_pages(format="text", output=tmp_path / "out")
        assert ran.status == 0
        names = sorted(str(path.relative_to(tmp_path / "out")) for path in tmp_path.glob("out/*/*"))
        assert len(names) == 12
        assert "C/rain.txt" in names
        empty_portal()
        assert import_pages(tmp_path / "out").status == 0
        assert exported() == before

    @pytest.mark.django_db
    @hypothesis_settings(
        max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(WRITABLE_PAGES)
    def test_pages_out_of_thin_air(self, page):
        with rolled_back():
            try:
                loader.load(page, source="a.txt", zone=UTC)
            except loader.PageError:
                # A handle longer than any that the portal keeps.
                assume(False)
            before = as_json()
            pk = Article.objects.get().pk
            (saved,) = exporter.read_saved_pages([pk], UTC, pytest.fail)
        with rolled_back():
            loader.load(parse(saved.text), source="b.txt", zone=UTC)
            assert as_json() == before
        assert [loaded_page["title"] for loaded_page in before] == [page.title]
        assert write_page(parse(saved.text)) == saved.text


@contextmanager
def rolled_back():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def as_json():
    pieces = []
    exporter.write_json(exporter.choose_articles(), pieces.append)
    return json.loads("".join(pieces))


class TestJson:
    def test_every_article_or_those_that_are_named(self, make_article, exported, export_pages):
        for title in ("Sun", "Rain", "Snow"):
            make_article(title)
        make_article("Secret", status="draft")
        assert [article["slug"] for article in exported()] == ["rain", "snow", "sun"]
        assert [article["slug"] for article in exported("sun", "rain", "sun")] == ["sun", "rain"]
        (draft,) = exported("secret")
        assert draft["status"] == "draft"
        ran = export_pages("sun", "hail", "fog")
        assert (ran.status, ran.out) == (1, "")
        assert ran.error == "No article has the address fog, hail."

    def test_an_empty_portal_is_an_empty_list(self, exported):
        assert exported() == []

    def test_what_readers_wrote_is_exported_and_what_was_taken_down_is_not(
        self, make_article, reader, moderator, exported, export_pages
    ):
        article = make_article("Rain")
        first = posting.post_comment(by=reader, discussion=article.discussion, text="*Libel!*")
        posting.post_comment(
            by=reader, discussion=article.discussion, parent=first, text="And *me*."
        )
        second = posting.post_comment(by=reader, discussion=article.discussion, text="Regret.")
        moderation.hide(by=moderator, comment=first, reason="Unverified accusation")
        posting.withdraw_comment(by=reader, comment=second)
        (found,) = exported()
        one, two = found["comments"]
        assert (one["state"], one["blocks"]) == ("hidden", [])
        assert (two["state"], two["blocks"]) == ("withdrawn", [])
        assert one["children"][0]["blocks"] == [{"type": "text", "text": "And *me*."}]
        assert "state" not in one["children"][0]
        text = export_pages("rain", format="text")
        assert text.status == 0
        assert "2 comments that were taken down are written without words" in text.err
        for words in ("Libel", "Regret", "Unverified"):
            assert words not in json.dumps(found) + text.out

    def test_lead_and_authors_have_keys_of_their_own(self, make_article, editor, exported):
        make_article("Rain", lead="It poured.", authors=[editor])
        (article,) = exported()
        assert (article["lead"], article["authors"]) == ("It poured.", ["Edith Column"])

    def test_replies_may_nest_deeper_than_a_call_stack(self, make_article, make_person, tmp_path):
        article = make_article("Deep")
        poster = make_person("deep")
        posted_at = datetime(2022, 1, 8, tzinfo=UTC)
        top = comment = bulk.BulkComment(poster.pk, posted_at, [{"type": "text", "text": "0"}])
        for at in range(1, 3000):
            below = bulk.BulkComment(poster.pk, posted_at, [{"type": "text", "text": str(at)}])
            comment.children.append(below)
            comment = below
        bulk.merge(article.discussion, [top])
        pieces = []
        exporter.write_json([article.pk], pieces.append)
        text = "".join(pieces)
        assert text.count('"children": [') == 3000
        assert text.count("[") == text.count("]")
        (saved,) = exporter.read_saved_pages([article.pk], UTC, pytest.fail)
        assert saved.text.count("Offline") == 3000

    def test_to_a_file_that_appears_whole_or_not_at_all(
        self, make_article, export_pages, tmp_path, monkeypatch
    ):
        make_article("Rain")
        target = tmp_path / "all.json"
        assert export_pages(output=target).status == 0
        whole = target.read_text()
        assert json.loads(whole)[0]["title"] == "Rain"

        def fail(article, write):
            write("half")
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(exporter, "_write_article", fail)
        ran = export_pages(output=target)
        assert "No space left on device" in ran.error
        assert target.read_text() == whole
        assert [path.name for path in tmp_path.iterdir()] == ["all.json"]
        ran = export_pages(output=tmp_path / "nowhere" / "all.json")
        assert "No such file or directory" in ran.error


class TestText:
    def test_one_article_goes_to_a_file_or_is_printed(self, make_article, export_pages, tmp_path):
        make_article("Rain")
        printed = export_pages("rain", format="text")
        assert printed.out.startswith("Rain\n\nOne.\n")
        assert "rain: not in the page: section: Politics" in printed.err
        assert "rain: not in the page: published: " in printed.err
        assert export_pages("rain", format="text", output=tmp_path / "one.txt").status == 0
        assert (tmp_path / "one.txt").read_text() == printed.out
        assert export_pages("rain", format="text", output=f"{tmp_path}/all/").status == 0
        assert (tmp_path / "all/Politics/rain.txt").read_text() == printed.out

    def test_several_articles_need_a_folder(self, make_article, export_pages, tmp_path):
        make_article("Rain")
        make_article("Sun")
        assert "name a folder with --output" in export_pages(format="text").error
        taken = tmp_path / "taken"
        taken.write_text("mine")
        assert "name a folder" in export_pages(format="text", output=taken).error
        assert taken.read_text() == "mine"

    @pytest.mark.parametrize(
        ("fields", "reason"),
        [
            ({"lead": "It poured."}, "rain: the lead: a saved page has no place for it"),
            ({"blocks": [{"type": "paragraph", "text": "a\n\nb"}]}, "rain: paragraph 1: "),
            ({"photo_credits": ["Lens, Ada"]}, "rain: the photo credits: "),
        ],
    )
    def test_what_the_layout_cannot_say_is_refused(
        self, make_article, export_pages, tmp_path, fields, reason
    ):
        make_article("Rain", **fields)
        make_article("Sun")
        ran = export_pages(format="text", output=tmp_path / "out")
        assert ran.status == 1
        assert reason in ran.error
        assert [path.name for path in tmp_path.glob("out/*/*")] == ["sun.txt"]

    def test_a_slug_that_the_title_does_not_give_is_told(self, make_article, export_pages):
        make_article("Rain", slug="wet")
        assert "slug: wet, which is not made of its title" in export_pages("wet", format="text").err

    def test_times_are_told_by_the_clocks_of_a_zone(
        self, make_article, make_person, export_pages, settings
    ):
        settings.TIME_ZONE = "Europe/Berlin"
        article = make_article("Rain")
        twice = datetime(2022, 10, 30, 1, 30, 59, tzinfo=UTC)
        words = [{"type": "text", "text": "Hm."}]
        bulk.merge(article.discussion, [bulk.BulkComment(make_person("ada").pk, twice, words)])
        ran = export_pages("rain", format="text")
        assert "a comment by ada: its time 2022-10-30T02:30+01:00 cannot be told" in ran.error
        ran = export_pages("rain", format="text", timezone="UTC")
        assert "ada 30 October 2022 1: 30\n" in ran.out

    def test_clocks_from_before_standard_time_lose_no_minute(
        self, import_pages, export_pages, exported, save_page, settings
    ):
        settings.TIME_ZONE = "Europe/Minsk"
        path = save_page("old.txt", PAGE.replace("2022 10: 28", "1822 10: 28"))
        assert import_pages(path).status == 0
        before = exported()
        assert before[0]["comments"][0]["posted_at"] == "1822-01-08T10:28+01:50:16"
        text = export_pages("title", format="text").out
        assert "ada (Ada L.) 8 January 1822 10: 28\n" in text
        refused = export_pages("title", format="text", timezone="UTC")
        assert "cannot be told by the clocks of UTC" in refused.error

    def test_a_section_that_is_no_folder_name_is_refused(
        self, make_article, export_pages, tmp_path
    ):
        make_article("Rain", section=sections.open_section("../up"))
        ran = export_pages("rain", format="text", output=f"{tmp_path}/out/")
        assert "“../up” cannot be a folder's name" in ran.error
        assert not list(tmp_path.rglob("*.txt"))


FORMED = [
    {"type": "paragraph", "text": "It rained."},
    {"type": "html", "html": "<h2>What <em>was</em> measured</h2>"},
    {"type": "html", "html": "<ul><li>Much<ul><li>on Monday</li></ul></li><li>Less</li></ul>"},
    {"type": "html", "html": "<table><tbody><tr><th>a</th><td>b</td></tr></tbody></table>"},
    {"type": "quote", "text": "I am wet", "attribution": "says the mayor."},
    {"type": "embed", "url": "https://films.example/1", "title": "A film"},
]


def test_what_has_a_form_is_exported_as_its_words(
    make_article, export_pages, import_pages, save_page
):
    article = make_article("Rain", blocks=FORMED)
    exported = json.loads(export_pages("rain").out)[0]["blocks"]
    assert [(block["type"], block["text"]) for block in exported] == [
        ("paragraph", "It rained."),
        ("paragraph", "What was measured"),
        ("paragraph", "• Much\n• on Monday\n• Less"),
        ("paragraph", "a | b"),
        ("quote", "I am wet"),
        ("paragraph", "A film\nhttps://films.example/1"),
    ]
    # How it was made stands beside the words, and nothing is lost.
    assert [block.get("html") or block.get("url") for block in exported] == [
        None, *(block["html"] for block in FORMED[1:4]), None, "https://films.example/1",
    ]  # fmt: skip

    ran = export_pages("rain", format="text")
    assert "blocks 2, 3, 4, 6 of the text: words without form" in ran.out + ran.err
    page = save_page("rain.txt", ran.out)
    assert import_pages(page, section="Politics").status == 0
    back = Article.objects.exclude(pk=article.pk).get()
    assert [block["text"] for block in back.blocks] == [block["text"] for block in exported]


def test_an_imported_page_that_got_a_form_is_still_the_same_page(import_pages, rain, imported):
    blocks = list(imported.blocks)
    words = blocks[0]["text"]
    formed = [{"type": "html", "html": f"<h2>{words}</h2>"}, *blocks[1:]]
    publishing.update_article(article=imported, blocks=formed)
    assert import_pages(rain).status == 0
    assert Article.objects.get().blocks == formed
