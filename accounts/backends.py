"""Who somebody is who signs in."""

from allauth.account.auth_backends import AuthenticationBackend

from accounts import directory


class PortalBackend(AuthenticationBackend):
    """Allauth's, but the handle is found by an index.

    Allauth's own search ignores case by reading every person there is, and lets nobody in whose
    handle differs from another imported one by case only.
    """

    def _authenticate_by_username(self, username, password):
        if not username:
            return None
        return self._check_password(directory.person_signing_in(username), password)
