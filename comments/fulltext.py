"""An index of tokens in the database: FTS5 on SQLite, a tsvector with a GIN index on PostgreSQL.

Both get the same tokens at the same positions (``comments.lexicon`` makes them), so that both
find the same. An index knows words and places, and no more: who may read what is asked of the
rows themselves when somebody searches, so nothing that is published, hidden or restored has to
touch it.

A row's *place* is one number made of its minute and its id: it orders the rows by time, says
which row it is, and is what pages are cut by.
"""

from dataclasses import dataclass
from itertools import chain, islice

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models.expressions import RawSQL

from accounts.statements import Write

# A place's lower bits are the id, the upper ones minutes: that reaches from year 1 to 9999.
_ID_BITS = 31
_ID_MASK = (1 << _ID_BITS) - 1
_LOWEST, _HIGHEST = -(1 << 63), (1 << 63) - 1

# PostgreSQL's tsvector has positions up to 16,383, at most 255 of a word, and a megabyte in all.
# Words beyond are found, but not as parts of a phrase; on SQLite neither, to agree.
_MOST_POSITIONS = 16_000
_MOST_OF_A_WORD = 250
_MOST_BYTES = 600_000
_BYTES_A_TOKEN = 160
# Stands where a phrase must not reach across. No token: lexicon makes them of letters.
GAP = "·"
# Every row has it, for a search without words.
EVERY = f"e{GAP}"

# So many rows that have the words are asked whether they may be read and fit what was chosen;
# some 30 ms. The page then says from where on to look further.
LOOKED_THROUGH = 5_000
_INSERTED_AT_ONCE = 500
_QUOTED = "'{}'"


def place_of(moment, pk):
    """The place of a row: its minute, then its id. Without a moment, long ago."""
    minutes = int(moment.timestamp() // 60) if moment is not None else 0
    return (minutes << _ID_BITS) | (pk & _ID_MASK)


def place_at(moment):
    """The first place of a minute: all earlier rows lie below it."""
    return place_of(moment, 0)


def id_at(place):
    return place & _ID_MASK


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of an index: ``tokens`` in the order of the text, with ``GAP`` between its parts.

    ``labels`` are tokens that have no place in it, such as who wrote it.
    """

    place: int
    tokens: list
    labels: frozenset = frozenset()


@dataclass(frozen=True, slots=True)
class Match:
    """What to look for. A phrase is a tuple of tokens that stand side by side.

    ``every`` phrase has to be there, one of each group in ``one_of``, and of no set of phrases in
    ``never`` all of them.
    """

    every: tuple = ()
    one_of: tuple = ()
    never: tuple = ()

    def loosened(self):
        """The same without regard to what stands side by side: it finds all of it, and more."""
        return Match(
            every=tuple(dict.fromkeys((token,) for phrase in self.every for token in phrase)),
            one_of=self.one_of,
            never=tuple(
                phrases for phrases in self.never if all(len(each) == 1 for each in phrases)
            ),
        )


class Index:
    """The index in ``table``, which a migration makes with ``create``."""

    def __init__(self, table, *, recent):
        """``recent``: on PostgreSQL, so many of the latest rows are looked at one by one.

        What is in many rows is found among them at once, which spares collecting all the others;
        what is not comes from the index.
        """
        self.table = table
        self.recent = recent

    def create(self, schema_editor):
        """Makes the table: for migrations."""
        if schema_editor.connection.vendor == "sqlite":
            # What parts tokens is a blank, and every letter beyond ASCII is left as it is.
            schema_editor.execute(
                f"CREATE VIRTUAL TABLE {self.table} USING fts5(words, tokenize = 'ascii')"
            )
            return
        schema_editor.execute(
            f"CREATE TABLE {self.table} (place bigint PRIMARY KEY, words tsvector NOT NULL)"
        )
        # A short list of what is new keeps both a post and a search quick.
        schema_editor.execute(
            f"CREATE INDEX {self.table}_words ON {self.table} USING gin (words) "
            f"WITH (fastupdate = on, gin_pending_list_limit = 256)"
        )

    def drop(self, schema_editor):
        schema_editor.execute(f"DROP TABLE {self.table}")

    def put(self, entries):
        """Inserts these entries, in place of those at their places: one INSERT for 500."""
        entries = iter(entries)
        while part := list(islice(entries, _INSERTED_AT_ONCE)):
            _execute(*self._insert(part))

    def putting(self, entries):
        """What ``put`` writes of a few entries, for ``write_together``."""
        return Write(DEFAULT_DB_ALIAS, lambda _: self._insert(entries))

    def _insert(self, entries):
        row = "(%s, %s)" if _on_sqlite() else "(%s, %s::tsvector)"
        written = _as_text if _on_sqlite() else _as_vector
        rows = ", ".join([row] * len(entries))
        if _on_sqlite():
            sql = f"INSERT OR REPLACE INTO {self.table} (rowid, words) VALUES {rows}"  # noqa: S608
        else:
            sql = (
                f"INSERT INTO {self.table} (place, words) VALUES {rows} "  # noqa: S608
                f"ON CONFLICT (place) DO UPDATE SET words = EXCLUDED.words"
            )
        values = [(entry.place, written(entry)) for entry in entries]
        return sql, list(chain.from_iterable(values))

    def remove(self, places):
        """Takes the entries at these places away."""
        places = iter(places)
        while part := list(islice(places, _INSERTED_AT_ONCE)):
            marks = ", ".join(["%s"] * len(part))
            _execute(f"DELETE FROM {self.table} WHERE {_place()} IN ({marks})", part)  # noqa: S608

    def places(self, *, behind, limit):
        """The places behind one of them, rising: for who goes through all."""
        sql = (
            f"SELECT {_place()} FROM {self.table} WHERE {_place()} > %s "  # noqa: S608
            f"ORDER BY {_place()} LIMIT %s"
        )
        return [place for (place,) in _fetch(sql, [behind, limit])]

    def search(self, match, *, readable, limit, since=None, below=None, recent=None):
        """The latest ``limit`` places with these words, of rows that may be read.

        ``readable`` is a queryset with ``found_row()`` among its conditions. ``since`` and
        ``below`` are places, ``recent`` is how many rows are looked at first instead of what the
        index has for that. Returns ``(places, the place down to which was looked, or None)``:
        the second one where ``LOOKED_THROUGH`` rows had the words and few were to be read.
        One statement, or three on PostgreSQL with ``recent``; one more where few are found.
        """
        since = _LOWEST if since is None else since
        below = _HIGHEST if below is None else below
        spans = [(since, below)]
        recent = self.recent if recent is None else recent
        if recent and not _on_sqlite():
            spans = self._spans(since, below, recent)
        found = []
        for is_old, (start, end) in enumerate(spans, len(spans) == 1):
            having, values = self._having(match, start, end, is_old)
            found += self._readable_among(having, values, readable, limit - len(found))
            if len(found) >= limit:
                return found, None
        if not _on_sqlite():
            having, values = self._having(match.loosened(), start, end, is_old)
        last = f"SELECT found.place FROM ({having}) found LIMIT 1 OFFSET %s"  # noqa: S608
        looked_at = _fetch(last, [*values, LOOKED_THROUGH - 1])
        return found, looked_at[0][0] if looked_at else None

    def _spans(self, since, below, recent):
        """The places between two of them in two halves, the recent rows first."""
        sql = (
            f"SELECT place FROM {self.table} WHERE place >= %s AND place < %s "  # noqa: S608
            f"ORDER BY place DESC OFFSET %s LIMIT 1"
        )
        edge = _fetch(sql, [since, below, recent])
        return [(edge[0][0], below), (since, edge[0][0])] if edge else [(since, below)]

    def _readable_among(self, having, values, readable, limit):
        readable_sql, readable_values = readable.order_by().values("pk").query.sql_with_params()
        # A subquery that gives one value is run for each row in turn, and no further than
        # LIMIT: a join would begin by reading all rows that may be read. SQLite hands the
        # places on as they come, and would sort all of them anew if it were asked to.
        order = "" if _on_sqlite() else "ORDER BY found.place DESC"
        sql = (
            f"SELECT found.place FROM ({having}) found "  # noqa: S608
            f"WHERE ({readable_sql} LIMIT 1) IS NOT NULL {order} LIMIT %s"
        )
        return [place for (place,) in _fetch(sql, [*values, *readable_values, limit])]

    def _having(self, match, since, below, is_old):
        """The places that have the words, the latest first, ``LOOKED_THROUGH`` of them."""
        if _on_sqlite():
            sql = (
                f"SELECT rowid AS place FROM {self.table} WHERE {self.table} MATCH %s "  # noqa: S608
                f"AND rowid >= %s AND rowid < %s ORDER BY rowid DESC LIMIT {LOOKED_THROUGH}"
            )
            return sql, [_as_fts5(match), since, below]
        # Among the old, OFFSET 0 keeps the planner from going through all of them by time in the
        # hope that many have the words. Whether they stand side by side, the index does not know,
        # and rows have to be read for it: that is asked of the latest with all the words.
        fence = "OFFSET 0" if is_old else ""
        words = match.loosened()
        sql = (
            f"SELECT place FROM (SELECT place FROM {self.table} "  # noqa: S608
            f"WHERE words @@ %s::tsquery AND place >= %s AND place < %s {fence}) having_words "
            f"ORDER BY place DESC LIMIT {LOOKED_THROUGH}"
        )
        values = [_as_tsquery(words), since, below]
        if words != match:
            sql = (
                f"SELECT place FROM ({sql}) having_words WHERE (SELECT words @@ %s::tsquery "  # noqa: S608
                f"FROM {self.table} itself WHERE itself.place = having_words.place)"
            )
            values.append(_as_tsquery(match))
        return sql, values


def found_row():
    """The id at the place that ``Index.search`` has found, for a condition on ``pk``."""
    return RawSQL(f"(found.place & {_ID_MASK})", [])  # noqa: S611  a number of our own


def _on_sqlite():
    return connection.vendor == "sqlite"


def _place():
    return "rowid" if _on_sqlite() else "place"


def _execute(sql, values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def _fetch(sql, values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def _laid_out(entry):
    """``(tokens by position, tokens without one)``, the same for both databases."""
    placed = entry.tokens[:_MOST_POSITIONS]
    others = {EVERY, *entry.labels, *entry.tokens[_MOST_POSITIONS:]}
    others.discard(GAP)
    if len(placed) > _MOST_OF_A_WORD:
        placed = _thinned(placed)
    others.difference_update(placed)
    if (len(placed) + len(others)) * _BYTES_A_TOKEN > _MOST_BYTES:
        placed, others = _lightened(placed, sorted(others))
    return placed, sorted(others)


def _thinned(tokens):
    """The tokens with gaps in place of those that came more often than can be kept."""
    counts, kept = {}, []
    for token in tokens:
        counts[token] = counts.get(token, 0) + 1
        kept.append(token if counts[token] <= _MOST_OF_A_WORD else GAP)
    return kept


def _lightened(placed, others):
    """What of a very long text fits, its beginning first."""
    room, known = _MOST_BYTES, set()
    for token in chain(others, placed):
        # Beside its letters a token takes eight bytes, and two for each position.
        room -= 2 if token in known else len(token.encode()) + 8
        if room < 0:
            break
        known.add(token)
    return [token if token in known else GAP for token in placed], known.intersection(others)


def _as_text(entry):
    placed, others = _laid_out(entry)
    return f" {GAP} ".join([" ".join(placed), *others])


def _as_vector(entry):
    placed, others = _laid_out(entry)
    positions = {}
    for at, token in enumerate(placed, 1):
        if token != GAP:
            positions.setdefault(token, []).append(str(at))
    written = [f"{_QUOTED.format(token)}:{','.join(at)}" for token, at in positions.items()]
    return " ".join([*written, *map(_QUOTED.format, others)])


def _as_fts5(match):
    def phrase(tokens):
        return f'"{" ".join(tokens)}"'

    wanted = [phrase(each) for each in match.every]
    wanted += [f"({' OR '.join(map(phrase, group))})" for group in match.one_of]
    query = f"({' AND '.join(wanted or [phrase((EVERY,))])})"
    for group in match.never:
        query = f"({query} NOT ({' AND '.join(map(phrase, group))}))"
    return query


def _as_tsquery(match):
    def phrase(tokens):
        return f"({' <-> '.join(map(_QUOTED.format, tokens))})"

    wanted = [phrase(each) for each in match.every]
    wanted += [f"({' | '.join(map(phrase, group))})" for group in match.one_of]
    wanted = wanted or [phrase((EVERY,))]
    wanted += [f"!({' & '.join(map(phrase, group))})" for group in match.never]
    return " & ".join(wanted)
