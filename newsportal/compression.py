"""Compression of answers on their way out."""

from django.middleware.gzip import GZipMiddleware


class TextCompression(GZipMiddleware):
    """Django's, but for pictures: they are compressed already, and it would only take time."""

    def process_response(self, request, response):
        if response.get("Content-Type", "").startswith("image/"):
            return response
        return super().process_response(request, response)
