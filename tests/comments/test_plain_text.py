"""A branch as plain text: its layout, and the page over HTTP."""

import re
import unicodedata
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts import membership
from comments import bulk, hosting, moderation, posting, transcripts
from comments.models import Comment
from comments.plain_text import DEEPEST, STEP, TEXT_AT_MOST, WIDTH, Remark, columns_of, lay_out
from comments.quoting import blocks_as_text

HERE = "http://testserver"


def remark(text="Words.", **fields):
    plain = {
        "depth": 0, "number": "1", "author": "Ada", "real_name": "", "moments": ("today",),
        "answers": "",
    }  # fmt: skip
    return Remark(**{**plain, **fields}, text=text)


def lines_of(*remarks):
    """What stands behind the head of a text."""
    head = lay_out("T", "S", "A", [])
    text = lay_out("T", "S", "A", remarks)
    assert text.startswith(head)
    return text[len(head) :].strip("\n").split("\n")


def body_of(text, **fields):
    return lines_of(remark(text, **fields))[1:]


@pytest.mark.pure
class TestLayout:
    def test_the_whole(self):
        text = lay_out(
            "The bridge opens",
            "Comment 2 and the replies to it",
            "https://x.example/comments/7/",
            [
                remark("At last.\n\nWho paid?", number="2", real_name="Augusta King"),
                remark("> Who paid?\n\nWe did.", depth=1, number="2.1", author="Bob",
                       moments=("today", "edited later")),
                remark("", depth=2, number="2.1.1", notice="Hidden by a moderator: Rude."),
                remark("Me too", depth=0, number="3"),
            ],
            goes_on_after=lambda shown: f"https://x.example/comments/7/text/?from={shown + 5}",
        )  # fmt: skip
        assert text == (
            "The bridge opens\n"
            "Comment 2 and the replies to it\n"
            "https://x.example/comments/7/\n"
            "\n"
            "2  Ada (Augusta King), today\n"
            "At last.\n"
            "\n"
            "Who paid?\n"
            "\n"
            "  2.1  Bob, today, edited later\n"
            "  > Who paid?\n"
            "\n"
            "  We did.\n"
            "\n"
            "    2.1.1  Hidden by a moderator: Rude.\n"
            "\n"
            "3  Ada, today\n"
            "Me too\n"
            "\n"
            "It goes on at https://x.example/comments/7/text/?from=9\n"
        )

    @pytest.mark.parametrize(
        ("text", "lines"),
        [
            ("", []),
            ("  as it\n   stands  ", ["  as it", "   stands"]),
            ("a " * 40, ["a " * 35 + "a", "a " * 3 + "a"]),
            # Quotations stay quotations, lists hang, indents are kept.
            ("> " + "word " * 20, ["> " + "word " * 13 + "word", "> " + "word " * 5 + "word"]),
            (">> " + "word " * 20, [">> " + "word " * 13 + "word", ">> " + "word " * 5 + "word"]),
            ("- " + "word " * 20, ["- " + "word " * 13 + "word", "  " + "word " * 5 + "word"]),
            ("1. " + "word " * 20, ["1. " + "word " * 13 + "word", "   " + "word " * 5 + "word"]),
            ("   " + "word " * 20, ["   " + "word " * 13 + "word", "   " + "word " * 5 + "word"]),
            # What cannot be parted stands alone; code is not parted at all.
            ("see https://x.example/" + "a" * 80 + " there",
             ["see", "https://x.example/" + "a" * 80, "there"]),
            ("```\n" + "x = 1 " * 20 + "\n```\n" + "word " * 16,
             ["```", "x = 1 " * 19 + "x = 1", "```", "word " * 13 + "word", "word word"]),
            # Chinese takes two columns a sign, and no line begins with its full stop.
            ("好" * 35 + "吧。好", ["好" * 35, "吧。好"]),
            ("好" * 36 + "。好", ["好" * 35, "好。好"]),
            ("e\u0301" * 72, ["e\u0301" * 72]),
            ("far" + " " * 80 + "away", ["far", "away"]),
            (" " * 60 + "drawn on the right", ["drawn on the right"]),
            ("1." + " " * 70 + "drawn too", ["1. drawn too"]),
            # Marks that leave no room stand there once.
            (">" * 60 + " " + "word " * 12,
             [">" * 60 + " word word word word word", "> word word word word word", "> word word"]),
            ("one\r\ntwo\rthree\u2028four\x07\u202e", ["one", "two", "three", "four"]),
            ("a\tb", ["a   b"]),
        ],
    )  # fmt: skip
    def test_lines(self, text, lines):
        assert body_of(text) == lines

    def test_deep_replies_stand_no_further_in_and_say_whom_they_answer(self):
        for depth in (0, DEEPEST, DEEPEST + 1, 500):
            heading, body = lines_of(remark(depth=depth, answers="Bob"))
            indent = " " * (STEP * min(depth, DEEPEST))
            assert body == f"{indent}Words."
            whom = " to Bob" if depth > DEEPEST else ""
            assert heading == f"{indent}1  Ada{whom}, today"

    def test_names_and_titles_are_on_one_line(self):
        text = lay_out("A\ntitle\x07", "S", "A", [remark(author="A\n2  Bob", real_name="x\ry")])
        assert text.startswith("A title\nS\n")
        assert "1  A 2 Bob (x y), today\n" in text

    def test_every_character_takes_the_columns_that_it_has(self):
        """The short way to know says what the long one does."""
        for each in map(chr, range(0x20, 0x3000)):
            kind, width = unicodedata.category(each), unicodedata.east_asian_width(each)
            marks = kind in ("Mn", "Me", "Cf")
            if kind == "Cn":
                continue
            assert columns_of(each) == (0 if marks else 2 if width in "WF" else 1), hex(ord(each))

    def test_a_text_ends_before_what_would_make_it_too_long(self):
        asked = []
        remarks = [remark("й" * 1_000, number=str(number)) for number in range(300)]
        text = lay_out("T", "S", "A", remarks, goes_on_after=lambda n: asked.append(n) or f"/{n}/")
        [shown] = asked
        assert TEXT_AT_MOST - 3_000 < len(text.encode()) < TEXT_AT_MOST + 100
        assert re.findall(r"^(\d+)  Ada", text, re.MULTILINE) == [str(n) for n in range(shown)]
        assert text.endswith(f"\n\nIt goes on at /{shown}/\n")

    def test_one_that_alone_is_longer_is_printed_whole(self):
        long, asked = "word\n" * TEXT_AT_MOST, []
        text = lay_out("T", "S", "A", [remark(long), remark()], goes_on_after=asked.append)
        assert text.count("word") == TEXT_AT_MOST
        assert asked == [1]

    @pytest.mark.parametrize(
        "start", [">" * 5_000, "> " * 2_500, "1." + " " * 5_000, "> 1." + " " * 5_000, " " * 5_000]
    )
    def test_no_comment_becomes_many_times_as_long(self, start):
        """What stands before the words is not repeated where it is longer than they are."""
        assert len("\n".join(body_of(start + "word " * 1_000, depth=8))) < 20_000

    @given(
        st.lists(
            st.tuples(
                st.integers(0, 12), st.text(st.sampled_from("ab> \n-1.é好。\t`~")), st.text()
            ),
            max_size=5,
        )
    )
    def test_all_words_are_there_in_lines_that_fit(self, said):
        remarks = [remark(text, depth=depth, author=name) for depth, text, name in said]
        text = lay_out("Title", "Subtitle", "Address", remarks)
        assert text.endswith("\n")
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e]", text)
        for line in text.split("\n"):
            assert line == line.rstrip(" ")
        shown = re.sub(r"[>\s]", "", text)
        wanted = "TitleSubtitleAddress" + "".join(
            re.sub(r"[>\s]", "", "".join(lay_out("", "", "", [each]))) for each in remarks
        )
        assert shown == wanted
        for each in remarks:
            words = re.sub(r"[>\s]", "", each.text)
            assert words in shown

    @given(st.text("abc é好。 \n", max_size=400), st.integers(0, 10))
    def test_no_line_is_too_long_but_for_a_long_word(self, text, depth):
        for line in lines_of(remark(text, depth=depth)):
            if columns_of(line) > WIDTH:
                assert re.search(r"[abcé。]{20}", line), line

    @given(st.lists(st.text(st.characters(exclude_categories=["C", "Z"])), max_size=6))
    def test_a_line_that_fits_stays_as_it_is(self, words):
        line = " ".join(word for word in words if word)
        if columns_of(line) <= WIDTH and not line.startswith(("```", "~~~")):
            assert body_of(line) == ([line] if line else [])

    def test_imported_words_are_not_escaped(self):
        blocks = [
            {"type": "quote", "author": "Bob_by", "text": "*so*",
             "inner": [{"type": "quote", "author": "Cy", "text": "1. no", "inner": []}]},
            {"type": "text", "text": "- [yes]"},
        ]  # fmt: skip
        assert blocks_as_text(blocks) == "> > 1. no\n> > — Cy\n>\n> *so*\n> — Bob_by\n\n- [yes]"


def text_of(client, comment, **query):
    answer = client.get(f"/comments/{comment.pk}/text/", query)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    return answer.content.decode()


@pytest.fixture
def visitor():
    return Client()


class TestPage:
    def test_a_branch(self, visitor, make_person, moderator, post):
        ada, bob = make_person("Ada", real_name="Augusta King"), make_person("Bob")
        root = post(ada, "Root words")
        branch = post(bob, "Branch words\n\n> quoted\n\nanswered", parent=root)
        hidden = post(bob, "Rude words", parent=branch)
        post(ada, "Kind words", parent=hidden)
        posting.withdraw_comment(by=ada, comment=post(ada, "Sorry words", parent=branch))
        post(ada, "Elsewhere", parent=root)
        moderation.hide(by=moderator, comment=hidden, reason="Unkind.")
        posting.edit_comment(
            by=bob, comment=branch, text="Better words\n\n> quoted\n\nanswered", seen_revision=1
        )
        shown = re.sub(r"\d+ \w+ \d{4}, \d\d:\d\d", "DATE", text_of(visitor, branch))
        assert shown == (
            "A page\n"
            "Comment 1.1 and the replies to it\n"
            f"{HERE}/comments/{branch.pk}/\n"
            "\n"
            "1.1  Bob, DATE, edited DATE\n"
            "Better words\n"
            "\n"
            "> quoted\n"
            "\n"
            "answered\n"
            "\n"
            "  1.1.1  Hidden by a moderator: Unkind.\n"
            "\n"
            "    1.1.1.1  Ada (Augusta King), DATE\n"
            "    Kind words\n"
            "\n"
            "  1.1.2  Withdrawn by its author.\n"
        )

    def test_a_chain(self, visitor, make_person, moderator, post):
        ada, bob = make_person("Ada"), make_person("Bob")
        chain = [post(bob, "deep 0")]
        for depth in range(1, 13):
            chain.append(post(ada if depth % 2 else bob, f"deep {depth}", parent=chain[-1]))
        moderation.hide(by=moderator, comment=chain[10], reason="Rude")
        shown = text_of(visitor, chain[0])
        assert re.findall(r"^( *)(deep \d+)$", shown, re.MULTILINE) == [
            (" " * STEP * min(depth, DEEPEST), f"deep {depth}") for depth in (*range(10), 11, 12)
        ]
        # Whom the reply to what was taken down answers is nobody's business.
        assert re.findall(r"^ *([0-9.]+)  (\w+ to \w+),", shown, re.MULTILINE) == [
            (chain[9].number, "Ada to Bob"),
            (chain[12].number, "Bob to Ada"),
        ]
        # Seen from further down, it begins at the margin again.
        assert "deep 9" in text_of(visitor, chain[9]).split("\n")

    def test_an_imported_comment(self, visitor, discussion):
        person = membership.import_people({"Al\x07bert": "A\nB"})["Al\x07bert"]
        blocks = [
            {"type": "quote", "author": "Bo", "text": "Said *so*", "inner": []},
            {"type": "text", "text": "1. I did\x1b[31m not"},
        ]
        comment = bulk.BulkComment(author_id=person.pk, posted_at=timezone.now(), blocks=blocks)
        with transaction.atomic():
            bulk.merge(discussion, [comment])
        shown = text_of(visitor, Comment.objects.get(pk=comment.pk))
        assert "1  Albert (A B), " in shown
        assert shown.endswith("\n> Said *so*\n> — Bo\n\n1. I did[31m not\n")

    def test_a_long_branch_goes_on(self, visitor, reader, discussion, monkeypatch, post):
        monkeypatch.setattr(transcripts, "AT_MOST", 7)
        root = post(reader, "word 0")
        made = [root]
        for number in range(1, 20):
            made.append(post(reader, f"word {number}", parent=made[number // 3]))
        post(reader, "Elsewhere")
        address, found, pages = f"{HERE}/comments/{root.pk}/text/", [], 0
        while address:
            shown = visitor.get(address.removeprefix(HERE)).content.decode()
            assert shown.startswith("A page\nComment 1 and the replies to it")
            words = re.findall(r"^ *word (\d+)$", shown, re.MULTILINE)
            assert len(words) <= 7
            found += words
            pages += 1
            goes_on = re.search(r"^It goes on at (.*)$", shown, re.MULTILINE)
            address = goes_on and goes_on[1]
        order = Comment.objects.filter(tree_id=root.tree_id).order_by("lft")
        assert found == [each.text.split()[1] for each in order]
        assert pages == 3

    def test_a_branch_of_long_comments_goes_on_sooner(self, visitor, reader, post):
        root = post(reader, "first " + "ж" * 9_000)
        for number in range(25):
            post(reader, f"word {number}\n\n{'ж' * 9_000}", parent=root)
        address, found = f"{HERE}/comments/{root.pk}/text/", []
        for _ in range(3):
            shown = visitor.get(address.removeprefix(HERE)).content
            assert len(shown) < TEXT_AT_MOST + 500
            found += re.findall(r"^  word (\d+)$", shown.decode(), re.MULTILINE)
            goes_on = re.search(r"^It goes on at (.*)$", shown.decode(), re.MULTILINE)
            if goes_on is None:
                break
            address = goes_on[1]
        assert found == [str(number) for number in range(25)]

    def test_its_version_has_none_of_its_words(self, reader, post):
        root = post(reader, "Unmistakable words")
        post(reader, "More of the unmistakable", parent=root)
        assert "nmistakable" not in repr(transcripts.transcript_of(root).version)

    def test_where_it_begins(self, visitor, reader, post):
        root = post(reader, "root")
        first, second = post(reader, "first", parent=root), post(reader, "second", parent=root)
        elsewhere = post(reader, "elsewhere")
        shown = text_of(visitor, root, **{"from": second.pk})
        assert "Comment 1 and the replies to it, from 1.2 on" in shown
        assert "\n  second\n" in shown
        assert "first" not in shown
        whole = text_of(visitor, root)
        for start in (elsewhere.pk, 0, "", "x", "-1", "９", "9" * 30, 10**17):
            assert text_of(visitor, root, **{"from": start}) == whole, start
        assert text_of(visitor, first, **{"from": second.pk}) == text_of(visitor, first)

    def test_what_cannot_be_read(self, visitor, reader, discussion, post):
        comment = post(reader, "Unreadable now")
        for pk in (99_999, 10**30):
            assert visitor.get(f"/comments/{pk}/text/").status_code == 404
        for moment in (None, timezone.now() + timedelta(hours=1)):
            discussion.refresh_from_db()
            hosting.follow_page(
                discussion, title="A page", url=discussion.url, readable_from=moment
            )
            assert visitor.get(f"/comments/{comment.pk}/text/").status_code == 404
        assert visitor.post(f"/comments/{comment.pk}/text/").status_code == 405

    def test_what_was_taken_down_names_nobody(self, visitor, make_person, moderator, post):
        comment = post(make_person("Ruth", real_name="Ruth Real"), "Rude words")
        post(make_person("Bo"), "An answer", parent=comment)
        moderation.hide(by=moderator, comment=comment, reason="Rude")
        shown = text_of(visitor, comment)
        assert "Ruth" not in shown
        assert "Rude words" not in shown

    def test_no_cookie_the_same_bytes_and_304(self, reader, moderator, post):
        comment = post(reader, "Words " * 100)
        post(reader, "An answer", parent=comment)
        address = f"/comments/{comment.pk}/text/"
        first, second = Client().get(address), Client(HTTP_USER_AGENT="else").get(address)
        assert not first.cookies
        assert (first.content, dict(first.items())) == (second.content, dict(second.items()))
        assert "public" in first["Cache-Control"]
        assert first["X-Content-Type-Options"] == "nosniff"
        tag = {"If-None-Match": first["ETag"]}
        assert Client().get(address, headers=tag).status_code == 304
        other = Client().get(f"{address}?from={comment.pk + 1}", headers=tag)
        assert other.status_code == 200
        moderation.hide(by=moderator, comment=comment, reason="Rude")
        assert Client().get(address, headers=tag).status_code == 200

    def test_a_new_name_is_seen_at_once(self, reader, post):
        address = f"/comments/{post(reader).pk}/text/"
        tag = Client().get(address)["ETag"]
        membership.change_real_name(by=reader, person=reader, real_name="Augusta")
        answer = Client().get(address, headers={"If-None-Match": tag})
        assert "Augusta" in answer.content.decode()

    def test_the_same_queries_with_3_and_with_30(self, make_person, post):
        people = [make_person() for _ in range(5)]
        root = last = post(people[0])
        counted = []
        for size in (3, 30):
            while Comment.objects.count() < size:
                last = post(people[Comment.objects.count() % 5], parent=last)
            for query in ({}, {"from": last.pk}):
                with CaptureQueriesContext(connection) as queries:
                    text_of(Client(), root, **query)
                counted.append(len(queries))
        assert counted[:2] == counted[2:], counted
        assert max(counted) <= 4
