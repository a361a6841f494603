"""People who come with an imported page: many at once, each made once."""

import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import membership
from accounts.models import Origin, User

pytestmark = pytest.mark.django_db

HANDLES = ["Paul Boris", "paul boris", "<script>", "a/b", "..", "~1", "Łukasz\u200f", "x" * 150]


def test_handles_and_names_are_kept_letter_for_letter():
    names = dict.fromkeys(HANDLES) | {"G": "  Dr. <b>\u202eG  "}
    people = membership.import_people(names)
    assert people.keys() == names.keys()
    for handle, person in people.items():
        stored = User.objects.get(pk=person.pk)
        assert stored.handle == handle
        assert stored.real_name == (names[handle] or "")
        assert stored.origin == Origin.IMPORTED
        assert stored.awaits_claim
        assert not stored.has_usable_password()
        stored.save()
        assert User.objects.get(pk=person.pk).skeleton == person.skeleton


def test_importing_again_makes_and_changes_nothing():
    names = {"Paul Boris": "Paul B.", "gardener": None}
    first = membership.import_people(names)
    before = list(User.objects.order_by("pk").values())
    assert membership.import_people(names) == first
    assert list(User.objects.order_by("pk").values()) == before


def test_a_missing_real_name_is_filled_in_and_shows():
    person = membership.import_people({"gardener": None, "other": None})["gardener"]
    filled = membership.import_people({"gardener": "G. Old", "other": None})["gardener"]
    assert filled.pk == person.pk
    assert filled.real_name == "G. Old"
    stored = User.objects.get(pk=person.pk)
    assert stored.real_name == "G. Old"
    assert User.objects.get(handle="other").real_name == ""


def test_a_real_name_is_never_overwritten():
    membership.import_people({"gardener": "G. Old"})
    person = membership.import_people({"gardener": "Somebody Else"})["gardener"]
    assert person.real_name == User.objects.get().real_name == "G. Old"


def test_a_page_does_not_name_somebody_who_can_sign_in(make_person):
    ada = make_person("Ada")
    assert membership.import_people({"Ada": "Augusta Ada King"}) == {"Ada": ada}
    ada.refresh_from_db()
    assert ada.real_name == ""
    assert ada.origin == Origin.SIGNED_UP
    assert ada.has_usable_password()


def test_a_handle_that_cannot_be_kept_is_refused_before_anything_is_made():
    for handle in ("", "x" * 151):
        with pytest.raises(ValueError, match="1 to 150 characters"):
            membership.import_people({"fine": None, handle: None})
    assert not User.objects.exists()


def test_nobody_is_nothing():
    assert membership.import_people({}) == {}


def test_the_number_of_queries_does_not_grow_with_the_people():
    counts = {}
    for size in (3, 300):
        fresh = {f"{size} {number}": None for number in range(size)}
        filled = {handle: f"Name of {handle}" for handle in fresh}
        counts[size] = [_kinds(names) for names in (fresh, filled, filled)]
    if connection.features.max_query_params is None:
        assert counts[3] == counts[300]
        return
    # SQLite takes 999 parameters: 71 new people, or 199 names, in one statement.
    for few, many in zip(counts[3], counts[300], strict=True):
        assert few["SELECT"] == many["SELECT"]
        assert few["INSERT"] <= 1
        assert many["INSERT"] <= 5
        assert few["UPDATE"] <= 1
        assert many["UPDATE"] <= 2


def _kinds(names):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        membership.import_people(names)
    verbs = [query["sql"].split()[0] for query in captured.captured_queries]
    return {verb: verbs.count(verb) for verb in ("SELECT", "INSERT", "UPDATE")}


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_make_each_person_once():
    handles = [f"P{number}" for number in range(40)]
    start = threading.Barrier(2, timeout=10)
    found = []

    def run(names):
        try:
            start.wait()
            found.append(membership.import_people(names))
        finally:
            connection.close()

    orders = (dict.fromkeys(handles), dict.fromkeys(reversed(handles), "Named"))
    threads = [threading.Thread(target=run, args=[names]) for names in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert User.objects.count() == 40
    assert found[0] == found[1]
    assert set(User.objects.values_list("real_name", flat=True)) == {"Named"}
