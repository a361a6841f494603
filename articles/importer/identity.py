"""READ: which article a saved page was imported as before, told by what it says.

What a page said at the last import is known by its digests, whatever editors changed here since.
Candidates are the imported articles with the same title or the same file name. One that says
exactly the same is the same page. Else it is

- with the same title and file name, when a paragraph or a comment is the same, or is mended:
  half of the words of the longer body are, or of a comment by the same author at the same time;
- with the same title alone, when most of the shorter body is the same and, where both have
  comments, one at least is; or when most of the fewer comments are;
- with the same file name alone, when most of the longer body is and, where both have comments,
  most of the fewer.

Comments are the same when author, time and words are; one without words tells nothing. Anything
else is a new article. What an earlier file of the same run brought in is never overwritten by a
later one.
"""

import re
from collections import Counter

from articles import markup, publishing
from articles.importer.records import Page
from articles.models import Article
from comments.matching import words_of

# A title or a file name that more articles share than this ("index.txt") says nothing about them.
MAX_NAMESAKES = 50
# More than this part of what two pages say has to be the same for them to be one.
MOST = 0.5
# A mended text keeps at least this part of its words.
MENDED = 0.5


def find_same_page(
    page: Page, origin: publishing.Origin, facts, untouchable: frozenset[int] = frozenset()
) -> Article | None:
    """The article that came from this page before, by the rules at the top of this module."""
    title, body, comments = digests_of(origin)
    imported = Article.objects.exclude(source_title_digest="")
    by_title = imported.filter(source_title_digest=title)
    same = by_title.filter(source_body_digest=body, source_comments_digest=comments)
    same = min(
        ((found != origin.source, pk) for pk, found in same.values_list("pk", "source")),
        default=None,
    )
    if same:
        return Article.objects.select_related("discussion").get(pk=same[1])
    by_name = imported.filter(source=origin.source)
    likeness = [
        (_likeness(article, page, origin, facts), article)
        for article in _candidates(
            [
                by_title.filter(source=origin.source),
                by_title.exclude(source=origin.source),
                by_name.exclude(source_title_digest=title),
            ],
            untouchable,
        )
    ]
    best, found = max(likeness, key=lambda pair: pair[0], default=(0, None))
    return found if best > 0 else None


def _candidates(queries, untouchable):
    for query in queries:
        found = query.order_by("pk").values_list("pk", flat=True)
        found = [pk for pk in found if pk not in untouchable]
        if len(found) <= MAX_NAMESAKES:
            yield from Article.objects.select_related("discussion").filter(pk__in=found)


def _likeness(article, page, origin, facts):
    """0 for another page; the greater, the more alike."""
    same_title = article.source_title_digest == origin.title_digest
    same_source = article.source == origin.source
    ours = [block.text for block in page.blocks]
    # An editor may have given a paragraph a form: its words are still the page's.
    texts = markup.texts_in(article.blocks)
    theirs = [each.get("text") or markup.words_of(each) for each in texts]
    body, whole_body = _shares(ours, theirs)
    if article.source_body_digest == origin.body_digest:
        body = whole_body = 1
    talk = _Talk(article, origin, facts)
    if same_title and same_source:
        alike = (ours and body) or talk.said or _is_mended(ours, theirs) or talk.is_mended()
        return 4 + body + talk.said if alike else 0
    if same_title:
        alike = talk.said > MOST or (body > MOST and (talk.said or not talk.on_both))
    else:
        alike = whole_body > MOST and (talk.said > MOST or not talk.on_both)
    return body + talk.said + same_title if alike else 0


class _Talk:
    """The page's comments and those that were imported into the article, side by side.

    ``said`` is the part of the fewer that stands among the others too, ``on_both`` whether
    there are any on either side. Comments without words are left out.
    """

    def __init__(self, article, origin, facts):
        self.ours = [each for each in facts.said() if each[2]]
        imported = article.discussion.comments.filter(is_imported=True, blocks__isnull=False)
        found = imported.values_list("author__handle", "posted_at", "blocks").iterator()
        known = ((handle, posted_at, words_of(blocks)) for handle, posted_at, blocks in found)
        self.theirs = [each for each in known if each[2]]
        self.on_both = bool(self.ours and self.theirs)
        self.said, _ = _shares(self.ours, self.theirs)
        if self.on_both and article.source_comments_digest == origin.comments_digest:
            self.said = 1

    def is_mended(self):
        """Whether somebody says at the same minute what is nearly the same."""
        known = {(handle, posted_at): words for handle, posted_at, words in self.theirs}
        return any(
            _is_mended([text for _, text in words], [text for _, text in known[handle, posted_at]])
            for handle, posted_at, words in self.ours
            if (handle, posted_at) in known
        )


def _is_mended(ours, theirs):
    words = [re.findall(r"\w+", "\n".join(texts).casefold()) for texts in (ours, theirs)]
    return _shares(*words)[1] >= MENDED


def _shares(ours, theirs):
    """Which part of the shorter of two lists stands in the other as well, and of the longer."""
    ours, theirs = Counter(ours), Counter(theirs)
    common = (ours & theirs).total()
    shorter, longer = sorted((ours.total(), theirs.total()))
    return common / shorter if shorter else 0, common / longer if longer else 0


def digests_of(origin):
    if isinstance(origin, Article):
        return (
            origin.source_title_digest, origin.source_body_digest, origin.source_comments_digest,
        )  # fmt: skip
    return origin.title_digest, origin.body_digest, origin.comments_digest
