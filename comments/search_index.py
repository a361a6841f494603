"""WRITE: the words of comments in the index that searches go through.

Written in the transaction of whoever writes the words: posting, editing, importing. Hiding,
restoring and withdrawing change nothing here: who may read a comment is asked of its own row.
"""

from django.db import transaction

from comments.fulltext import Entry, Index, id_at, place_of
from comments.lexicon import tokens_of
from comments.markup import plain_text
from comments.models import Comment

# On PostgreSQL: a word that is in one of 25 comments fills its page from so many.
INDEX = Index("comments_search", recent=5_000)
# What ``rebuild`` locks and writes at once: less than a second's work.
_REBUILT_AT_ONCE = 1_000


def author_label(person_id):
    return f"a·{person_id}"


def index_comment(comment):
    """Takes over what a comment says, new or changed: one INSERT."""
    INDEX.put([_entry_of(comment)])


def indexing_comment(comment):
    """What ``index_comment`` writes, for ``write_together``."""
    return INDEX.putting([_entry_of(comment)])


def index_comments(comments):
    """The same for many: models, or rows with the same names."""
    INDEX.put(map(_entry_of, comments))


def forget_places(comments):
    """Of comments as ``(posted_at, pk)``: for those that are now of another moment."""
    INDEX.remove(place_of(*each) for each in comments)


def rebuild(model=Comment, progress=None):
    """Indexes all comments anew, a portion a transaction, while others write and read.

    ``progress`` is called with how many were done. Locks the rows of each portion in the order
    of their ids. Returns how many there are. A migration passes the model as it was.
    """
    done = last = 0
    while True:
        with transaction.atomic():
            part = list(
                model.objects.filter(pk__gt=last)
                .order_by("pk")
                .select_for_update(of=("self",), no_key=True)
                .only("pk", "posted_at", "author_id", "text", "blocks", "html")[:_REBUILT_AT_ONCE]
            )
            index_comments(part)
        if not part:
            break
        last = part[-1].pk
        done += len(part)
        if progress:
            progress(done)
    _remove_strays(model)
    return done


def _remove_strays(model):
    """Takes away what stands where no comment is, or is any more."""
    behind = -(1 << 63)
    while places := INDEX.places(behind=behind, limit=_REBUILT_AT_ONCE):
        behind = places[-1]
        with transaction.atomic():
            there = model.objects.filter(pk__in=map(id_at, places)).select_for_update(
                of=("self",), no_key=True
            )
            right = {
                place_of(at, pk) for pk, at in there.order_by("pk").values_list("pk", "posted_at")
            }
            INDEX.remove(place for place in places if place not in right)


def _entry_of(comment):
    return Entry(
        place_of(comment.posted_at, comment.pk),
        # What was imported is kept as plain text, without what it quotes.
        tokens_of(plain_text(comment.html) if comment.blocks is None else comment.text),
        frozenset((author_label(comment.author_id),)),
    )
