"""The portal starts only when it is safe to, and says what is missing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.pure

ROOT = Path(__file__).resolve().parents[2]


def start(tmp_path, **environment):
    """What ``manage.py check`` says in a copy of the settings' world without a kept key."""
    script = (
        "import pathlib, runpy, sys\n"
        "real = pathlib.Path.is_file\n"
        "pathlib.Path.is_file = lambda p: False if p.name == 'secret-key' else real(p)\n"
        "sys.argv = ['manage.py', 'check']\n"
        "runpy.run_path('manage.py', run_name='__main__')\n"
    )
    kept = {k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG"}}
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**kept, "DATABASE_URL": f"sqlite:///{tmp_path}/x.sqlite3", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("module", ["dev", "prod"])
def test_it_refuses_the_default_key_and_says_how_to_make_one(tmp_path, module):
    answer = start(tmp_path, DJANGO_SETTINGS_MODULE=f"newsportal.settings.{module}")
    assert answer.returncode != 0
    assert "SECRET_KEY is not set" in answer.stderr
    assert "export SECRET_KEY=$(python3 -c" in answer.stderr


@pytest.mark.parametrize("environment", [{"SECRET_KEY": "k" * 60}, {"DEBUG": "1"}])
def test_it_starts_with_a_key_or_for_debugging(tmp_path, environment):
    answer = start(tmp_path, **environment)
    assert answer.returncode == 0, answer.stderr


@pytest.mark.parametrize("hosts", ["https://a.example", "a.example; script-src *", "*", "a"])
def test_what_may_be_framed_are_hosts_and_nothing_that_widens_the_policy(tmp_path, hosts):
    answer = start(tmp_path, SECRET_KEY="k" * 60, EMBED_HOSTS=hosts)
    assert answer.returncode != 0
    assert "EMBED_HOSTS has" in answer.stderr


def test_the_policy_names_the_hosts_that_may_be_framed(tmp_path):
    hosts = {"SECRET_KEY": "k" * 60, "EMBED_HOSTS": "a.example,maps.b-c.example"}
    assert start(tmp_path, **hosts).returncode == 0
    script = (
        "from newsportal.settings import base; "
        "print(base.CONTENT_SECURITY_POLICY['DIRECTIVES']['frame-src'])"
    )
    kept = {k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG"}}
    told = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT, env={**kept, **hosts}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert told.stdout.strip() == "['https://a.example', 'https://maps.b-c.example']"


def languages_told(**environment):
    """``LANGUAGE_CODE`` and ``EDITIONS``, as the settings understand the environment."""
    script = "from newsportal.settings import base; print(base.LANGUAGE_CODE, *base.EDITIONS)"
    kept = {k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG"}}
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT, env={**kept, "SECRET_KEY": "k" * 60, **environment},
        capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip


@pytest.mark.parametrize(
    ("environment", "languages"),
    [
        ({}, ["en"]),
        ({"SITE_LANGUAGE": "ru"}, ["ru"]),
        ({"SITE_LANGUAGE": "ru", "EDITIONS": "en"}, ["ru", "en"]),
        ({"EDITIONS": "ru"}, ["en", "ru"]),
        # What desktops set for GNU gettext is not for us.
        ({"LANGUAGE": "ru_RU:ru"}, ["en"]),
    ],
)
def test_the_paper_has_a_language_and_may_have_editions(environment, languages):
    assert languages_told(**environment) == languages


@pytest.mark.parametrize(
    ("environment", "complaint"),
    [
        ({"SITE_LANGUAGE": "xx"}, "SITE_LANGUAGE has “xx”, and the portal speaks en, ru."),
        ({"EDITIONS": "ru,xx"}, "EDITIONS has “xx”, and the portal speaks en, ru."),
        ({"EDITIONS": "en"}, "EDITIONS has a language twice, or “en”"),
        ({"EDITIONS": "ru,ru"}, "EDITIONS has a language twice"),
        ({"SITE_LANGUAGE": "ru", "EDITIONS": "ru"}, "EDITIONS has a language twice, or “ru”"),
    ],
)
def test_a_language_that_the_portal_does_not_speak_is_refused(tmp_path, environment, complaint):
    answer = start(tmp_path, SECRET_KEY="k" * 60, **environment)
    assert answer.returncode != 0
    assert complaint in answer.stderr


def test_migrating_makes_no_account(db):
    from django.contrib.auth import get_user_model

    assert not get_user_model().objects.exists()
