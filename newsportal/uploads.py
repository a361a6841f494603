"""What is sent in files, stopped before it fills the disk."""

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

from articles.picturing import MOST_BYTES

# What is a little too large arrives, so that the form can say so and keep what was typed.
MOST_SENT = 2 * MOST_BYTES


class BoundedUpload(FileUploadHandler):
    """Passes everything on to the handlers behind it, and refuses a request of too many bytes."""

    def __init__(self, request=None):
        super().__init__(request)
        self.received = 0

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):  # noqa: N803
        """Refuses by what the request says of itself, before a byte of it is read."""
        if content_length > MOST_SENT:
            raise RequestDataTooBig

    def receive_data_chunk(self, raw_data, start):
        """Refuses by what arrives, whatever the request said."""
        self.received += len(raw_data)
        if self.received > MOST_SENT:
            raise RequestDataTooBig
        return raw_data

    def file_complete(self, file_size):
        """Leaves the file to the handlers behind this one."""
