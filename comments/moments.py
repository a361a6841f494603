"""READ: when what readers can see changes next by itself, because a moment comes."""

from datetime import UTC

from django.db import connections, router
from django.utils.dateparse import parse_datetime

from comments.models import A_READ, Discussion
from comments.prepared import run_on

_OWN = ((Discussion, "readable_from"), (Discussion, "readable_until"))


def next_change(now, *besides):
    """When the next page opens to readers, or is taken away from them; None if none will be.

    ``besides`` are ``(model, name of a moment)``, each with an index, that change something, too.
    What came within ``A_READ`` is told, too. One query, which reads the ends of indexes. Whatever
    lists pages is right until then.
    """
    connection = connections[router.db_for_read(Discussion)]
    columns = [*_OWN, *besides]
    # By hand, for Django puts no limits and no order into a UNION on SQLite.
    sql = " UNION ALL ".join(
        f"SELECT MIN({name}) AS moment FROM {model._meta.db_table} WHERE {name} > %s"  # noqa: S608  CONFIG: names of ours
        for model, name in columns
    )
    asked = connection.ops.adapt_datetimefield_value(now - A_READ)
    with connection.cursor() as cursor:
        sql = f"SELECT MIN(moment) FROM ({sql}) AS moments"  # noqa: S608  CONFIG: as above
        run_on(connection, cursor, sql, [asked] * len(columns), [True] * len(columns))
        (moment,) = cursor.fetchone()
    # SQLite keeps moments as text, in UTC.
    return parse_datetime(moment).replace(tzinfo=UTC) if isinstance(moment, str) else moment
