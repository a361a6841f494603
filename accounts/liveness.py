"""Whether a connection that stayed open still leads to PostgreSQL, without asking it.

Django asks with a statement of its own before each request, which is a tenth of a millisecond: as
much as most of ours take. A server that went away has closed the connection, and that can be seen
on this side: there is something to read where nobody has asked. Whatever it is, Django then asks.
What cannot be seen so, a network that lost the other side without a word, neither can be asked:
the question would wait as long as the next statement.
"""

import select


def look_before_asking(connection, **_) -> None:
    """To a PostgreSQL connection, as a receiver of ``connection_created``."""
    if connection.vendor != "postgresql" or "is_usable" in vars(connection):
        return
    ask = type(connection).is_usable
    connection.is_usable = lambda: _is_quiet(connection.connection) or ask(connection)


def _is_quiet(session) -> bool:
    if session.closed:
        return False
    looking = select.poll()
    looking.register(session, select.POLLIN)
    return not looking.poll(0)
