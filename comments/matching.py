"""Which comments of a saved page are in the portal already. PURE but for the rows it is given."""

from collections import defaultdict, deque


class Matching:
    """Pairs the comments of a page with imported rows, one for one.

    ``threads`` are a page's comments (``comments.bulk.BulkComment``; ``pk`` is set on those
    that are found), ``present`` the rows of the discussion, ``first_blocks`` the blocks that
    rows had before their author edited them here, by id.

    Under the same parent they are told by author, moment and words, then by author and moment
    (mended words), author and words (a mended date), moment and words (a mended name). What is
    left over is looked for anywhere in the discussion, and taken where exactly one fits.
    """

    def __init__(self, threads, parents, present, first_blocks):
        self.threads = threads
        self.parents = parents
        self.found = {}
        self._left = {}
        self._words = {}
        self._siblings = defaultdict(list)
        for row in sorted(present, key=lambda each: (each.position, each.pk)):
            if row.is_imported:
                self._left[row.pk] = row
                self._words[row.pk] = words_of(row.blocks or first_blocks.get(row.pk) or ())
                self._siblings[row.parent_id].append(row)

    def run(self):
        """Returns ``{page comment: row}``."""
        level = [(None, self.threads)] if self._left else []
        while level:
            for parent_pk, replies in level:
                self._pair_siblings(replies, self._siblings.get(parent_pk, ()))
            found = [comment for _, replies in level for comment in replies if comment.pk]
            level = [(comment.pk, comment.children) for comment in found if comment.children]
            if not level:
                found = self._pair_anywhere()
                level = [(comment.pk, comment.children) for comment in found if comment.children]
        return self.found

    def _keys(self):
        words = self._words

        def of(comment):
            own = words[comment.pk] if comment.pk else words_of(comment.blocks)
            return comment.author_id, comment.posted_at, own

        return (
            of,
            lambda comment: of(comment)[:2],
            lambda comment: (of(comment)[0], of(comment)[2]),
            lambda comment: of(comment)[1:],
        )

    def _pair_siblings(self, replies, rows):
        for key in self._keys():
            waiting = [reply for reply in replies if reply.pk is None]
            rows = [row for row in rows if row.pk in self._left]
            if not waiting or not rows:
                return
            pools = defaultdict(deque)
            for row in rows:
                pools[key(row)].append(row)
            for reply in waiting:
                pool = pools.get(key(reply))
                if pool:
                    self._pair(reply, pool.popleft())

    def _pair_anywhere(self):
        found = []
        for key in self._keys()[:3]:
            waiting = [reply for reply in self.parents if reply.pk is None]
            if not waiting or not self._left:
                break
            pools, askers = defaultdict(list), defaultdict(list)
            for row in self._left.values():
                pools[key(row)].append(row)
            for reply in waiting:
                askers[key(reply)].append(reply)
            for wanted, replies in askers.items():
                pool = pools.get(wanted, ())
                if len(pool) == len(replies) == 1:
                    self._pair(replies[0], pool[0])
                    found.append(replies[0])
            if found:
                break
        return found

    def _pair(self, reply, row):
        reply.pk = row.pk
        self.found[reply] = row
        del self._left[row.pk]


def words_of(blocks):
    """All the words of a comment, quotations too, to tell whether two are the same comment."""
    words, stack = [], list(reversed(blocks))
    while stack:
        block = stack.pop()
        words.append((block.get("author"), block["text"]))
        stack.extend(reversed(block.get("inner", ())))
    return tuple(words)
