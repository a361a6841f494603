"""WRITE: the words of articles in the index that searches go through.

For ``publishing``, in its transactions. Drafts are in it too: who may read an article is asked of
its own row, so that one appears the second it is published and nothing has to be written then.
"""

from collections import Counter

from django.db import transaction

from articles import spelling
from articles.markup import text_of
from articles.models import Article, Byline, SpellingKey
from comments.fulltext import GAP, Entry, Index, id_at, place_of
from comments.lexicon import STOP_WORDS, folded_words, token_of, tokens_of

INDEX = Index("articles_search", recent=0)
# What an article says so often, or in its first paragraph, it is about.
OFTEN = 3
# Where a token stands, from the best: in the title; there or in the lead; in what the article is
# about; anywhere. Each is a label on the token, so that one look at the index tells.
RANKS = (f"t{GAP}", f"l{GAP}", f"m{GAP}", "")
_REBUILT_AT_ONCE = 200
_STOP_TOKENS = frozenset(map(token_of, STOP_WORDS))


def section_label(section_id):
    return f"s{GAP}{section_id}"


def author_label(person_id):
    return f"a{GAP}{person_id}"


def index_article(article, *, was_published_at=None):
    """Takes over what an article says, who wrote it and where it stands.

    ``was_published_at`` is the moment it had until now. Five statements at most.
    """
    if (old := place_of(was_published_at, article.pk)) != place_of(
        article.published_at, article.pk
    ):
        INDEX.remove([old])
    authors = Byline.objects.filter(article_id=article.pk, person_id__isnull=False)
    authors = authors.values_list("person_id", flat=True)
    entry, words = _read_article(article, authors)
    INDEX.put([entry])
    spelling.learn_words(words)


def index_articles(articles):
    """The same for many new ones at once."""
    _index_all(articles, Byline, SpellingKey)


def rebuild(models=(Article, Byline, SpellingKey), progress=None):
    """Indexes all articles anew, a portion a transaction, while others write and read.

    ``progress`` is called with how many were done. Locks the rows of each portion in the order
    of their ids. Returns how many there are. A migration passes the models as they were.
    """
    article_model, byline_model, key_model = models
    done = last = 0
    while True:
        with transaction.atomic():
            part = list(
                article_model.objects.filter(pk__gt=last)
                .order_by("pk")
                .select_for_update(of=("self",), no_key=True)
                .only("pk", "title", "lead", "html", "section_id", "published_at")[
                    :_REBUILT_AT_ONCE
                ]
            )
            if part:
                last = part[-1].pk
                _index_all(part, byline_model, key_model)
        if not part:
            break
        done += len(part)
        if progress:
            progress(done)
    _remove_strays(article_model)
    return done


def _index_all(articles, byline_model, key_model):
    authors = {}
    bylines = byline_model.objects.filter(
        article_id__in=[each.pk for each in articles], person_id__isnull=False
    )
    for article_id, person_id in bylines.values_list("article_id", "person_id"):
        authors.setdefault(article_id, []).append(person_id)
    read = [_read_article(each, authors.get(each.pk, ())) for each in articles]
    INDEX.put(entry for entry, _ in read)
    spelling.learn_words(set().union(*(words for _, words in read)), key_model)


def _remove_strays(article_model):
    """Takes away what stands where no article is, or is any more."""
    behind = -(1 << 63)
    while places := INDEX.places(behind=behind, limit=_REBUILT_AT_ONCE):
        behind = places[-1]
        with transaction.atomic():
            there = (
                article_model.objects.filter(pk__in=map(id_at, places))
                .order_by("pk")
                .select_for_update(of=("self",), no_key=True)
            )
            right = {place_of(at, pk) for pk, at in there.values_list("pk", "published_at")}
            INDEX.remove(place for place in places if place not in right)


def _read_article(article, authors):
    """``(entry of the index, folded words that it is about)``."""
    text = text_of(article.html)
    title, lead, body = map(tokens_of, (article.title, article.lead, text))
    opening = text.partition("\n")[0]
    about = {token for token, times in Counter(body).items() if times >= OFTEN}
    about = about.union(tokens_of(opening)) - _STOP_TOKENS
    in_title, in_head = set(title), {*title, *lead}
    by_rank = zip(RANKS, (in_title, in_head, in_head | about), strict=False)
    labels = {rank + token for rank, tokens in by_rank for token in tokens}
    labels.add(section_label(article.section_id))
    labels.update(map(author_label, authors))
    entry = Entry(
        place_of(article.published_at, article.pk),
        [*title, GAP, *lead, GAP, *body],
        frozenset(labels),
    )
    words = folded_words(f"{article.title}\n{article.lead}\n{opening}")
    words.update(word for word in folded_words(text) if token_of(word) in about)
    return entry, words
