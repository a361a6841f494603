"""PURE: the program that opens an uploaded picture, and writes it anew in other sizes.

Decoders of pictures are large programs in C that read what strangers send. So this one runs in
a process of its own, which may take so much memory and so many seconds and no more
(``articles.darkroom`` starts it), and knows no Django. A request comes on stdin as JSON, and the
answer goes to stdout.

What is written has the colours, the way up and the credit of the picture, and nothing else that
was in the file: the pixels are decoded and encoded again, so what hid behind them stays behind.
"""

import contextlib
import json
import os
import re
import resource
import signal
import struct
import sys

from PIL import AvifImagePlugin, Image, ImageCms, ImageOps, IptcImagePlugin, UnidentifiedImageError

from articles.sentences import SentenceError, gettext_noop
from articles.widths import WIDTHS, widths_of

# In bytes; what the largest pictures below take, and room for odd ones.
MOST_MEMORY = 300_000_000
# By format, as decoders take memory. Opened and written in all sizes under the limit above: a
# progressive JPEG of 40 megapixels, a PNG and an AVIF of 24, a WebP of 12 (and not one of 16).
MOST_PIXELS = {
    "JPEG": 40_000_000,
    "MPO": 40_000_000,
    "PNG": 24_000_000,
    "AVIF": 24_000_000,
    "WEBP": 12_000_000,
}
# WebP has no picture that is longer.
MOST_SIDE = 16_000
# No name and no agency is longer; more is somebody's text hidden in a field.
MOST_CREDIT = 200
# Of a packet of XMP, which comes first in it: what a program wrote of itself follows.
MOST_XMP = 200_000
# What a picture with transparent parts is laid upon.
WHITE = (255, 255, 255)
OPENED = ("JPEG", "PNG", "WEBP", "AVIF")
# Quality at which a photograph looks the same at arm's length; AVIF at speed 8 takes an eighth
# of the time of the default for files of the same size.
ENCODINGS = {
    "jpg": ("JPEG", {"quality": 80, "optimize": True, "progressive": True}),
    "webp": ("WEBP", {"quality": 76, "method": 4}),
    "avif": ("AVIF", {"quality": 60, "speed": 8, "max_threads": 1}),
}

_ARTIST, _COPYRIGHT, _ORIENTATION = 0x013B, 0x8298, 0x0112
_IPTC_CREDIT, _IPTC_BYLINE, _IPTC_COPYRIGHT = (2, 110), (2, 80), (2, 116)
_XMP_FIELDS = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (
        rb"photoshop:Credit=\"([^\"<>]{1,400})\"",
        rb"<photoshop:Credit>([^<>]{1,400})<",
        rb"<dc:creator>\s*<rdf:Seq>\s*<rdf:li[^<>]{0,100}>([^<>]{1,400})<",
        rb"<dc:rights>\s*<rdf:Alt>\s*<rdf:li[^<>]{0,100}>([^<>]{1,400})<",
    )
)
# What Pillow raises for a file that is damaged, or made up.
_DAMAGE = (
    OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, AttributeError, EOFError,
    struct.error, OverflowError, ZeroDivisionError, RuntimeError, AssertionError,
)  # fmt: skip
_SRGB = ImageCms.createProfile("sRGB")

NO_PICTURE = gettext_noop(
    "This is no picture that the portal can read. Save it as JPEG, PNG, WebP or AVIF and "
    "choose it again."
)
DAMAGED = gettext_noop("This picture is damaged or cut short. Save it anew and choose it again.")
TOO_HEAVY = gettext_noop(
    "This picture takes too much memory or time to open. Save it smaller, as JPEG."
)
_TOO_LONG = gettext_noop("A side of this picture has more than %(most)s pixels. Cut it.")
_TOO_MANY_PIXELS = gettext_noop(
    "This picture has more than %(most)s million pixels. Save it smaller, as JPEG."
)

Image.MAX_IMAGE_PIXELS = max(MOST_PIXELS.values())
# One thread for each picture: the machine has other things to do.
AvifImagePlugin.DEFAULT_MAX_THREADS = 1


class RefusalError(SentenceError):
    """The file is not taken; the sentence is for whoever sent it."""


def develop(request):
    """Writes the picture at ``path`` into the folder ``out`` as ``WIDTH.FORMAT`` files.

    In all its widths (``articles.widths``) or, with ``widest_only``, in the widest. ``formats``
    are keys of ``ENCODINGS``. ``credit`` goes into the files; where it is empty, what the picture
    says itself.

    Returns what there is to know: ``width``, ``height`` (as it is looked at), ``format``,
    ``credit`` (its own, or ""), ``files``. Raises ``RefusalError``.
    """
    try:
        return _develop(request)
    except RefusalError:
        raise
    except MemoryError as error:
        raise RefusalError(TOO_HEAVY) from error
    except _DAMAGE as error:
        raise RefusalError(DAMAGED) from error


def _develop(request):
    shown, facts = _read(request["path"])
    size = facts["width"], facts["height"]
    files = []
    exif = _exif_with(request["credit"] or facts["credit"])
    widths = widths_of(size[0])
    for width in widths[-1:] if request["widest_only"] else widths:
        scaled = _resize(shown, _scaled(size, width))
        for name in request["formats"]:
            encoder, options = ENCODINGS[name]
            path = os.path.join(request["out"], f"{width}.{name}")
            scaled.save(path, encoder, exif=exif, **options)
            files.append(f"{width}.{name}")
    return facts | {"files": files}


def _read(path):
    """(the picture, as wide as any file of it is; what there is to know of it).

    What the decoder took is given back when this returns: the encoders need it.
    """
    with _open(path) as picture:
        facts = {
            "format": "JPEG" if picture.format == "MPO" else picture.format,
            "credit": _credit_of(picture),
        }
        lies_on_its_side = picture.getexif().get(_ORIENTATION) in (5, 6, 7, 8)
        size = picture.size[::-1] if lies_on_its_side else picture.size
        facts["width"], facts["height"] = size
        # A JPEG is decoded at a half, a quarter or an eighth where that is enough.
        wanted = _scaled(size, min(WIDTHS[-1], size[0]))
        picture.draft(None, wanted[::-1] if lies_on_its_side else wanted)
        picture.load()
        profile = picture.info.get("icc_profile")
        # In its place, as a copy would take as much memory again.
        ImageOps.exif_transpose(picture, in_place=True)
        shown = _as_seen(picture)
    shown = _in_srgb(_resize(shown, wanted), profile)
    # Encoders write what they find here: comments, profiles, another program's notes.
    shown.info.clear()
    return shown, facts


def _open(path):
    try:
        picture = Image.open(path, formats=OPENED)
    except (UnidentifiedImageError, struct.error, EOFError) as error:
        raise RefusalError(NO_PICTURE) from error
    except Image.DecompressionBombError as error:
        raise _too_many_pixels("JPEG") from error
    if picture.width * picture.height > MOST_PIXELS[picture.format]:
        raise _too_many_pixels(picture.format)
    if max(picture.size) > MOST_SIDE:
        raise RefusalError(_TOO_LONG, most=MOST_SIDE)
    return picture


def _too_many_pixels(kind):
    return RefusalError(_TOO_MANY_PIXELS, most=MOST_PIXELS[kind] // 1_000_000)


def _scaled(size, width):
    return width, max(1, round(size[1] * width / size[0]))


def _resize(picture, size):
    if picture.size == size:
        return picture
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def _as_seen(picture):
    """In eight bits a colour, on white paper where it lets something shine through."""
    if picture.mode.startswith("I"):
        # Sixteen bits of grey, of which the upper eight are seen.
        picture = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if picture.mode in ("RGB", "L", "CMYK") and "transparency" not in picture.info:
        return picture
    if picture.has_transparency_data:
        paper = Image.new("RGB", picture.size, WHITE)
        see_through = picture.convert("RGBA")
        paper.paste(see_through, mask=see_through)
        return paper
    return picture.convert("RGB")


def _in_srgb(picture, profile):
    if profile:
        with contextlib.suppress(ImageCms.PyCMSError, *_DAMAGE):
            theirs = ImageCms.ImageCmsProfile(_Bytes(profile))
            return ImageCms.profileToProfile(picture, theirs, _SRGB, outputMode="RGB")
    return picture if picture.mode == "RGB" else picture.convert("RGB")


class _Bytes:
    """As much of a file as a colour profile is read from."""

    def __init__(self, content):
        self.content = content

    def read(self):
        return self.content


def _exif_with(credit):
    exif = Image.Exif()
    if credit:
        # In UTF-8, as everybody writes it who is no camera.
        exif[_ARTIST] = credit.encode()
    return exif.tobytes() if credit else b""


def _credit_of(picture):
    """Whom the file itself names: IPTC, then XMP, then EXIF; the credit before the author."""
    for read in (_iptc_names, _xmp_names, _exif_names):
        with contextlib.suppress(*_DAMAGE):
            for name in read(picture):
                if tidy := _tidy(name):
                    return tidy
    return ""


def _iptc_names(picture):
    found = IptcImagePlugin.getiptcinfo(picture) or {}
    for key in (_IPTC_CREDIT, _IPTC_BYLINE, _IPTC_COPYRIGHT):
        value = found.get(key, b"")
        yield value[0] if isinstance(value, list) else value


def _xmp_names(picture):
    packet = picture.info.get("xmp") or b""
    packet = packet.encode() if isinstance(packet, str) else packet
    for field in _XMP_FIELDS:
        if found := field.search(packet[:MOST_XMP]):
            yield found[1].replace(b"&quot;", b'"').replace(b"&apos;", b"'").replace(b"&amp;", b"&")


def _exif_names(picture):
    exif = picture.getexif()
    yield from (exif.get(_ARTIST) or "", exif.get(_COPYRIGHT) or "")


def _tidy(name):
    """One line of printable text, or "" for what is none."""
    if isinstance(name, str):
        # Pillow reads EXIF as Latin-1.
        name = name.encode("latin-1", "ignore")
    try:
        text = name.decode()
    except UnicodeDecodeError:
        text = name.decode("latin-1")
    text = " ".join(text.replace("\0", " ").split())
    return text[:MOST_CREDIT].strip() if text.isprintable() else ""


def main():
    """Answers one request; ``seconds`` of it is how much of a processor it may take.

    It ends by a signal when they are over, wherever it is.
    """
    request = json.load(sys.stdin)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    signal.setitimer(signal.ITIMER_PROF, request["seconds"])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if request["nice"]:
        os.nice(request["nice"])
    try:
        answer = develop(request)
    except RefusalError as refusal:
        answer = {"refusal": refusal.sentence, "values": refusal.values}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
