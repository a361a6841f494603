"""What version of the portal this is, as far as a page can show it."""

import hashlib
from pathlib import Path


def digest_of_build(folder: Path, *settings: str) -> str:
    """A short text that changes with any template, static file or translation under ``folder``.

    ``settings`` are what else is the same for every page, and printed on some.

    Read once at the start (about a hundred small files, a few milliseconds).
    """
    digest = hashlib.blake2b(repr(settings).encode(), digest_size=8)
    for part in ("templates", "static", "locale"):
        for path in sorted((folder / part).rglob("*")):
            if path.is_file():
                digest.update(path.name.encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()
