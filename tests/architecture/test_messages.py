"""Every text that people read is translated, as far as can be told without reading it."""

import os
import re
import shutil
from collections import Counter
from pathlib import Path

import polib
import pytest

from tests import messages
from tests.architecture.test_rules import APPS, ROOT

pytestmark = pytest.mark.pure

NO_GETTEXT = "xgettext is not installed: apt-get install gettext"
# Not read by xgettext, and many.
LEFT_OUT = shutil.ignore_patterns("__pycache__", "img", "css")
NAMED = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
PLACED = re.compile(r"%[sd%]|\{\}")
TAG = re.compile(r"</?[a-zA-Z][^>]*>")


def kept(language):
    """The .po files of a language, as they are committed."""
    folder = messages.translations_of(language)
    paths = [folder / f"{domain}.po" for domain in messages.DOMAINS]
    return [polib.pofile(str(path)) for path in paths if path.is_file()]


TRANSLATED = [
    pytest.param(list(file), id=f"{language}-{Path(file.fpath).stem}")
    for language in messages.LANGUAGES
    for file in kept(language)
]


def forms_of(entry):
    """``(message, translation)``, of each plural form with the message in the plural."""
    if not entry.msgid_plural:
        return [(entry.msgid, entry.msgstr)]
    return [(entry.msgid_plural, text) for text in entry.msgstr_plural.values()]


def held_by(text):
    """What a translation must hold as its message does: placeholders, tags, spaces at its ends."""
    return (
        # A name may come twice; what goes by its place comes as often as in the message.
        set(NAMED.findall(text)),
        Counter(PLACED.findall(text)),
        Counter(TAG.findall(text)),
        text[:1].isspace(),
        text[-1:].isspace(),
    )


def key_of(entry):
    return entry.msgctxt, entry.msgid, entry.msgid_plural


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """A copy of the sources, in which ``make messages`` has collected anew."""
    if shutil.which("xgettext") is None:
        if os.environ.get("REQUIRE_ALL") == "1":
            pytest.fail(NO_GETTEXT, pytrace=False)
        pytest.skip(NO_GETTEXT)
    root = tmp_path_factory.mktemp("sources")
    shutil.copy(ROOT / "manage.py", root)
    for app in APPS:
        shutil.copytree(ROOT / app, root / app, ignore=LEFT_OUT)
    messages.collect(root)
    return root


@pytest.mark.parametrize("domain", messages.DOMAINS)
@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_every_text_of_the_sources_is_translated_and_no_other(collected, language, domain):
    path = messages.translations_of(language, collected) / f"{domain}.po"
    committed = messages.translations_of(language) / f"{domain}.po"
    if not committed.is_file():
        assert not path.is_file()
        return
    fresh = polib.pofile(str(path))
    unfinished = fresh.untranslated_entries() + fresh.fuzzy_entries()
    assert [entry.msgid for entry in unfinished] == []
    stored = {key_of(entry) for entry in polib.pofile(str(committed))}
    assert stored == {key_of(entry) for entry in fresh}


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_what_django_reads_is_what_the_translators_wrote(language):
    folder = messages.translations_of(language)
    assert (folder / "django.mo").read_bytes() == messages.compiled(folder / "django.po")


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_what_browsers_read_is_what_the_translators_wrote(language):
    written = messages.script(messages.translations_of(language) / "djangojs.po")
    assert messages.script_of(language).read_text("utf-8") == written


def test_a_script_of_words_has_texts_with_their_plurals_and_contexts(tmp_path):
    path = tmp_path / "djangojs.po"
    path.write_text(
        'msgid "Say “hello”"\nmsgstr "Привет"\n\n'
        'msgctxt "verb"\nmsgid "Reply"\nmsgstr "Ответить"\n\n'
        'msgid "Soon"\nmsgstr ""\n\n'
        'msgid "%s new"\nmsgid_plural "%s new ones"\n'
        'msgstr[0] "%s новый"\nmsgstr[1] "%s новых"\nmsgstr[2] "%s новых"\n',
        "utf-8",
    )
    assert messages.script(path) == (
        "// Made of djangojs.po by `make messages`; not to be changed by hand.\n"
        "globalThis.portalWords = {\n"
        '  "%s new": ["%s новый", "%s новых", "%s новых"],\n'
        '  "Say “hello”": "Привет",\n'
        '  "verb\\u0004Reply": "Ответить",\n'
        "};\n"
    )


@pytest.mark.parametrize("entries", TRANSLATED)
def test_a_translation_is_whole(entries):
    unfinished = [
        entry.msgid
        for entry in entries
        if entry.obsolete
        or entry.fuzzy
        or not all(text for _, text in forms_of(entry))
        # One, few and many.
        or (entry.msgid_plural and sorted(entry.msgstr_plural) != [0, 1, 2])
    ]
    assert unfinished == []


@pytest.mark.parametrize("entries", TRANSLATED)
def test_a_translation_has_the_placeholders_and_tags_of_its_message(entries):
    """Also in the form for one: in Russian that is the form for 21 as well."""
    forms = [form for entry in entries for form in forms_of(entry)]
    assert forms
    wrong = [form for form in forms if held_by(form[0]) != held_by(form[1])]
    assert wrong == []


@pytest.mark.parametrize(
    "translation",
    [
        "из %(name)s",
        "<b>%(name)s</b> и %s",
        "<b>%(nom)s</b>",
        "<i>%(name)s</i>",
        "<b>%(name)s</b> ",
        "<b>%(name)s {most}</b>",
    ],
)
def test_a_slip_is_seen(translation):
    assert held_by("<b>%(name)s</b>") == held_by("для <b>%(name)s</b>, да, %(name)s")
    assert held_by("<b>%(name)s</b>") != held_by(translation)
