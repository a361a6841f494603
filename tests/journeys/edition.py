"""A small edition of the paper for journeys, written with the portal's own write functions."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from articles import publishing, sections
from articles.models import Article
from comments import discussions, moderation, posting
from comments.models import Comment

TITLE = "Kettle on the moon still warm after fifty years"
LEAD = "Nobody has admitted to putting it there, and the tea is still missing."
QUOTED = "We touched it with a glove and the glove was warm."
CREDIT = "Ada Lens, https://lens.example/kettle"
# Deeper than what a page shows under its first level, so that one link continues the thread.
DEEP_LEVELS = 10


@dataclass
class Edition:
    """What a journey needs to find its way: the article, its comments and who wrote them."""

    article: Article
    ada: User
    ben: User
    moderator: User
    first: Comment
    quoting: Comment
    deep: Comment
    hidden: Comment
    withdrawn: Comment

    @property
    def url(self):
        return self.article.get_absolute_url()

    @property
    def discussion(self):
        return discussions.discussion_of(self.article.discussion_id)


def publish(make_person):
    """Two sections, three articles, and a discussion with one of everything under the first."""
    ada = make_person("Ada Kettle", real_name="Ada K. Boyle")
    ben = make_person("Ben_of_the_very_long_name_Abcd")
    moderator = make_person("Mo Derate", role="moderator")
    now = timezone.now()
    science = sections.arrange_section(
        name="Science", slug="science", position=1, description="What is known, and since when."
    )
    sport = sections.arrange_section(name="Sport", slug="sport", position=2, description="")
    for number, section in enumerate((science, sport), 1):
        publishing.create_article(
            section=section,
            title=f"Another story, number {number}",
            blocks=[{"type": "paragraph", "text": "It happened, and then it was over."}],
            status="published",
            published_at=now - timedelta(days=number),
        )
    article = publishing.create_article(
        section=science,
        title=TITLE,
        lead=LEAD,
        blocks=[
            {"type": "paragraph", "text": "The kettle stands where it stood."},
            {"type": "quote", "text": QUOTED, "attribution": "says the second pilot."},
            {"type": "paragraph", "text": "Measurements go on."},
        ],
        photo_credits=[CREDIT],
        status="published",
        published_at=now - timedelta(hours=1),
        authors=[ada],
    )

    def post(by, text, parent=None):
        return posting.post_comment(by=by, discussion=article.discussion, parent=parent, text=text)

    first = post(ada, "The *first* comment, with [a link](https://example.org/) and `code`.")
    post(ben, "One reply to it.\n\n- a list\n- of two", parent=first)
    quoting = post(
        ben, f"> The first comment\n>\n> — [Ada Kettle](/comments/{first.pk}/)\n\nSo it is.", first
    )
    hidden = post(ada, "Words that nobody should read.")
    post(ben, "A reply under what is hidden.", parent=hidden)
    moderation.hide(by=moderator, comment=hidden, reason="Off topic")
    withdrawn = post(ben, "Words that I regret.")
    posting.withdraw_comment(by=ben, comment=withdrawn)
    deep = post(ben, f"Level 1 of {DEEP_LEVELS}, with {'a' * 80} in one word.")
    for level in range(2, DEEP_LEVELS + 1):
        deep = post(ada if level % 2 else ben, f"Level {level} of {DEEP_LEVELS}.", parent=deep)
        if level == DEEP_LEVELS - 3:
            shown_deep = deep
    return Edition(
        article=article,
        ada=ada,
        ben=ben,
        moderator=moderator,
        first=first,
        quoting=quoting,
        deep=shown_deep,
        hidden=hidden,
        withdrawn=withdrawn,
    )
