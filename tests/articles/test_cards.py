"""The picture of an article over HTTP: drawn once, kept, and what it must not show."""

import time
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from articles import cards, publishing, sections
from tests.xss_vectors import VECTORS

# A tenth would do; the machine is shared.
MOST_SECONDS = 2


def picture_of(content):
    picture = Image.open(BytesIO(content))
    picture.load()
    assert (picture.format, picture.size) == ("PNG", (1_200, 630))
    return picture.convert("RGB")


def inked(content, box):
    """How many dots of a part of the picture are not paper."""
    part = picture_of(content).crop(box)
    return sum(count for count, dot in part.getcolors(maxcolors=100_000) if min(dot) < 200)


TITLE_BOX = (0, 160, 1_200, 530)
SECTION_BOX, NAME_BOX = (0, 80, 1_200, 150), (0, 550, 1_200, 630)


class TestOverHttp:
    def test_it_is_a_picture_for_all_and_kept(self, make_article, monkeypatch):
        article = make_article("Rain")
        address = f"{article.get_absolute_url()}card.png"
        first, second = Client().get(address), Client(HTTP_USER_AGENT="else").get(address)
        assert first["Content-Type"] == "image/png"
        assert first.content == second.content
        assert not first.cookies
        assert "public" in first["Cache-Control"]
        again = Client().get(address, headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert len(first.content) < 100_000
        picture_of(first.content)
        # Another worker, or the same one after a restart, draws nothing.
        caches["pages"].clear()
        monkeypatch.setattr(cards, "draw_card", lambda *shown: pytest.fail("drawn twice"))
        assert Client().get(address).content == first.content
        assert Client().post(address).status_code == 405

    def test_what_stands_on_it_makes_it_another_one(self, make_article, settings):
        article = make_article("Rain")
        address = f"{article.get_absolute_url()}card.png"
        before = Client().get(address)
        publishing.update_article(article=article, lead="Else.")
        same = Client().get(address, headers={"If-None-Match": before["ETag"]})
        assert same.status_code == 304
        for change in (
            lambda: publishing.update_article(article=article, title="Snow"),
            lambda: publishing.update_article(
                article=article, section=sections.open_section("Sport")
            ),
            lambda: setattr(settings, "SITE_NAME", "The Other Paper"),
        ):
            change()
            after = Client().get(address, headers={"If-None-Match": before["ETag"]})
            assert after.status_code == 200
            assert after.content != before.content
            before = after

    def test_what_readers_may_not_see_has_none(self, make_article, sign_in, editor, reader):
        late = make_article("Late", published_at=timezone.now() + timedelta(hours=1))
        make_article("Draft", status="draft")
        make_article("Gone", status="withdrawn")
        for slug in ("late", "draft", "gone", "nothing"):
            address = f"/articles/{slug}/card.png"
            assert Client().get(address).status_code == 404
            assert sign_in(reader).get(address).status_code == 404
        answer = sign_in(editor).get("/articles/late/card.png")
        assert "private" in answer["Cache-Control"]
        assert Client().get("/articles/late/card.png").status_code == 404
        publishing.publish_article(article=late, published_at=timezone.now())
        assert Client().get("/articles/late/card.png").status_code == 200

    def test_few_queries(self, make_article):
        article = make_article("Rain")
        with CaptureQueriesContext(connection) as queries:
            Client().get(f"{article.get_absolute_url()}card.png")
        assert len(queries) == 2


@pytest.mark.pure
class TestDrawing:
    @pytest.mark.parametrize(
        "title",
        [
            "Rain", "Дождь идёт, и река поднимается: мост закрыт до утра", "Œuvre ß ŁÓDŹ Ελλάδα",
            "Two words " * 60, "x" * 20_000, "W" * 300, "i" * 300, "Already cut…", "…", "a" * 90,
            *VECTORS,
        ],
    )  # fmt: skip
    def test_any_title_is_drawn_within_its_place_and_time(self, title):
        start = time.monotonic()
        content = cards.draw_card(title, "Politics", "The Open Column")
        assert time.monotonic() - start < MOST_SECONDS
        assert inked(content, TITLE_BOX) > 20
        # The margins stay empty, and so does the line under the title.
        for box in ((0, 40, 60, 630), (1_140, 40, 1_200, 630), (0, 505, 1_200, 535)):
            assert inked(content, box) == 0

    def test_what_the_font_cannot_draw_is_left_out(self):
        bare = cards.draw_card("", "Politics", "The Open Column")
        assert inked(bare, TITLE_BOX) == 0
        assert inked(bare, SECTION_BOX) > 100 < inked(bare, NAME_BOX)
        assert cards.draw_card("中文标题没有字体", "Politics", "The Open Column") == bare
        assert cards.draw_card("Hello all there 👋", "S", "N") == (
            cards.draw_card("Hello all there ", "S", "N")
        )

    def test_cyrillic_letters_are_letters(self):
        """Not the box that stands for what a font has not."""
        words = [cards.draw_card(letters, "", "") for letters in ("Жж", "Яя", "Щщ")]
        assert len(set(words)) == 3

    def test_long_words_take_the_smaller_size_and_then_end_in_dots(self):
        size, lines = cards._fit("Short", 1_000)
        assert (size, lines) == (84, ["Short"])
        size, lines = cards._fit("Already cut…", 1_000)
        assert (size, lines) == (84, ["Already cut…"])
        size, lines = cards._fit("word " * 60, 1_000)
        assert size == 48
        assert lines[-1].endswith("word…")
