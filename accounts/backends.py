"""Who somebody is who signs in."""

from allauth.account.auth_backends import AuthenticationBackend

from accounts import directory
from accounts.models import User
from accounts.statements import Instances

_PERSON = Instances(User, lambda *, pk: User.objects.filter(pk=pk))


class PortalBackend(AuthenticationBackend):
    """Allauth's, but the handle is found by an index.

    Allauth's own search ignores case by reading every person there is, and lets nobody in whose
    handle differs from another imported one by case only.
    """

    def get_user(self, user_id):
        """Whose session it is, as Django's; asked with every request of somebody signed in."""
        found = _PERSON(pk=user_id)
        return found[0] if found and self.user_can_authenticate(found[0]) else None

    def _authenticate_by_username(self, username, password):
        if not username:
            return None
        return self._check_password(directory.person_signing_in(username), password)
