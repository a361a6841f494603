"""How long a text takes to read: told on the page, stored with the text."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles import publishing, stories, updates
from articles.reading_time import WORDS_PER_MINUTE, minutes_of, reading_label


def words(number):
    return [{"type": "paragraph", "text": "word " * number}]


@pytest.mark.pure
@pytest.mark.parametrize(
    ("rendered", "minutes"),
    [
        ("", 0),
        ("<p></p>", 0),
        ("<p>One.</p>", 1),
        ("<p>" + "word " * WORDS_PER_MINUTE + "</p>", 1),
        ("<p>" + "word " * (WORDS_PER_MINUTE + 1) + "</p>", 2),
        # Marks, attributes and entities are no words; what an apostrophe joins is one.
        ('<figure class="quote"><p>&amp; &lt; — …</p></figure>', 0),
        ("<p>" + "don’t " * WORDS_PER_MINUTE + "</p>", 1),
        ("<p>" + "слово " * 3 * WORDS_PER_MINUTE + "</p>", 3),
        ("<p>" + "漢" * 391 + "</p>", 2),
    ],
)
def test_minutes(rendered, minutes):
    assert minutes_of(rendered) == minutes


@pytest.mark.pure
def test_a_label():
    assert [reading_label(0), reading_label(1), reading_label(12)] == [
        "", "1 min read", "12 min read",
    ]  # fmt: skip


def test_the_page_says_it_and_follows_the_text(client, make_article):
    article = make_article("Long", blocks=words(5 * WORDS_PER_MINUTE))
    assert "<span>5 min read</span>" in client.get("/articles/long/").content.decode()
    publishing.update_article(article=article, blocks=words(10))
    assert "<span>1 min read</span>" in client.get("/articles/long/").content.decode()


def test_a_scheduled_text_has_its_own(make_article):
    article = make_article("Long", blocks=words(10))
    moment = timezone.now() + timedelta(hours=1)
    updates.schedule_update(
        article=article, takes_effect_at=moment, blocks=words(3 * WORDS_PER_MINUTE)
    )
    now, then = (stories.article_page(stories.article("long"), now=at)[0] for at in (None, moment))
    assert (now.reading_label, then.reading_label) == ("1 min read", "3 min read")
