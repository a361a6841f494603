"""In whose language a page is, and a letter: what somebody chose, the browser's, the site's."""

import html
import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import HttpResponse, HttpResponseNotModified
from django.test import Client, RequestFactory
from django.utils import timezone, translation

from accounts import membership
from accounts.middleware import speak_their_language
from accounts.models import User
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db

RUSSIAN = {"HTTP_ACCEPT_LANGUAGE": "ru-RU,ru;q=0.9,en;q=0.8"}
GERMAN = {"HTTP_ACCEPT_LANGUAGE": "de"}
# What is no word of ours: names of things, addresses, and what stands in Latin in Russian too.
NO_WORD = re.compile(
    r"The Open Column|English|cookie|https?://\S+|\S+@\S+|example\.org|UTC|Ada Reader|EMAIL_URL"
)


def language_of(page):
    """What a page says of itself, in its header and in its HTML."""
    found = re.search(r'<html lang="([\w-]+)"', page.content.decode())
    assert found[1] == page["Content-Language"]
    return found[1]


def varies_by_browser(page):
    return "Accept-Language" in page.get("Vary", "")


def latin_words(page):
    """Words in Latin letters that a reader of the page sees, or has read out."""
    text = page.content.decode()
    body = re.sub(r"<(script|style)\b.*?</\1>", "", text, flags=re.DOTALL)
    spoken = re.findall(r'(?:aria-label|title|alt|placeholder)="([^"]*)"', body)
    buttons = re.findall(r'<input type="submit"[^>]*value="([^"]*)"', body)
    seen = html.unescape(" ".join([re.sub(r"<[^>]+>", " ", body), *spoken, *buttons]))
    return re.findall(r"[A-Za-z]{2,}", NO_WORD.sub(" ", seen))


# --- whose language ---


@pytest.mark.parametrize(
    ("chosen", "path", "browser", "spoken", "varies"),
    [
        (None, "/", {}, "en", False),
        (None, "/", RUSSIAN, "en", False),
        (None, "/latest/", RUSSIAN, "en", False),
        (None, "/nothing/here/", RUSSIAN, "en", False),
        (None, "/accounts/login/", {}, "en", True),
        (None, "/accounts/login/", RUSSIAN, "ru", True),
        (None, "/accounts/login/", GERMAN, "en", True),
        ("", "/", RUSSIAN, "en", False),
        ("", "/accounts/", RUSSIAN, "ru", True),
        ("", "/accounts/", {}, "en", True),
        ("ru", "/", {}, "ru", False),
        ("ru", "/accounts/", {"HTTP_ACCEPT_LANGUAGE": "en"}, "ru", False),
        ("ru", "/nothing/here/", {}, "ru", False),
        ("en", "/accounts/", RUSSIAN, "en", False),
        # Nobody's since the settings changed.
        ("tlh", "/accounts/", RUSSIAN, "ru", True),
        ("tlh", "/", RUSSIAN, "en", False),
    ],
)
def test_who_chose_is_spoken_to_so_and_a_browser_only_where_no_cache_keeps(
    make_person, sign_in, chosen, path, browser, spoken, varies
):
    client = Client() if chosen is None else sign_in(make_person(language=chosen))
    page = client.get(path, **browser)
    assert language_of(page) == spoken
    assert varies_by_browser(page) is varies
    assert translation.get_language() == "en", "nothing stays behind"


@pytest.mark.parametrize(("chosen", "spoken"), [("", "ru"), ("en", "en"), ("ru", "ru")])
def test_the_admin_too(make_person, sign_in, chosen, spoken):
    client = sign_in(make_person(role="admin", language=chosen))
    assert language_of(client.get("/admin/", **RUSSIAN)) == spoken


def test_a_russian_paper_is_russian_to_everybody_but_who_chose_english(
    make_person, sign_in, settings
):
    english = language_and_tag(Client().get("/"))
    settings.LANGUAGE_CODE = "ru"
    # The page kept in English a moment ago is another one.
    russian = language_and_tag(Client().get("/"))
    assert (english[0], russian[0]) == ("en", "ru")
    assert english[1] != russian[1]
    assert language_of(Client().get("/accounts/login/", **GERMAN)) == "ru"
    assert language_of(sign_in(make_person(language="en")).get("/")) == "en"


def language_and_tag(page):
    return language_of(page), page["ETag"]


@pytest.mark.parametrize("path", ["/", "/latest/", "/manifest.webmanifest", "/nothing/here/"])
def test_readers_get_the_same_bytes_and_no_cookie_whatever_their_browser_speaks(path):
    answers = [Client().get(path, **browser) for browser in ({}, RUSSIAN, GERMAN)]
    assert len({answer.content for answer in answers}) == 1
    assert not any(answer.cookies for answer in answers)
    assert {answer["Content-Language"] for answer in answers} == {"en"}


@pytest.mark.parametrize("path", ["/", "/accounts/login/"])
def test_a_request_without_a_cookie_has_no_session_looked_at(path, django_assert_num_queries):
    # It has none: whoever asked for it, or for the person, would fail.
    request = RequestFactory().get(path, **RUSSIAN)
    middleware = speak_their_language(lambda request: HttpResponse(translation.get_language()))
    with django_assert_num_queries(0):
        answer = middleware(request)
    assert answer.content.decode() == answer["Content-Language"]
    assert not answer.cookies


def test_who_makes_a_page_in_another_language_says_so_itself():
    answer = speak_their_language(lambda request: HttpResponse(headers={"Content-Language": "ru"}))(
        RequestFactory().get("/")
    )
    assert answer["Content-Language"] == "ru"


def test_what_a_cache_holds_keeps_its_language_when_it_is_confirmed():
    answer = speak_their_language(lambda request: HttpResponseNotModified())(
        RequestFactory().get("/")
    )
    assert "Content-Language" not in answer
    tag = Client().get("/")["ETag"]
    confirmed = Client().get("/", HTTP_IF_NONE_MATCH=tag)
    assert confirmed.status_code == 304
    assert "Content-Language" not in confirmed


def test_a_database_that_does_not_answer_costs_the_language_and_not_the_page(settings):
    class Unknown:
        @property
        def is_authenticated(self):
            raise DatabaseError

    request = RequestFactory().get("/")
    request.COOKIES[settings.SESSION_COOKIE_NAME] = "x"
    request.user = Unknown()
    answer = speak_their_language(lambda request: HttpResponse("page"))(request)
    assert (answer.content, answer["Content-Language"]) == (b"page", "en")


def test_an_error_leaves_no_language_behind():
    def fail(request):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        speak_their_language(fail)(RequestFactory().get("/accounts/", **RUSSIAN))
    assert translation.get_language() == "en"


# --- choosing ---


def test_somebody_chooses_on_their_accounts_page(make_person, sign_in):
    person = make_person()
    client = sign_in(person)
    assert '<option value="ru">Русский</option>' in client.get("/accounts/").content.decode()
    answer = client.post("/accounts/language/", {"language": "ru"}, follow=True)
    assert answer.redirect_chain == [("/accounts/", 302)]
    page = answer.content.decode()
    assert language_of(answer) == "ru"
    assert "Язык изменен." in page
    assert '<option value="ru" selected>Русский</option>' in page
    # And back to what the site speaks.
    answer = client.post("/accounts/language/", {"language": ""}, follow=True)
    assert language_of(answer) == "en"
    person.refresh_from_db()
    assert person.language == ""


@pytest.mark.parametrize("language", ["xx", "en-gb", "RU", "<b>", "ru\0", "r" * 10_000])
def test_a_language_that_nobody_speaks_here_is_refused(make_person, sign_in, language):
    person = make_person(language="ru")
    answer = sign_in(person).post("/accounts/language/", {"language": language})
    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()
    person.refresh_from_db()
    assert person.language == "ru"


def test_who_is_not_signed_in_has_no_language_to_choose(client):
    answer = client.post("/accounts/language/", {"language": "ru"})
    assert answer.url == "/accounts/login/?next=/accounts/language/"


def test_signing_in_on_the_way_to_choosing_ends_at_the_account(make_person, sign_in):
    assert sign_in(make_person()).get("/accounts/language/").url == "/accounts/"


def test_who_is_suspended_still_chooses(make_person):
    person = make_person(suspended_until=timezone.now() + timedelta(days=1))
    assert membership.choose_language(by=person, person=person, language="ru").language == "ru"


def test_nobody_chooses_for_another_but_an_administrator(make_person):
    person = make_person()
    for role in ("reader", "moderator", "editor"):
        with pytest.raises(PermissionDenied):
            membership.choose_language(
                by=make_person(role, role=role), person=person, language="ru"
            )
    admin = make_person("Admin", role="admin")
    assert membership.choose_language(by=admin, person=person, language="ru").language == "ru"
    assert membership.choose_language(by=None, person=person, language="ru") is False


def test_an_unknown_language_is_refused_where_it_is_written(make_person):
    person = make_person()
    with pytest.raises(membership.MembershipError, match="does not speak this language"):
        membership.choose_language(by=person, person=person, language="xx")
    with pytest.raises(membership.MembershipError, match="does not speak this language"):
        membership.register_person(handle="Bo", email="bo@example.org", language="xx")
    assert not User.objects.filter(handle="Bo").exists()


# --- signing up, and letters ---

SIGN_UP = {"username": "Zoë van Dam", "email": "zoe@example.org", "password1": PASSWORD}


@pytest.mark.parametrize(
    ("browser", "language", "subject"),
    [
        (RUSSIAN, "ru", "Подтвердите ваш адрес на сайте «The Open Column»"),
        ({}, "en", "Confirm your address at The Open Column"),
    ],
)
def test_the_language_of_signing_up_stays(client, mailoutbox, browser, language, subject):
    client.post("/accounts/signup/", SIGN_UP, **browser)
    assert User.objects.get().language == language
    assert mailoutbox[0].subject == subject


@pytest.mark.parametrize(("chosen", "site", "spoken"), [("ru", "en", "ru"), ("", "ru", "ru"),
                                                        ("en", "ru", "en")])  # fmt: skip
def test_a_letter_is_in_the_language_of_who_gets_it(
    client, make_person, mailoutbox, settings, chosen, site, spoken
):
    settings.LANGUAGE_CODE = site
    person = make_person(language=chosen)
    subjects = {"ru": "Задайте пароль на сайте", "en": "Set your password at"}
    # Asked for by a browser that speaks the other one.
    browser = {"HTTP_ACCEPT_LANGUAGE": "en" if spoken == "ru" else "ru"}
    client.post("/accounts/password/reset/", {"email": person.email}, **browser)
    assert mailoutbox[0].subject.startswith(subjects[spoken])
    # Somebody signs up with the address once more: nobody is named in the letter.
    client.post("/accounts/signup/", {**SIGN_UP, "email": person.email}, **browser)
    again = {"ru": "У вас уже есть аккаунт", "en": "You have an account"}
    assert mailoutbox[1].subject.startswith(again[spoken])


def test_a_letter_to_nobodys_address_is_in_the_language_of_the_page(client, mailoutbox):
    client.post("/accounts/password/reset/", {"email": "no@example.org"}, **RUSSIAN)
    assert mailoutbox[0].subject == "На сайте «The Open Column» нет аккаунта с вашим адресом"


@pytest.mark.parametrize(
    "cause",
    [
        lambda client, person: client.post("/accounts/signup/", SIGN_UP, **RUSSIAN),
        lambda client, person: client.post("/accounts/password/reset/", {"email": person.email}),
        lambda client, person: client.post(
            "/accounts/password/reset/", {"email": "no@example.org"}, **RUSSIAN
        ),
        lambda client, person: client.post(
            "/accounts/signup/", {**SIGN_UP, "email": person.email}, **RUSSIAN
        ),
    ],
    ids=["signed up", "forgotten", "nobody", "again"],
)
def test_a_russian_letter_has_no_english_word(client, make_person, cause):
    cause(client, make_person("Ада", email="ada@example.org", language="ru"))
    letter = mail.outbox[0]
    text = NO_WORD.sub(" ", f"{letter.subject}\n{letter.body}").replace("Zoë van Dam", "")
    assert re.findall(r"[A-Za-z]{2,}", text) == []


# --- pages ---

NOT_SIGNED_IN = [
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/1-nothing/",
    "/accounts/confirm-email/nothing/",
    "/accounts/inactive/",
    "/accounts/nothing/here/",
]
SIGNED_IN = [
    "/accounts/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/reauthenticate/",
    "/accounts/logout/",
    "/offline/",
    "/nothing/here/",
]
# Wrong in every way that a form can be.
SENT = [
    ("/accounts/login/", {"login": "nobody", "password": "wrong"}),
    ("/accounts/login/", {}),
    ("/accounts/signup/", {"username": "x", "email": "no", "password1": "1234"}),
    ("/accounts/signup/", {"username": "admin", "email": "a@example.org", "password1": "password"}),
    ("/accounts/signup/", {"username": "Ada  *", "email": "", "password1": "Ada  *"}),
    ("/accounts/signup/", {"username": "и" * 40, "email": "a@example.org", "password1": "1" * 12}),
    ("/accounts/password/reset/", {"email": "no"}),
]


def test_english_words_would_be_seen(client):
    page = client.get("/accounts/login/", HTTP_ACCEPT_LANGUAGE="en")
    # Of a heading, a label, a button, an attribute.
    assert {"Forgotten", "Name", "Sign", "Sections"} <= set(latin_words(page))


@pytest.mark.parametrize("path", NOT_SIGNED_IN)
def test_a_page_for_who_is_not_signed_in_is_wholly_russian(client, path):
    assert latin_words(client.get(path, **RUSSIAN)) == []


@pytest.mark.parametrize(("path", "sent"), SENT)
def test_what_a_form_finds_wrong_is_told_in_russian(client, path, sent):
    page = client.post(path, sent, **RUSSIAN)
    assert page.status_code == 200
    assert 'role="alert"' in page.content.decode()
    typed = {word for value in sent.values() for word in re.findall(r"[A-Za-z]{2,}", value)}
    assert [word for word in latin_words(page) if word not in typed] == []


@pytest.mark.parametrize("path", SIGNED_IN)
def test_a_page_for_who_is_signed_in_is_wholly_russian(make_person, sign_in, path):
    client = sign_in(make_person("Ада", email="ada@example.org", language="ru"))
    page = client.get(path, follow=True)
    assert language_of(page) == "ru"
    assert latin_words(page) == []


def test_what_is_refused_of_the_account_is_told_in_russian(make_person, sign_in):
    client = sign_in(make_person("Ада", language="ru"))
    assert latin_words(client.post("/accounts/", {"real_name": "и" * 200})) == []
    page = client.post("/accounts/password/change/", {"oldpassword": "no", "password1": "12345"})
    assert latin_words(page) == []


def test_a_form_that_is_out_of_date_is_told_so_in_russian():
    page = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "x"}, **RUSSIAN)
    assert page.status_code == 403
    assert language_of(page) == "ru"
    assert latin_words(page) == []


def test_a_reader_without_a_network_finds_the_words_of_the_papers_languages(client, settings):
    assert "words-ru" not in client.get("/service-worker.js").content.decode()
    settings.EDITIONS = ["ru"]
    assert "js/words-ru.js" in client.get("/service-worker.js").content.decode()


def test_dates_are_russian_in_a_russian_page(make_person, sign_in):
    until = timezone.now().replace(year=2027, month=5, day=3, hour=9, minute=5)
    person = make_person("Ада", language="ru", suspended_until=until, suspension_reason="причина")
    page = sign_in(person).get("/accounts/").content.decode()
    assert "Вы отстранены до 3 мая 2027, 09:05 (UTC): причина." in page


@pytest.mark.parametrize(
    ("number", "told"), [(31, "31 символ."), (32, "32 символа."), (35, "35 символов.")]
)
def test_plurals_are_right(number, told):
    with translation.override("ru"), pytest.raises(ValueError, match=f"В этом имени {told}"):
        membership.require_usable_handle("и" * number)


def test_the_desk_of_people_is_wholly_russian(make_person, sign_in):
    client = sign_in(make_person("Ада", role="admin", email="ada@example.org", language="ru"))
    imported = membership.import_people({"Старый Садовник": None})["Старый Садовник"]
    for path in (
        "/admin/accounts/user/",
        "/admin/accounts/user/add/",
        f"/admin/accounts/user/{imported.pk}/change/",
        f"/admin/accounts/user/{imported.pk}/claim/",
    ):
        page = client.get(path)
        assert page.status_code == 200, path
        # The list of all that can be administered is of every app, and tested there.
        _, found, inside = page.content.decode().partition('<main id="content-start"')
        assert found
        page.content = f"{found}{inside}".encode()
        assert latin_words(page) == [], path
