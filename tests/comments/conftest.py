"""What several tests of discussions share."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles import publishing, sections


@pytest.fixture
def article(db):
    """A published article: the address of its discussion answers, as no other one's does here."""
    return publishing.create_article(
        section=sections.open_section("News"),
        title="The bridge opens",
        blocks=[{"type": "paragraph", "text": "At last."}],
        status="published",
        published_at=timezone.now() - timedelta(hours=1),
    )
