"""Importing saved pages: what comes into the portal, the first time and every time after."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from articles import publishing, sections
from articles.importer.parser import DEFAULT_NOTICE
from articles.models import Article
from comments import moderation, posting
from comments.models import Comment
from tests.articles.rain import LONGER, PAGE, stored
from tests.seed import SEED, needs_seed


class TestFirstImport:
    def test_the_page_is_in_the_portal(self, imported, client):
        assert (imported.title, imported.slug, imported.status) == (
            "Rain again", "rain-again", "published",
        )  # fmt: skip
        assert imported.published_at == datetime(2022, 1, 8, tzinfo=UTC)
        assert imported.section.name == "News"
        assert imported.photo_credits == ["Ada Lens", "https://example.org/lens"]
        assert [block["type"] for block in imported.blocks] == ["paragraph", "quote", "paragraph"]
        assert imported.discussion.comment_count == 3
        shown = client.get("/articles/rain-again/").content.decode()
        for words in ("It rained all day.", "says the mayor.", "Wet is the word.", "Ada L."):
            assert words in shown

    def test_a_quotation_leads_to_what_it_quotes(self, imported):
        quoted, quoting = Comment.objects.order_by("tree_id", "lft")[:2]
        assert quoting.parent == quoted
        assert quoting.blocks[0]["source"] == quoted.pk
        assert f'href="/comments/{quoted.pk}/"' in quoting.html

    def test_imported_people_cannot_sign_in(self, imported, client):
        ada = User.objects.get(handle="ada")
        assert (ada.origin, ada.real_name, ada.has_usable_password()) == (
            "imported",
            "Ada L.",
            False,
        )

    def test_the_report_counts_pages_people_and_comments(self, import_pages, rain, save_page):
        broken = save_page("broken.txt", "A title alone")
        dateless = save_page("dateless.txt", "Sun\n\nIt shines.\n" + DEFAULT_NOTICE)
        ran = import_pages(rain, broken, dateless)
        assert ran.out.splitlines() == [
            "Pages: 2 new, 0 updated, 0 unchanged.",
            "People: 2, of whom 2 are new.",
            "Comments: 3 added, 0 updated, 0 unchanged.",
            "Warnings: 1.",
            f"  {dateless}:1: no date on the page: published now (--published gives one)",
            "Refusals: 1.",
            f"  {broken}:1: found a title alone, expected an article under it",
        ]
        assert ran.status == 1
        # Who only reads what went wrong, reads what and where.
        assert ran.error.startswith(f"Refused: 1.\n  {broken}:1: found a title alone, expected")

    @needs_seed
    def test_the_real_page_comes_out_exactly(self, import_pages):
        ran = import_pages(SEED)
        assert ran.status == 0
        article = Article.objects.get()
        comments = list(Comment.objects.order_by("tree_id", "lft"))
        assert len(comments) == 10
        assert User.objects.count() == 7
        assert {comment.level for comment in comments} == {0, 1, 2, 3, 4}
        quotes = [block for each in comments for block in each.blocks if block["type"] == "quote"]
        assert [(quote["author"], quote["text"]) for quote in quotes] == [
            ("BMP-2", "Who is interested in his position now?")
        ]
        assert quotes[0]["source"] == comments[1].pk
        assert sum(block["type"] == "quote" for block in article.blocks) == 1
        assert article.photo_credits == []
        assert "Warnings: 0." in ran.out


class TestImportingAgain:
    def test_the_same_page_changes_nothing_and_says_so(self, imported, import_pages, rain):
        before = stored()
        ran = import_pages(rain)
        assert stored() == before
        assert "Pages: 0 new, 0 updated, 1 unchanged." in ran.out
        assert "Nothing has changed." in ran.out

    def test_a_longer_page_adds_what_is_new(self, imported, import_pages, rain):
        before = {comment.pk: comment.text for comment in Comment.objects.all()}
        rain.write_text(LONGER)
        ran = import_pages(rain)
        assert "Pages: 0 new, 1 updated, 0 unchanged." in ran.out
        assert "Comments: 1 added, 0 updated, 3 unchanged." in ran.out
        after = {comment.pk: comment.text for comment in Comment.objects.all()}
        assert after.items() >= before.items()
        assert len(after) == 4
        imported.discussion.refresh_from_db()
        assert imported.discussion.comment_count == 4

    def test_a_mended_page_updates_what_changed(self, imported, import_pages, rain):
        mended = PAGE.replace("all day", "all night").replace("Still raining", "Raining still")
        rain.write_text(mended.replace("Rain again", "Rain, again and again"))
        ran = import_pages(rain)
        assert "Comments: 0 added, 1 updated, 2 unchanged." in ran.out
        article = Article.objects.get()
        assert (article.title, article.slug) == ("Rain, again and again", "rain-again")
        assert "all night" in article.html
        assert article.discussion.title == "Rain, again and again"

    def test_what_readers_wrote_is_never_touched(self, imported, import_pages, rain, reader):
        parent = Comment.objects.get(text="Wet is the word.")
        own = posting.post_comment(
            by=reader, discussion=imported.discussion, parent=parent, text="*Mine.*"
        )
        before = Comment.objects.filter(pk=own.pk).values("text", "html", "parent", "posted_at")[0]
        rain.write_text(LONGER.replace("Wet is the word", "Wet was the word"))
        import_pages(rain)
        after = Comment.objects.filter(pk=own.pk).values("text", "html", "parent", "posted_at")[0]
        assert after == before
        assert Comment.objects.count() == 5

    def test_what_a_moderator_hid_stays_hidden(self, imported, import_pages, rain, moderator):
        comment = Comment.objects.get(text="Still raining.")
        moderation.hide(by=moderator, comment=comment, reason="Off topic")
        rain.write_text(LONGER)
        import_pages(rain)
        comment.refresh_from_db()
        assert comment.state == "hidden"
        imported.discussion.refresh_from_db()
        assert imported.discussion.comment_count == 3

    def test_what_editors_decided_stays_unless_an_option_says_otherwise(
        self, imported, import_pages, rain
    ):
        sport = sections.open_section("Sport")
        publishing.update_article(article=imported, section=sport, title="Rain!", slug="wet")
        publishing.withdraw_article(article=imported)
        rain.write_text(LONGER)
        import_pages(rain)
        article = Article.objects.get()
        assert (article.section, article.status) == (sport, "withdrawn")
        assert (article.title, article.slug) == ("Rain!", "wet")
        ran = import_pages(rain, section="Weather", published="2022-02-01")
        assert "1 updated" in ran.out
        article.refresh_from_db()
        assert article.section.name == "Weather"
        assert article.published_at == datetime(2022, 2, 1, tzinfo=UTC)
        assert article.status == "withdrawn"

    def test_comments_that_left_the_page_stay_with_a_warning(self, imported, import_pages, rain):
        rain.write_text(PAGE[: PAGE.index("  2. ben")])
        ran = import_pages(rain)
        assert Comment.objects.count() == 3
        assert f"{rain}:1: imported before and no longer on the page, kept: 1 comments" in ran.out

    def test_a_name_given_later_fills_in_one_that_was_missing(self, imported, import_pages, rain):
        rain.write_text(PAGE.replace("ben 9 January", "ben (Ben B.) 9 January"))
        assert "1 updated" in import_pages(rain).out
        assert User.objects.get(handle="ben").real_name == "Ben B."
        rain.write_text(PAGE.replace("ben 9 January", "ben (Benedict) 9 January"))
        ran = import_pages(rain)
        assert f"{rain}:22: “ben” is called “Benedict” here; the portal keeps “Ben B.”" in ran.out

    def test_comments_that_moved_are_a_change(self, imported, import_pages, rain):
        first = PAGE.index("  1. ada")
        second = PAGE.index("  2. ben")
        moved = PAGE[second:].replace("2.", "1.") + PAGE[first:second].replace(
            "  1. ada", "  2. ada"
        )
        rain.write_text(PAGE[:first] + moved)
        ran = import_pages(rain)
        assert "Pages: 0 new, 1 updated, 0 unchanged." in ran.out
        assert "Nothing has changed." not in ran.out

    def test_what_its_author_edited_here_stays_and_is_told(self, imported, import_pages, rain):
        comment = Comment.objects.get(text="Still raining.")
        user = comment.author
        user.claimed_at = timezone.now()
        user.save()
        comment.edited_at = timezone.now()
        comment.text = "It stopped."
        comment.save()
        rain.write_text(PAGE.replace("Still raining.", "Raining still."))
        ran = import_pages(rain)
        assert f"{rain}:1: edited here by their authors, left as they are: 1 comments" in ran.out
        assert ", 1 edited here." in ran.out
        comment.refresh_from_db()
        assert comment.text == "It stopped."


class TestTheDateThatWasReadOffThePage:
    EARLIER = PAGE.replace("8 January 2022 10", "6 January 2022 10")

    def test_is_read_again(self, import_pages, rain):
        rain.write_text(PAGE[: PAGE.index("  1. ada")])
        import_pages(rain)
        for text, day in ((PAGE, 8), (self.EARLIER, 6), (PAGE, 8)):
            rain.write_text(text)
            assert "1 updated" in import_pages(rain).out
            assert Article.objects.get().published_at == datetime(2022, 1, day, tzinfo=UTC)

    def test_stays_when_the_page_has_no_comments_any_more(self, imported, import_pages, rain):
        rain.write_text(PAGE[: PAGE.index("  1. ada")])
        import_pages(rain)
        assert Article.objects.get().published_at == datetime(2022, 1, 8, tzinfo=UTC)

    def test_is_an_editors_once_they_gave_one(self, imported, import_pages, rain):
        moment = datetime(2022, 1, 9, 8, 30, tzinfo=UTC)
        publishing.update_article(article=imported, published_at=moment)
        rain.write_text(self.EARLIER)
        import_pages(rain)
        assert Article.objects.get().published_at == moment

    @pytest.mark.parametrize("at_first", [True, False])
    def test_is_the_options_where_it_is_given(self, import_pages, rain, at_first):
        """Also where it is the day that the page has."""
        import_pages(rain, **({"published": "2022-01-08"} if at_first else {}))
        if not at_first:
            import_pages(rain, published="2022-01-08")
        rain.write_text(self.EARLIER)
        import_pages(rain)
        assert Article.objects.get().published_at == datetime(2022, 1, 8, tzinfo=UTC)


class TestWhichPageItIs:
    @pytest.mark.parametrize(
        ("name", "text", "pages"),
        [
            # Another name for the same page.
            ("wet.txt", PAGE, 1),
            ("wet.txt", LONGER, 1),
            # The same title over the same comments, the article rewritten.
            ("wet.txt", PAGE.replace("It rained", "It poured").replace("sun", "snow"), 1),
            # The same file with another title over the same body and comments; over one of them
            # it may be another page.
            ("rain.txt", PAGE.replace("Rain again", "Rain"), 1),
            ("rain.txt", "Flood\n\nAll is new.\n" + PAGE[PAGE.index(DEFAULT_NOTICE) :], 2),
            # The same title over nothing that is the same; the same file with another article.
            ("wet.txt", f"Rain again\n\nIn May.\n{DEFAULT_NOTICE}\n", 2),
            ("rain.txt", f"Sun\n\nIt shines.\n{DEFAULT_NOTICE}\n", 2),
            # Title and file are the same: one word of body or talk that stays is enough.
            ("rain.txt", f"Rain again\n\nIn May.\n{DEFAULT_NOTICE}\n", 2),
            ("rain.txt", f"Rain again\n\nIn May.\n\nI am wet\n{DEFAULT_NOTICE}\n", 1),
            ("rain.txt", "Rain again\n\nIn May.\n" + PAGE[PAGE.index(DEFAULT_NOTICE) :], 1),
            # A paragraph that many pages share, under another title.
            ("rain.txt", f"Sun\n\nI am wet\n{DEFAULT_NOTICE}\n", 2),
            # Only words in common.
            ("wet.txt", PAGE.replace("Rain again", "Rain"), 2),
        ],
    )
    def test_by_title_name_and_what_it_says(
        self, imported, import_pages, save_page, name, text, pages
    ):
        import_pages(save_page(f"later/{name}", text))
        assert Article.objects.count() == pages

    def test_two_files_of_one_page_in_one_run_are_told(self, import_pages, rain, save_page):
        copy = save_page("copy.txt", PAGE)
        ran = import_pages(rain, copy)
        assert f"{copy}:1: the same page as {rain}" in ran.out
        assert Article.objects.count() == 1

    def test_a_later_file_of_a_run_overwrites_nothing(self, import_pages, save_page):
        shared = "The story is being updated."
        for folder, title in (("politics", "Budget"), ("sport", "Cup")):
            save_page(f"news/{folder}/index.txt", f"{title}\n\n{shared}\n\nOn the {title}.\n")
        save_page("news/week1.txt", f"The week\n\n{shared}\n\nWords of May.\n")
        folder = save_page("news/week2.txt", f"The week\n\n{shared}\n\nOf June.\n").parent
        assert import_pages(folder).status == 0
        assert Article.objects.count() == 4

    def test_a_mended_page_of_one_paragraph_and_one_comment_is_the_same(
        self, import_pages, save_page
    ):
        def text(words, said):
            header = "  1. anna Offline anna\n    anna 8 January 2022 10: 28"
            return f"Budget\n\n{words}\n{DEFAULT_NOTICE}\n{header}\n    {said}\n"

        page = save_page("page.txt", text("About mony.", "I see it comming."))
        import_pages(page)
        page.write_text(text("About money.", "I see it coming."))
        ran = import_pages(page)
        assert "Pages: 0 new, 1 updated" in ran.out
        page.write_text(text("Cup won.", "Hooray!"))
        assert "Pages: 1 new" in import_pages(page).out

    def test_a_page_is_known_by_what_it_said_not_by_what_editors_made_of_it(
        self, imported, import_pages, rain
    ):
        blocks = [{"type": "paragraph", "text": "Rewritten at the desk."}]
        publishing.update_article(article=imported, title="Storm", blocks=blocks)
        rain.write_text(PAGE.replace("Rain again", "Rain, again"))
        import_pages(rain)
        article = Article.objects.get()
        assert (article.title, article.blocks) == ("Rain, again", blocks)

    def test_comments_without_words_make_no_pages_one(self, import_pages, save_page):
        talk = f"{DEFAULT_NOTICE}\n  1. anna Offline anna\n    anna 8 January 2022 10: 28\n"
        import_pages(save_page("a/page.txt", f"Budget\n\nAbout money.\n{talk}"))
        import_pages(save_page("b/other.txt", f"Budget\n\nAbout sport.\n{talk}    \n"))
        assert Article.objects.count() == 2

    def test_a_namesake_with_one_comment_in_common_is_another_page(self, import_pages, save_page):
        def text(title, words, said):
            header = "  1. anna Offline anna\n    anna 8 January 2022 10: 28"
            return f"{title}\n\n{words}\n{DEFAULT_NOTICE}\n{header}\n    {said}\n"

        import_pages(save_page("a/page.txt", text("Budget passed", "About money.", "hello")))
        import_pages(save_page("b/page.txt", text("Cup won", "About sport.", "hello")))
        assert Article.objects.count() == 2


def test_an_import_asks_no_query_for_a_comment(import_pages, save_page):
    def text(title, number):
        comments = (
            f"  {at}. p{at} Offline p{at}\n    p{at} 8 January 2022 10: 28\n    Hm."
            for at in range(1, number + 1)
        )
        return "\n".join([f"{title}\n\nWords of {title}.\n{DEFAULT_NOTICE}", *comments])

    counts = []
    for title, number in (("Few", 3), ("Many", 300)):
        path = save_page(f"{title}.txt", text(title, number))
        with CaptureQueriesContext(connection) as queries:
            import_pages(path)
        counts.append(len(queries))
    # SQLite takes a statement of 999 values at most, so there one INSERT becomes a few.
    assert counts[1] - counts[0] < 20
