"""Templates with what is the same for every page put in are the templates as they are written."""

import copy
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import caches
from django.template import engines
from django.utils import translation

from newsportal.folding import Loader

ROOT = Path(settings.BASE_DIR) / "newsportal" / "templates"
LANGUAGES = ("en", "ru")
CONSTANT = re.compile(r"""\{% (?:translate ["'][^%]*|static [^%]*|url ["'][\w-]+["']) %\}""")


def own_templates():
    found = (str(path.relative_to(ROOT)) for path in sorted(ROOT.rglob("*.html")))
    return [name for name in found if not name.startswith("admin/")]


def loader():
    (found,) = engines["django"].engine.template_loaders
    assert isinstance(found, Loader)
    return found


@pytest.fixture
def as_written(settings):
    """Switches to Django's own loaders."""

    def switch():
        templates = copy.deepcopy(settings.TEMPLATES)
        del templates[0]["OPTIONS"]["loaders"]
        settings.TEMPLATES = [{**templates[0], "APP_DIRS": True}]
        # No page that was made before.
        for cache in caches.all():
            cache.clear()

    return switch


@pytest.mark.pure
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_left_that_says_the_same_each_time(language):
    with translation.override(language):
        for name in own_templates():
            source = loader().get_contents(_origin(name))
            assert not CONSTANT.search(source), name
            engines["django"].engine.from_string(source)


def _origin(name):
    return next(loader().loaders[0].get_template_sources(name))


@pytest.mark.pure
def test_a_template_is_kept_for_each_language():
    said = {}
    for language in LANGUAGES:
        with translation.override(language):
            template = engines["django"].get_template("404.html")
            said[language] = template.template.source
    assert "There is nothing at this address" in said["en"]
    assert said["en"] != said["ru"]


@pytest.mark.pure
@pytest.mark.parametrize(
    ("source", "folded"),
    [
        ("{% translate 'Search' %}", "Search"),
        ("{% translate 'Search' context 'button' %}", "Search"),
        ("{% url 'search' %}", "/search/"),
        ("{% static 'js/keys.js' %}", "/static/js/keys.js"),
        ("{% blocktranslate trimmed %}\n  Two\n  lines\n{% endblocktranslate %}", "Two lines"),
        # Addresses that depend on which admin asks, or on what a page is given.
        ("{% url 'admin:index' %}", "{% url 'admin:index' %}"),
        ("{% url 'article' slug=slug %}", "{% url 'article' slug=slug %}"),
        ("{% url 'search' as there %}", "{% url 'search' as there %}"),
        # What would be taken for a tag, once it stands there.
        ("{% translate '{{ x }}' %}", "{% translate '{{ x }}' %}"),
        ("{% include name %}", "{% include name %}"),
        ("{% include '_form.html' only %}", "{% include '_form.html' only %}"),
        # It sets a variable, which is not to be seen outside of it.
        ("{% include '500.html' %}", "{% include '500.html' %}"),
        ("{% include 'nowhere.html' %}", "{% include 'nowhere.html' %}"),
        ("{% include '_base.html' %}", "{% include '_base.html' %}"),
    ],
)
def test_what_is_put_in(source, folded):
    assert loader()._fold(source) == folded


@pytest.mark.pure
def test_an_included_template_has_what_it_is_given():
    given = loader()._fold("{% include 'articles/_follow.html' with feed_title=name %}")
    assert given.startswith("{% with feed_title=name %}")
    assert given.endswith("{% endwith %}")
    assert "feed.atom" in given


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_are_the_same_as_from_templates_as_they_are_written(
    language, client, reader, post, sign_in, as_written, settings, monkeypatch
):
    settings.LANGUAGE_CODE = language
    # Forms have a token and a key of their own each time.
    monkeypatch.setattr("django.middleware.csrf._get_new_csrf_string", lambda: "a" * 32)
    monkeypatch.setattr("django.middleware.csrf._mask_cipher_secret", lambda secret: secret)
    comment = post(reader)
    mine = sign_in(reader)
    mine.get("/")  # the visit that notes their presence
    own = f"/comments/{comment.pk}/"
    paths = [
        "/", "/search/", "/corrections/", "/accounts/signup/", "/nowhere/", own, f"{own}thread/",
        f"{own}reply/", reader.get_absolute_url(),
    ]  # fmt: skip
    asked = [(who, path) for who in (client, mine) for path in paths]

    def pages():
        return [_without_keys(who.get(path).content.decode()) for who, path in asked]

    folded = pages()
    as_written()
    for (_, path), one, other in zip(asked, folded, pages(), strict=True):
        assert one == other, path


def _without_keys(page):
    return re.sub(r'name="submission_key" value="[^"]*"', "", page)
