"""What browsers are sent of our files: all that does something, and no comment."""

import re
import subprocess

import pytest

from newsportal.static_files import without_comments
from tests.architecture.test_rules import ROOT

pytestmark = pytest.mark.pure
STATIC = ROOT / "newsportal" / "static"
FILES = sorted([*STATIC.glob("css/*.css"), *STATIC.glob("js/*.js")])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_nothing_but_comments_is_left_out(path):
    whole, sent = (
        path.read_bytes(),
        without_comments(f"{path.parent.name}/{path.name}", path.read_bytes()),
    )
    assert b"/*" not in sent
    if path.suffix == ".css":
        rules = [re.sub(rb"/\*.*?\*/\n?", b"", whole, flags=re.DOTALL)]
        assert sent == rules[0]
        # No string has a comment's sign in it, which would have been cut.
        assert not re.search(rb"[\"'][^\"'\n]*/\*", whole)
        return
    kept = [line for line in whole.splitlines() if not line.strip().startswith(b"//")]
    assert sent.splitlines() == kept


def test_other_peoples_files_are_as_they_were():
    assert without_comments("admin/css/base.css", b"/* theirs */") == b"/* theirs */"


@pytest.mark.parametrize(
    "path", [each for each in FILES if each.suffix == ".js"], ids=lambda p: p.name
)
def test_it_is_still_a_script(path, tmp_path):
    sent = tmp_path / (path.stem + ".mjs")
    sent.write_bytes(without_comments(f"js/{path.name}", path.read_bytes()))
    done = subprocess.run(["node", "--check", sent], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
