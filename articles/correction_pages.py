"""The archive of corrections for readers, and its feeds."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles import corrections, listings
from articles.caching import version_of
from articles.corrections import CorrectionView
from articles.listings import BadCursorError
from comments.caching import answer_feed, answer_reader
from comments.feed_forms import Entry, Feed
from comments.markup import one_line

# The date of a feed that tells nothing yet.
_NEVER = datetime(2000, 1, 1, tzinfo=UTC)


@require_safe
def archive(request):
    until = listings.next_change(timezone.now())
    try:
        page = corrections.archive_page(before=request.GET.get("before"))
    except BadCursorError as error:
        raise Http404(str(error)) from error
    return answer_reader(
        request,
        version=version_of(page),
        until=until,
        render=lambda: render(request, "articles/corrections_page.html", {"page": page}),
    )


@require_safe
def feed(request, form):
    until = listings.next_change(timezone.now())
    return answer_feed(request, _Newest(corrections.newest_corrections()), form, until=until)


@dataclass(frozen=True, slots=True)
class _Newest:
    """The newest corrections, as ``answer_feed`` takes them."""

    corrections: list[CorrectionView]

    @property
    def version(self):
        return (version_of(self.corrections),)

    def told(self):
        return Feed(
            title=_("Corrections – %(site)s") % {"site": one_line(settings.SITE_NAME)},
            address="/corrections/",
            page_url="/corrections/",
            begun_at=_NEVER,
            author=one_line(settings.SITE_NAME),
            entries=tuple(map(_entry_of, self.corrections)),
        )


def _entry_of(correction):
    return Entry(
        permalink=correction.url,
        title=f"{correction.label}: {one_line(correction.article_title)}",
        # The paper says it, whoever wrote it.
        authors=((one_line(settings.SITE_NAME), "/"),),
        published_at=correction.at,
        updated_at=correction.at,
        html=correction.html,
        categories=(correction.kind,),
        # The article may get another address; what feed readers have seen stays seen.
        lasting=f"{corrections.TAG_YEAR}:corrections/{correction.id}",
    )
