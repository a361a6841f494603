"""How our own static files are put out: without the comments, which are for who works on them."""

import re

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

# In our own files alone, where no comment's sign stands in a string: a test looks.
_COMMENTS = {
    "css/": re.compile(rb"/\*.*?\*/\n?", re.DOTALL),
    "js/": re.compile(rb"^[ \t]*//[^\n]*\n", re.MULTILINE),
}


def without_comments(name, content):
    """The bytes of a static file as browsers are sent them; ``name`` is its path."""
    folder = next((each for each in _COMMENTS if name.startswith(each)), None)
    return content if folder is None else _COMMENTS[folder].sub(b"", content)


class LeanStaticStorage(CompressedManifestStaticFilesStorage):
    """whitenoise's storage, of files without comments."""

    def _save(self, name, content):
        content.seek(0)
        return super()._save(name, ContentFile(without_comments(name, content.read())))
