"""What an application server loads: ``newsportal.wsgi:application``."""

import os

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters
from django.utils.module_loading import import_string

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsportal.settings.prod")


class PortalRequest(WSGIRequest):
    """A request in UTF-8, whatever it claims to be.

    Our forms are sent in UTF-8. Django takes the codec that a Content-Type names, and some of
    Python's are no text (hex, rot13) or let halves of characters through (unicode_escape).
    """

    def _set_content_type_params(self, meta):
        content_type = meta.get("CONTENT_TYPE", "")
        self.content_type, self.content_params = parse_header_parameters(content_type)


class PortalHandler(WSGIHandler):
    request_class = PortalRequest


django.setup(set_prefix=False)
application = PortalHandler()
# Also what another worker left undone when it was stopped. By name, as models can be imported
# only now.
import_string("articles.renditions.work_here")()
