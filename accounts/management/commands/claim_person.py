"""``manage.py claim_person HANDLE EMAIL``: hand an imported name to whoever reads that mail."""

from io import BytesIO
from urllib.parse import urlsplit

from allauth.core.context import request_context
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import DisallowedHost
from django.core.handlers.wsgi import WSGIRequest
from django.core.management.base import BaseCommand, CommandError

from accounts import directory, membership


class Command(BaseCommand):
    help = (
        "Hands a name that came with an imported page to whoever reads the mail at an address: "
        "they get a link to set a password, and sign in with the name from then on."
    )

    def add_arguments(self, parser):
        parser.add_argument("handle", metavar="HANDLE", help="the name, exactly as it is shown")
        parser.add_argument("email", metavar="EMAIL", help="where the link is sent")
        parser.add_argument(
            "--site",
            metavar="URL",
            default=_usual_site(),
            help="the portal's own address, for the link (default: %(default)s)",
        )

    def handle(self, *, handle, email, site, **options):
        request = _request_to(site)
        try:
            person = directory.find_person(handle)
        except get_user_model().DoesNotExist:
            raise CommandError(f"Nobody here is called {handle!r}, letter for letter.") from None
        try:
            with request_context(request):
                membership.claim_person(by=None, person=person, email=email)
        except membership.MembershipError as refusal:
            raise CommandError(str(refusal)) from None
        except OSError as error:
            raise CommandError(f"The mail could not be sent ({error}). Run this again.") from None
        self.stdout.write(f"{person.handle}: a link to set a password went to {email}.")


def _usual_site():
    """The first address of the portal that the settings name."""
    if settings.CSRF_TRUSTED_ORIGINS:
        return settings.CSRF_TRUSTED_ORIGINS[0]
    host = next((host for host in settings.ALLOWED_HOSTS if host[0] not in "*."), "127.0.0.1")
    return f"http://{host}:{settings.PORT}"


def _request_to(site):
    """What a link in a mail is built from where there is no request to answer."""
    address = urlsplit(site)
    if address.scheme not in {"http", "https"} or not address.hostname:
        raise CommandError(f"--site {site}: give it as https://news.example.org")
    secure = address.scheme == "https"
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/",
        "HTTP_HOST": address.netloc,
        "SERVER_NAME": address.hostname,
        "SERVER_PORT": str(address.port or (443 if secure else 80)),
        "wsgi.url_scheme": address.scheme,
        "wsgi.input": BytesIO(),
    }
    if settings.SECURE_PROXY_SSL_HEADER and secure:
        header, value = settings.SECURE_PROXY_SSL_HEADER
        environ[header] = value
    request = WSGIRequest(environ)
    try:
        request.get_host()
    except DisallowedHost:
        raise CommandError(f"--site {site}: this host is not in ALLOWED_HOSTS.") from None
    return request
