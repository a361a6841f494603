"""Where sessions are kept: Django's own table, asked by a statement that is compiled once."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.statements import Instances

_SESSION = Instances(
    Session,
    lambda *, session_key, now: Session.objects.filter(
        session_key=session_key, expire_date__gt=now
    ),
)


class SessionStore(db.SessionStore):
    """Django's session store; every request of somebody signed in begins with it."""

    def _get_session_from_db(self):
        key = self.session_key or ""
        # A cookie may hold anything, and PostgreSQL refuses to be asked for some of it.
        found = _SESSION(session_key=key, now=timezone.now()) if key.isalnum() else []
        if found:
            return found[0]
        self._session_key = None
        return None
