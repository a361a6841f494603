"""What people are told of decisions: the page, the count in the frame, and where they stand."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments import hosting, letters, moderation, reporting, rules, sanctions, standing
from comments.models import Comment, HeldComment, Letter, Policy
from tests.comments.test_reporting import report

LETTERS = "/accounts/letters/"


@pytest.fixture
def discussion(article):
    return article.discussion


@pytest.fixture
def comment(reader, post):
    return post(reader, "Words that *somebody* minds.")


@pytest.fixture
def mine(sign_in, reader):
    return sign_in(reader)


def text_of(response):
    return response.content.decode()


def facts_of(page):
    """What a page says of its letters: ``[{"Why": ..., "By whom": ...}, ...]``."""
    return [
        dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", found))
        for found in re.findall(r"<dl class=\"letter-facts\">(.*?)</dl>", page, re.DOTALL)
    ]


class TestStatements:
    def test_what_why_on_which_rule_and_by_whom(self, mine, moderator, comment):
        moderation.hide(by=moderator, comment=comment, reason="<Rude>", rule="Rule 2")
        page = text_of(mine.get(LETTERS))
        assert "Your comment was hidden" in page
        assert facts_of(page) == [
            {"Why": "&lt;Rude&gt;", "Rule": "Rule 2", "By whom": "A moderator decided."}
        ]
        # Their own words, which they may read; and nobody is named.
        assert "Words that <em>somebody</em> minds." in page
        assert f'href="/comments/{comment.pk}/">Comment 1</a>' in page
        assert "The bridge opens" in page
        assert "Mo Derate" not in page
        assert page.count("new-mark") == 1
        letter = Letter.objects.get()
        assert f'href="/accounts/letters/{letter.pk}/appeal/"' in page

    def test_a_rule_of_the_portal(self, mine, make_person, comment):
        for _ in range(3):
            report(make_person(), comment)
        (facts,) = facts_of(text_of(mine.get(LETTERS)))
        assert facts["By whom"] == "A rule of this site decided, and no person yet."
        assert facts["Why"] == "Several readers reported it."
        assert facts["Rule"].startswith("What several readers report is hidden")

    def test_what_came_of_a_report(self, moderator, make_person, comment, sign_in):
        reporter = make_person()
        report(reporter, comment)
        moderation.keep_all(by=moderator, comments=[comment])
        page = text_of(sign_in(reporter).get(LETTERS))
        assert "What came of your report" in page
        assert "left it where it is" in page
        assert f'href="/comments/{comment.pk}/"' in page
        # It is not theirs: neither its words, nor an appeal.
        assert "somebody</em> minds" not in page
        assert "/appeal/" not in page

    def test_somebody_elses_hidden_words_are_not_shown(
        self, moderator, make_person, comment, sign_in
    ):
        reporter = make_person()
        report(reporter, comment)
        moderation.hide(by=moderator, comment=comment, reason="Rude")
        page = text_of(sign_in(reporter).get(LETTERS))
        assert "taken down" in page
        assert "minds" not in page

    def test_a_comment_that_never_appeared(self, mine, moderator, reader, post):
        rules.save_rule(by=moderator, rule=Policy(area="", is_premoderated=True))
        held = post(reader, "Words that **waited**.")
        assert isinstance(held, HeldComment)
        moderation.reject(by=moderator, held=held, reason="Advertising", rule="Rule 4")
        page = text_of(mine.get(LETTERS))
        assert "Your comment was rejected" in page
        assert "Words that <strong>waited</strong>." in page
        assert facts_of(page)[0]["Why"] == "Advertising"

    def test_a_suspension_says_until_when(self, mine, moderator, reader):
        until = timezone.now() + timedelta(days=2)
        sanctions.suspend(by=moderator, person=reader, until=until, reason="Advertising")
        (facts,) = facts_of(text_of(mine.get(LETTERS)))
        assert re.fullmatch(r"\d+ \w+ \d{4}, \d\d:\d\d", facts["Until"])

    @pytest.mark.parametrize("days", [2, None])
    def test_a_mute_says_where_and_until_when(self, mine, moderator, reader, discussion, days):
        until = timezone.now() + timedelta(days=days) if days else None
        sanctions.mute(
            by=moderator, person=reader, discussion=discussion, until=until, reason="Insults"
        )
        page = text_of(mine.get(LETTERS))
        (facts,) = facts_of(page)
        expected = r"\d+ \w+ \d{4}, \d\d:\d\d" if days else "A moderator lifts it"
        assert re.fullmatch(expected, facts["Until"])
        assert facts["Why"] == "Insults"
        assert "You cannot take part in one discussion" in page
        assert f'<a href="{discussion.url}">The discussion</a>' in page
        assert "The bridge opens" in page
        assert "/appeal/" in page

    def test_a_page_that_was_taken_down_is_not_named(self, mine, moderator, comment, discussion):
        moderation.hide(by=moderator, comment=comment, reason="Rude")
        hosting.follow_page(
            discussion, title=discussion.title, url=discussion.url, readable_from=None
        )
        page = text_of(mine.get(LETTERS))
        assert "The bridge opens" not in page
        assert f"/comments/{comment.pk}/" not in page
        assert "minds" in page

    def test_what_was_undone_before_it_was_read_is_not_told(self, mine, moderator, comment):
        decided = moderation.hide_all(by=moderator, comments=[comment], reason="Rude")
        moderation.undo(by=moderator, batch=decided.batch)
        assert "Nothing has been decided" in text_of(mine.get(LETTERS))

    def test_what_was_undone_after_it_was_read_offers_no_appeal(self, mine, moderator, comment):
        decided = moderation.hide_all(by=moderator, comments=[comment], reason="Rude")
        assert "/appeal/" in text_of(mine.get(LETTERS))
        moderation.undo(by=moderator, batch=decided.batch)
        page = text_of(mine.get(LETTERS))
        assert "Your comment was hidden" in page
        assert "/appeal/" not in page


class TestPage:
    def test_only_ones_own(self, make_person, moderator, comment, sign_in):
        moderation.hide(by=moderator, comment=comment, reason="Rude")
        page = text_of(sign_in(make_person()).get(LETTERS))
        assert "Nothing has been decided" in page
        answer = Client().get(LETTERS)
        assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={LETTERS}")
        assert sign_in(make_person()).post(LETTERS).status_code == 405

    def test_what_is_shown_has_been_read(self, mine, moderator, comment):
        moderation.hide(by=moderator, comment=comment, reason="Rude")
        moderation.restore(by=moderator, comment=comment, reason="A mistake")
        front = text_of(mine.get("/"))
        assert '<a class="account-letters" href="/accounts/letters/">Letters (2)</a>' in front
        mine.head(LETTERS)
        assert Letter.objects.filter(seen_at__isnull=True).count() == 2
        assert text_of(mine.get(LETTERS)).count("new-mark") == 2
        assert not Letter.objects.filter(seen_at__isnull=True).exists()
        assert "Letters (" not in text_of(mine.get("/"))
        assert "new-mark" not in text_of(mine.get(LETTERS))
        # They are found again from the account.
        assert f'href="{LETTERS}"' in text_of(mine.get("/accounts/"))

    def test_page_by_page(self, mine, moderator, reader):
        for number in range(60):
            sanctions.warn(by=moderator, person=reader, reason=f"Warning {number}!")
        found, address, sizes = [], LETTERS, []
        while address:
            page = text_of(mine.get(address))
            facts = facts_of(page)
            sizes.append(len(facts))
            found += [each["Why"] for each in facts]
            following = re.search(r'rel="next" href="([^"]+)"', page)
            address = following and following[1]
        assert found == [f"Warning {number}!" for number in reversed(range(60))]
        assert sizes == [25, 25, 10]
        assert f'href="{LETTERS}">Back to the newest' in page
        for odd in ("?before=", "?before=x", f"?before={'9' * 30}", "?before=-1", "?before=%00"):
            assert mine.get(LETTERS + odd).status_code == 200, odd

    def test_the_same_queries_for_3_and_24(self, mine, moderator, reader, post, settings):
        settings.COMMENTS_PER_MINUTE = 1_000
        mine.get("/")  # the visit that notes their presence
        counted = []
        for size in (3, 21):
            comments = [post(reader, f"Of {size}: {number}") for number in range(size)]
            moderation.hide_all(by=moderator, comments=comments, reason="Advertising")
            with CaptureQueriesContext(connection) as queries:
                assert mine.get(LETTERS).status_code == 200
            counted.append(len(queries))
        assert counted[0] == counted[1] <= 12

    def test_the_count_takes_one_query_and_none_of_others(self, reader, moderator, mine, comment):
        def asked(client, address, **options):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address, **options).status_code == 200
            return sum("comments_letter" in each["sql"] for each in queries.captured_queries)

        address = "/articles/the-bridge-opens/"
        assert asked(mine, address) == 1
        assert asked(Client(), address) == 0
        # Parts of a page have no frame, and the desk has its own.
        part = f"/discussions/{comment.discussion_id}/page/"
        assert asked(mine, part, headers={"HX-Request": "true"}) == 0

    def test_more_than_anybody_counts(self, mine, reader):
        letters.write_letters(
            [Letter(person=reader, subject="Again", text="Again") for _ in range(120)]
        )
        assert "Letters (99+)" in text_of(mine.get("/"))


class TestStanding:
    def test_a_newcomer(self, mine):
        page = text_of(mine.get("/accounts/standing/"))
        assert "Newcomer: step 1 of 4." in page
        assert "<li>Up to 2 links in a comment</li>" in page
        assert "To become “Member” it takes:" in page
        assert "<li>5 more comments that stand</li>" in page
        assert 'href="/accounts/standing/"' in text_of(mine.get("/accounts/"))

    def test_the_record(self, mine, reader, moderator):
        standing.count(reader.pk, stood=12, taken_down=1, reports_upheld=3, reports_dismissed=2)
        sanctions.watch(by=moderator, person=reader, holds=True, reason="Advertising")
        sanctions.shadow(
            by=moderator, person=reader, until=timezone.now() + timedelta(days=1), reason="Bot"
        )
        page = text_of(mine.get("/accounts/standing/"))
        (facts,) = facts_of(page)
        assert list(facts.values()) == ["12", "1", "0", "3", "2"]
        assert "Your comments wait for a moderator" in page
        # Nobody is told of a shadow.
        assert "hadow" not in page
        assert "hadow" not in text_of(mine.get(LETTERS))

    def test_where_they_are_muted(self, mine, reader, moderator, discussion, make_discussion):
        gone = make_discussion("Taken down")
        for each in (discussion, gone):
            sanctions.mute(
                by=moderator, person=reader, discussion=each, until=None, reason="<Insults>"
            )
        hosting.follow_page(gone, title=gone.title, url=gone.url, readable_from=None)
        page = text_of(mine.get("/accounts/standing/"))
        assert f'<a href="{discussion.url}"><bdi>The bridge opens</bdi></a> until' in page
        assert "until a moderator lifts it: &lt;Insults&gt;" in page
        assert "Taken down" not in page.split("Your record")[0]

    def test_the_staff(self, sign_in, moderator):
        page = text_of(sign_in(moderator).get("/accounts/standing/"))
        assert "Trusted: step 4 of 4." in page
        assert "You have reached the last step." in page

    def test_for_who_is_signed_in(self):
        assert Client().get("/accounts/standing/").status_code == 302


def test_reports_settle_in_the_same_act(reader, moderator, make_person, comment):
    """One letter for each who reported, and one for the author, of whatever many acts."""
    people = [make_person() for _ in range(2)]
    for person in people:
        reporting.report(by=person, comment=comment, reason="hate")
    moderation.hide(by=moderator, comment=Comment.objects.get(pk=comment.pk), reason="Rude")
    assert sorted(Letter.objects.values_list("person_id", flat=True)) == sorted(
        [reader.pk, *(person.pk for person in people)]
    )
