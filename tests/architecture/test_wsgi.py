"""What reaches the application before any of our views does."""

import io

import pytest
from django.test import RequestFactory

from newsportal.build import digest_of_build
from newsportal.wsgi import application


@pytest.mark.parametrize("charset", ["hex", "rot13", "undefined", "utf-7", "unicode_escape"])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_no_codec_that_a_stranger_names_is_used(transactional_db, charset, kind):
    environ = RequestFactory().get("/nothing-here/?x=1").environ
    environ |= {
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": f"{kind}; charset={charset}; boundary=b",
        "CONTENT_LENGTH": "3",
        "wsgi.input": io.BytesIO(b"a=1"),
    }
    answered = []
    body = application(environ, lambda status, headers: answered.append((status, dict(headers))))
    body.close()
    status, headers = answered[0]
    assert status.startswith(("403", "404"))
    assert "default-src 'none'" in headers["Content-Security-Policy"]


def test_the_build_changes_with_every_template_and_static_file(tmp_path):
    (tmp_path / "templates").mkdir()
    page = tmp_path / "templates" / "page.html"
    page.write_text("one")
    before = digest_of_build(tmp_path)
    page.write_text("two")
    assert digest_of_build(tmp_path) != before
