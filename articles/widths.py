"""PURE: in which widths and formats a picture is kept, and by which names."""

import hashlib

# A picture in a list; one across a phone, whose screen has 1.75 dots a pixel; across the text on a
# desk; across a phone with three dots a pixel; across the text on a fine desk. A width that is just
# too small costs the next one: across most phones a 1440 was fetched where 1200 does.
WIDTHS = (320, 680, 960, 1200, 1920)
# The smallest files first: a browser takes the first format that it knows.
TYPES = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg"}
# Grows when the way in which files are made changes: they then get other names, so that no
# cache keeps the old ones for the new.
RECIPE = 2


def widths_of(width):
    """The widths that a picture this wide is kept in: never wider than it is itself."""
    return (*(each for each in WIDTHS[:-1] if each < width), min(width, WIDTHS[-1]))


def folder_of(digest, credit):
    """The folder of a picture's files, of two parts, named by what goes into them.

    The first is the same for all files that were ever made of a picture. Nobody can guess it who
    has not seen the picture.
    """
    return f"{_short(digest, 12)}/{_short(f'{RECIPE} {credit}', 6)}"


def _short(text, size):
    return hashlib.blake2b(text.encode(), digest_size=size).hexdigest()


def file_name(folder, width, extension):
    """Where a file lies under ``MEDIA_ROOT``, and under ``MEDIA_URL``."""
    return f"pictures/{folder[:2]}/{folder}/{width}.{extension}"


def original_name(digest):
    """Where the file lies that was sent. No address leads there."""
    return f"originals/{digest[:2]}/{digest}"
