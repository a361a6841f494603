"""Mail to people about their account that allauth does not send by itself."""

from collections.abc import Callable

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.core import context

from accounts.models import User


def password_link_mail(person: User) -> Callable[[], None]:
    """What to run on commit: sends allauth's own mail with the link to set a password.

    The link leads to the host of the request being answered now; a command line supplies one
    with ``allauth.core.context.request_context``. PASSWORD_RESET_TIMEOUT ends it. Running it
    raises ``OSError`` if the mail cannot be sent.
    """
    request = context.request

    def send() -> None:
        uid, key = user_pk_to_url_str(person), default_token_generator.make_token(person)
        with context.request_context(request):
            adapter = get_adapter(request)
            adapter.send_mail(
                "account/email/password_reset_key",
                person.email,
                {
                    "user": person,
                    "username": person.handle,
                    "password_reset_url": adapter.get_reset_password_from_key_url(f"{uid}-{key}"),
                    "uid": uid,
                    "key": key,
                },
            )

    return send
