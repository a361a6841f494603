"""WRITE: pictures and their words. Every write is one transaction.

A picture is sent in two steps, as opening one takes its time and nobody should wait for a lock
meanwhile: ``examine`` looks at the file and touches no row, ``add_picture`` stores it.

``by`` is the person who acts; they need the right to write articles. ``by=None`` is the portal
itself.
"""

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles import darkroom, renditions
from articles.models import MOST_PERCENT, Picture
from articles.permissions import can_change_picture, require, require_writer
from articles.publishing import ArticleError
from articles.widths import file_name, folder_of, original_name, widths_of

# In bytes. A camera's JPEG of 40 megapixels fits; a film does not.
MOST_BYTES = 20_000_000
# What a reader takes in beside a picture, and what one who cannot see it listens to.
MOST_ALT, MOST_CAPTION, MOST_CREDIT, MOST_LICENCE = 400, 800, 200, 120

_REQUIRED = {
    "alt": (
        gettext_lazy("A picture needs an alternative text."),
        gettext_lazy("An alternative text has at most %(most)s characters."),
        MOST_ALT,
    ),
    "caption": (
        gettext_lazy("A picture needs a caption."),
        gettext_lazy("A caption has at most %(most)s characters."),
        MOST_CAPTION,
    ),
    "credit": (
        gettext_lazy("A picture needs a credit."),
        gettext_lazy("A credit has at most %(most)s characters."),
        MOST_CREDIT,
    ),
}
_CHANGEABLE = frozenset(
    {"alt", "caption", "credit", "licence", "licence_note", "focal_x", "focal_y"}
)


class PictureError(ArticleError):
    """What was sent cannot be a picture of ours; the message is a sentence for its sender."""


@dataclass(slots=True)
class Examined:
    """A file that is a picture. ``credit`` is whom it names itself, "" for nobody.

    Its bytes and its first JPEG lie in ``place``, a folder that goes with ``close``.
    """

    place: tempfile.TemporaryDirectory
    digest: str
    width: int
    height: int
    credit: str

    @property
    def original(self):
        return Path(self.place.name, "original")

    @property
    def jpeg(self):
        return Path(self.place.name, "out", f"{widths_of(self.width)[-1]}.jpg")

    def close(self):
        self.place.cleanup()


def examine(*, by=None, file, credit=""):
    """Opens a file that was sent (a Django ``File``) as a picture; an ``Examined``, to be closed.

    ``credit`` is what its first file carries; where it is empty, what the picture says itself.
    Raises ``PictureError`` for what is too large or no picture, ``PermissionDenied``. No locks.
    """
    require_writer(by)
    if file.size > MOST_BYTES:
        most = MOST_BYTES // 1_000_000
        raise PictureError(
            _("This file is larger than %(most)s MB. Save the picture smaller.") % {"most": most}
        )
    place = tempfile.TemporaryDirectory(prefix="picture-")
    try:
        digest = hashlib.sha256()
        with Path(place.name, "original").open("wb") as copy:
            for chunk in file.chunks():
                digest.update(chunk)
                copy.write(chunk)
        out = Path(place.name, "out")
        out.mkdir()
        found = darkroom.open_picture(
            path=str(Path(place.name, "original")), out=str(out), credit=_tidy(credit)
        )
    except darkroom.PictureRefusedError as error:
        place.cleanup()
        raise PictureError(str(error)) from error
    except BaseException:
        place.cleanup()
        raise
    return Examined(place, digest.hexdigest(), found["width"], found["height"], found["credit"])


def add_picture(*, by=None, examined, **words):
    """Stores a picture with its ``words``; its files are made once the transaction is over.

    ``words`` are alt, caption, credit, licence, licence_note, focal_x and focal_y. Without a
    credit it gets the one that its file names. Raises ``PictureError`` for words that are missing
    or too long, and for a file that is here already; ``PermissionDenied``. No locks.
    """
    require_writer(by)
    words["credit"] = _tidy(words.get("credit", "")) or examined.credit
    picture = Picture(
        digest=examined.digest,
        width=examined.width,
        height=examined.height,
        uploaded_by=by,
        folder=folder_of(examined.digest, words["credit"]),
    )
    _apply(picture, words)
    if twin := twin_of(examined.digest):
        raise _already_here(twin)
    renditions.keep_file(examined.original, original_name(picture.digest))
    widest = widths_of(picture.width)[-1]
    renditions.keep_file(examined.jpeg, file_name(picture.folder, widest, "jpg"))
    try:
        with transaction.atomic():
            picture.save(force_insert=True)
            transaction.on_commit(renditions.wake)
    except IntegrityError as error:
        raise _already_here(twin_of(examined.digest)) from error
    return picture


def change_picture(*, by=None, picture, **changes):
    """Takes over ``changes`` (words of ``add_picture``); returns whether anything changed.

    With another credit the files are made anew, as it stands in them. Reads the picture anew and
    locks its row. Raises as ``add_picture`` does.
    """
    _require_own(by, picture)
    with transaction.atomic():
        picture.refresh_from_db(
            from_queryset=Picture.objects.select_for_update(of=("self",), no_key=True)
        )
        before = {name: getattr(picture, name) for name in _CHANGEABLE}
        _apply(picture, before | changes)
        changed = {name for name, value in before.items() if getattr(picture, name) != value}
        if not changed:
            return False
        if "credit" in changed:
            for name, value in renditions.WAITING.items():
                setattr(picture, name, value)
            transaction.on_commit(renditions.wake)
        picture.save(force_update=True)
    return True


def remove_picture(*, by=None, picture):
    """Takes a picture that no article shows out of the portal, with its files.

    What caches and readers have of it is theirs. Locks its row, so that no article takes it
    meanwhile. Raises ``PictureError`` where an article shows it, ``PermissionDenied``. False
    where it is gone already.
    """
    _require_own(by, picture)
    with transaction.atomic():
        found = Picture.objects.select_for_update().filter(pk=picture.pk).first()
        if found is None:
            return False
        if found.led_articles.exists() or found.placements.exists():
            raise PictureError(_("An article shows this picture. Take it out there first."))
        found.delete()
        transaction.on_commit(lambda: _remove_files(found))
    return True


def check_words(words):
    """Raises ``PictureError`` for words that no picture can have: ``add_picture`` would."""
    _apply(Picture(), words)


def twin_of(digest):
    """The number of the picture that was made of the same file; None where there is none."""
    return Picture.objects.filter(digest=digest).values_list("pk", flat=True).first()


def _already_here(number):
    return PictureError(
        _("This file is here already, as picture %(number)s. Use that one, or change its words.")
        % {"number": number}
    )


def _apply(picture, words):
    if unknown := set(words) - _CHANGEABLE:
        raise TypeError(f"a picture has no {sorted(unknown)}")
    for name, (missing, too_long, most) in _REQUIRED.items():
        value = _tidy(words.get(name, ""))
        if not value:
            raise PictureError(str(missing))
        if len(value) > most:
            raise PictureError(too_long % {"most": most})
        setattr(picture, name, value)
    picture.licence = words.get("licence", "")
    if picture.licence not in Picture.Licence.values:
        raise PictureError(_("Choose under which licence the picture is shown."))
    note = _tidy(words.get("licence_note", ""))
    if len(note) > MOST_LICENCE:
        raise PictureError(
            _("The name of a licence has at most %(most)s characters.") % {"most": MOST_LICENCE}
        )
    if (picture.licence == Picture.Licence.OTHER) != bool(note):
        raise PictureError(
            _("Name the licence where you chose another one, and leave its name empty elsewhere.")
        )
    picture.licence_note = note
    for name in ("focal_x", "focal_y"):
        percent = words.get(name, MOST_PERCENT // 2)
        if not 0 <= percent <= MOST_PERCENT:
            raise PictureError(
                _("The middle of the picture lies between 0 and %(most)s.") % {"most": MOST_PERCENT}
            )
        setattr(picture, name, percent)


def _remove_files(picture):
    default_storage.delete(original_name(picture.digest))
    # Also those that it had with another credit, or by another recipe.
    made_of_it = Path(file_name(picture.folder, 0, "jpg")).parents[1].as_posix()
    for folder in default_storage.listdir(made_of_it)[0]:
        for name in default_storage.listdir(f"{made_of_it}/{folder}")[1]:
            default_storage.delete(f"{made_of_it}/{folder}/{name}")


def _tidy(text):
    return " ".join(text.split())


def _require_own(by, picture):
    allowed = by is None or can_change_picture(by, picture)
    require(allowed, _("Only who sent a picture, or publishes, can change it."))
