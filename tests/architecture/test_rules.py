"""Rules of the house that no linter knows."""

import ast
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.pure

ROOT = Path(__file__).resolve().parents[2]
APPS = ("accounts", "articles", "comments", "newsportal")
# What a reader can hold in the head; more is two modules.
MOST_LINES = 400
WRITES = (
    "accounts/membership.py",
    "articles/arranging.py",
    "articles/banners.py",
    "articles/corrections.py",
    "articles/drafting.py",
    "articles/publishing.py",
    "articles/redirects.py",
    "comments/moderation.py",
    "comments/revisions.py",
)
NAMES_WE_AVOID = {"utils", "helpers", "services", "managers", "misc", "common"}


def modules():
    return sorted(
        path
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        if "migrations" not in path.parts
    )


def templates():
    return sorted((ROOT / "newsportal" / "templates").rglob("*.html"))


def named(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", modules(), ids=named)
def test_a_module_is_short_and_says_what_it_is(path):
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= MOST_LINES
    assert path.stem not in NAMES_WE_AVOID
    tree = ast.parse(text)
    defines = any(isinstance(node, (ast.FunctionDef, ast.ClassDef)) for node in tree.body)
    if defines and path.stem not in {"apps", "urls"}:
        assert ast.get_docstring(tree), "a module says in its docstring what it is"


@pytest.mark.parametrize("path", modules(), ids=named)
def test_business_rules_use_no_signals(path):
    text = path.read_text("utf-8")
    assert "django.dispatch" not in text
    assert "db.models.signals" not in text


@pytest.mark.parametrize("name", WRITES)
def test_a_write_function_takes_its_actor_first_and_keywords_only(name):
    tree = ast.parse((ROOT / name).read_text("utf-8"))
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
            continue
        names = [argument.arg for argument in node.args.kwonlyargs]
        if "by" in names:
            assert names[0] == "by", node.name
            assert not node.args.args, f"{node.name} takes keywords only"


@pytest.mark.parametrize("path", templates(), ids=named)
def test_a_template_has_nothing_that_the_policy_forbids(path):
    text = path.read_text("utf-8")
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text), "inline code or style"
    for script in re.findall(r"<script[^>]*>", text):
        # A block of data is nothing that runs.
        assert "src=" in script or script == '<script type="application/ld+json">'
    assert not re.search(r"(src|href)=\"(https?:)?//", text), "a request to another host"


def test_every_setting_from_the_environment_is_read_once_and_is_in_the_readme():
    base = (ROOT / "newsportal" / "settings" / "base.py").read_text("utf-8")
    read = re.findall(r"env\.\w+\(\s*\"([A-Z_]+)\"", base)
    assert len(read) == len(set(read))
    readme = (ROOT / "README.md").read_text("utf-8")
    table = re.findall(r"^\| `([A-Z_]+)` \|", readme, re.MULTILINE)
    assert sorted(table) == sorted(read)
    for path in modules():
        if path.parent.name != "settings":
            assert "os.environ[" not in path.read_text("utf-8"), named(path)


def test_an_adr_is_at_most_60_lines():
    found = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert found
    for path in found:
        assert len(path.read_text("utf-8").splitlines()) <= 60, path.name


def test_what_the_portal_runs_on_is_pinned():
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / name).read_text("utf-8").splitlines():
            if line and not line.startswith(("#", "-r")):
                assert re.fullmatch(r"[A-Za-z0-9_.\[\]-]+==[0-9][0-9a-z.]*", line), line
