"""People and mail, as the tests of this room need them."""

import re

import pytest
from allauth.account.models import EmailAddress

from accounts.models import User

PASSWORD = "correct-horse-battery"


@pytest.fixture
def make_person(db):
    """Somebody who can sign in with PASSWORD, with any field as a test needs it."""

    def make(handle="Ada", role="reader", **fields):
        fields.setdefault("email", f"{handle.lower().replace(' ', '.')}@example.org")
        person = User.objects.create_user(handle, password=PASSWORD, role=role, **fields)
        EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=True)
        return person

    return make


@pytest.fixture
def link_in(mailoutbox):
    """The path of the link in the newest mail, which went to ``address``."""

    def find(address):
        newest = mailoutbox[-1]
        assert newest.to == [address]
        return re.search(r"https?://testserver(/\S+)", newest.body)[1]

    return find
