"""The files of pictures, as a small portal serves them itself; a large one lets nginx do it.

Only what ``articles.renditions`` and ``articles.picturing`` wrote for readers: no address leads
to a file as it was sent. What lies behind an address never changes, so no row is read.
"""

import re

from django.core.files.storage import default_storage
from django.http import Http404, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from articles.widths import TYPES, file_name

# A year, as long as caches keep anything.
FOREVER = "public, max-age=31536000, immutable"
_NAME = re.compile(
    r"pictures/([0-9a-f]{2})/(\1[0-9a-f]{22}/[0-9a-f]{12})/([1-9][0-9]{0,3})\.(avif|webp|jpg)"
)


@require_safe
def picture_file(request, name):
    """One file of a picture. 404 for any other name, whatever it would lead to."""
    asked = _NAME.fullmatch(name)
    if asked is None:
        raise Http404("No picture has this address.")
    _, folder, width, extension = asked.groups()
    try:
        with default_storage.open(file_name(folder, width, extension)) as kept:
            content = kept.read()
    except FileNotFoundError as missing:
        raise Http404("There is no such picture.") from missing
    etag = quote_etag(f"{folder}/{width}.{extension}")
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = HttpResponse(content, content_type=TYPES[extension])
    response["ETag"] = etag
    response["Cache-Control"] = FOREVER
    response["X-Content-Type-Options"] = "nosniff"
    return response
