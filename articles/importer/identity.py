"""READ: which article a saved page was imported as before, told by what it says.

Candidates are the
imported articles with the same title or the same file name. A candidate is the same page when

- title and file name are the same; or
- the title is, and most of the shorter body's paragraphs are and, where both have comments, one
  at least is (who, when, what words); or most of the fewer comments are;
- the file name is, and most of the shorter body and, where both have comments, most of those.

What an earlier file of the same run brought in is never overwritten by a later one.
Anything else is a new article.
"""

from collections import Counter

from articles import publishing
from articles.importer.records import Page
from articles.models import Article
from comments.matching import words_of

# A file name that more articles share than this ("index.txt") says nothing about them.
MAX_NAMESAKES = 50
# More than this part of what two pages say has to be the same for them to be one.
MOST = 0.5


def find_same_page(
    page: Page, origin: publishing.Origin, facts, untouchable: frozenset[int] = frozenset()
) -> Article | None:
    """The article that came from this page before, by the rules at the top of this module."""
    imported = Article.objects.exclude(source_title_digest="").select_related("discussion")
    by_title = list(imported.filter(source_title_digest=origin.title_digest).order_by("pk"))
    same = [article for article in by_title if digests_of(article) == digests_of(origin)]
    if same:
        return min(same, key=lambda article: (article.source != origin.source, article.pk))
    by_name = imported.filter(source=origin.source).exclude(source_title_digest=origin.title_digest)
    by_name = list(by_name.order_by("pk")[: MAX_NAMESAKES + 1])
    if len(by_name) > MAX_NAMESAKES:
        by_name = []
    likeness = [
        (_likeness(article, page, origin, facts), article)
        for article in [*by_title, *by_name]
        if article.pk not in untouchable
    ]
    best, found = max(likeness, key=lambda pair: pair[0], default=(0, None))
    return found if best > 0 else None


def _likeness(article, page, origin, facts):
    """0 for another page; the greater, the more alike."""
    same_title = article.source_title_digest == origin.title_digest
    same_source = article.source == origin.source
    body = _share(
        (block.text for block in page.blocks), (block["text"] for block in article.blocks)
    )
    imported = article.discussion.comments.filter(is_imported=True, blocks__isnull=False)
    known = [
        (handle, posted_at, words_of(blocks))
        for handle, posted_at, blocks in imported.values_list(
            "author__handle", "posted_at", "blocks"
        ).iterator()
    ]
    both_talk = bool(known and facts.posted)
    said = _share(facts.said(), known)
    if same_title and same_source:
        return 4 + body + said
    if same_title:
        alike = said > MOST or (body > MOST and (said > 0 or not both_talk))
    else:
        alike = body > MOST and (said > MOST or not both_talk)
    return body + said + same_title if alike else 0


def _share(ours, theirs):
    """Which part of the shorter of two lists stands in the other as well."""
    ours, theirs = Counter(ours), Counter(theirs)
    shorter = min(ours.total(), theirs.total())
    return (ours & theirs).total() / shorter if shorter else 0


def digests_of(origin):
    if isinstance(origin, Article):
        return (
            origin.source_title_digest, origin.source_body_digest, origin.source_comments_digest,
        )  # fmt: skip
    return origin.title_digest, origin.body_digest, origin.comments_digest
