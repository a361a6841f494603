"""Collects what is marked for translation, and compiles what is translated: ``make messages``.

``python -m tests.messages``. The texts to translate come to lie in ``newsportal/locale``, one .po
file of Python and templates and one of JavaScript; of the first a .mo file is made, which Django
reads, and of the second a script that pages in that language load. All four are committed, so
that who only runs the portal needs neither gettext nor polib.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[1]
# Those that texts are translated into: every language of the settings but that of the sources.
LANGUAGES = ("ru",)
DOMAINS = ("django", "djangojs")
# What has no text for people, or is not ours. Scripts of words are made here.
_IGNORED = (".venv", "var", "tests", "benchmarks", "fixtures", "docs", "words-*.js")
# As wide as the sources.
WIDTH = 100
# Browsers are not sent it (``newsportal.static_files``).
_MADE = "// Made of djangojs.po by `make messages`; not to be changed by hand."
# How Django's catalogue of JavaScript tells a text's context from the text.
_CONTEXT_ENDS = "\x04"


def translations_of(language, root=ROOT):
    """The folder of the .po and .mo files."""
    return root / "newsportal" / "locale" / language / "LC_MESSAGES"


def script_of(language, root=ROOT):
    return root / "newsportal" / "static" / "js" / f"words-{language}.js"


def collect(root=ROOT):
    """Brings the .po files under ``root`` up to date with the sources there.

    New texts come without a translation, or with a guess marked as fuzzy; texts that are gone go.
    """
    for language in LANGUAGES:
        translations_of(language, root).mkdir(parents=True, exist_ok=True)
        for domain in DOMAINS:
            _run_makemessages(root, language, domain)
            path = translations_of(language, root) / f"{domain}.po"
            if path.is_file():
                _tidy(path)


def compile_all(root=ROOT):
    """Writes the .mo files and the scripts of words, from the .po files as they are."""
    for language in LANGUAGES:
        folder = translations_of(language, root)
        (folder / "django.mo").write_bytes(compiled(folder / "django.po"))
        script_of(language, root).write_text(script(folder / "djangojs.po"), "utf-8")


def compiled(path):
    """The bytes of the .mo file; what is not translated or fuzzy is not in it."""
    return polib.pofile(str(path)).to_binary()


def script(path):
    """The script for browsers: ``portalWords = {text: translation | [its plural forms]}``."""
    lines = [
        f"  {_quoted(_key_of(entry))}: {_quoted(_words_of(entry))},\n"
        for entry in (polib.pofile(str(path)).translated_entries() if path.is_file() else ())
    ]
    return f"{_MADE}\nglobalThis.portalWords = {{\n" + "".join(sorted(lines)) + "};\n"


def _key_of(entry):
    return entry.msgid if entry.msgctxt is None else entry.msgctxt + _CONTEXT_ENDS + entry.msgid


def _words_of(entry):
    if not entry.msgid_plural:
        return entry.msgstr
    return [entry.msgstr_plural[form] for form in sorted(entry.msgstr_plural)]


def _quoted(value):
    return json.dumps(value, ensure_ascii=False)


def _run_makemessages(root, language, domain):
    ignored = [word for each in _IGNORED for word in ("--ignore", each)]
    command = [sys.executable, "manage.py", "makemessages", "--locale", language]
    options = ["--domain", domain, "--no-location", "--no-wrap", "--no-obsolete", *ignored]
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "newsportal.settings.test",
        # For gettext, which merges: no words of the shell's language in what it says.
        "LC_ALL": "C.UTF-8",
    }
    done = subprocess.run(
        [*command, *options],
        cwd=root, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"makemessages failed:\n{done.stdout}{done.stderr}")


def _tidy(path):
    """Takes out of a .po file what differs from run to run and says nothing."""
    messages = polib.pofile(str(path), wrapwidth=WIDTH)
    for name in ("POT-Creation-Date", "PO-Revision-Date"):
        messages.metadata.pop(name, None)
    messages.save()


if __name__ == "__main__":
    collect()
    compile_all()
    for path in sorted(translations_of(each) / "django.po" for each in LANGUAGES):
        messages = polib.pofile(str(path))
        left = len(messages.untranslated_entries()) + len(messages.fuzzy_entries())
        sys.stdout.write(f"{path.relative_to(ROOT)}: {len(messages)} messages, {left} left\n")
