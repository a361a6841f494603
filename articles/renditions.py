"""WRITE: the files of pictures in all widths and formats, made while nobody waits for them.

A picture that waits is claimed by an UPDATE, so that of several processes one makes its files;
the claim runs out, so that what a process left undone when it was stopped is done by another.
Until then readers get the JPEG that was made when the picture was sent.

A process that serves says so at its start (``work_here``), and is woken when a picture is stored:
a thread of it goes through what waits, and ends. The work itself is done in a process of its own
(``articles.darkroom``), so the thread does nothing but wait. A command that stores pictures leaves
them to those who serve, for its threads would end with it. Acts of the portal itself: nobody is
asked for a right.
"""

import logging
import shutil
import tempfile
import threading
import time
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import DatabaseError, connections
from django.db.models import F, Min, Q
from django.utils import timezone

from articles import darkroom
from articles.models import Picture
from articles.widths import TYPES, file_name, folder_of, original_name

# Longer than a picture may take (SECONDS_TO_MAKE times PATIENCE).
LEASE = timedelta(minutes=10)
# A picture that fails as often keeps its JPEG.
MOST_ATTEMPTS = 3
# A thread that waits for another process to finish looks again at least this often.
LONGEST_PAUSE = 60

logger = logging.getLogger(__name__)
_lock = threading.Lock()
_threads = []
_serves = threading.Event()


def work_here():
    """Has this process make the files of pictures, from now on: it serves, and stays."""
    _serves.set()
    wake()


def wake():
    """Makes the files of what waits, in a thread of this process; does not wait for it.

    Nothing where this process does not serve, where ``settings.PICTURES_IN_BACKGROUND`` is off,
    or where a thread is at it already: that one looks again before it ends.
    """
    if not settings.PICTURES_IN_BACKGROUND or not _serves.is_set():
        return
    with _lock:
        if not any(thread.is_alive() for thread in _threads):
            thread = threading.Thread(target=_work, name="renditions", daemon=True)
            _threads[:] = [thread]
            thread.start()


def _work():
    try:
        while (pause := _seconds_to_wait()) is not None:
            if pause:
                time.sleep(pause)
            make_waiting()
    except DatabaseError as error:
        # No table yet, or a database that is away: the next picture, or the next start, wakes us.
        logger.warning("pictures wait: %s", error)
    finally:
        connections.close_all()


def _seconds_to_wait():
    """0 where a picture can be claimed, None where none waits; else until a claim runs out."""
    waiting = _waiting()
    now = timezone.now()
    if waiting.filter(_claimable(now)).exists():
        return 0
    until = waiting.aggregate(until=Min("claimed_until"))["until"]
    return until and min(max((until - now).total_seconds(), 1), LONGEST_PAUSE)


def make_waiting(*, tell=None):
    """Makes the files of all pictures that wait and are claimed by nobody; how many were made.

    ``tell`` is called with each picture when it is done, well or not.
    """
    made = 0
    while (picture := _claim()) is not None:
        made += _make(picture)
        if tell:
            tell(picture)
    return made


def ask_again(*, failed=False):
    """Has the files made anew that another recipe made, and with ``failed`` those that failed.

    How many pictures wait for it.
    """
    asked = 0
    rows = Picture.objects.exclude(state=Picture.State.WAITING)
    for pk, digest, credit, folder, state in rows.values_list(
        "pk", "digest", "credit", "folder", "state"
    ).iterator():
        if folder != folder_of(digest, credit) or (failed and state == Picture.State.FAILED):
            asked += rows.filter(pk=pk).update(**WAITING)
    return asked


# What a picture is given whose files are to be made.
WAITING = {"state": Picture.State.WAITING, "claimed_until": None, "attempts": 0}


def _waiting():
    return Picture.objects.filter(state=Picture.State.WAITING)


def _claimable(now):
    return Q(claimed_until__isnull=True) | Q(claimed_until__lt=now)


def _claim():
    """A waiting picture, now this process's for the length of a lease; None where there is none."""
    while True:
        now = timezone.now()
        candidate = _waiting().filter(_claimable(now)).order_by("id").first()
        if candidate is None:
            return None
        claimed = (
            _waiting()
            .filter(_claimable(now), pk=candidate.pk)
            .update(claimed_until=now + LEASE, attempts=F("attempts") + 1)
        )
        if claimed:
            candidate.attempts += 1
            return candidate


def _make(picture):
    """Makes the files of a claimed picture; whether that went well.

    Changes nothing where somebody gave the picture another credit meanwhile: it waits again.
    """
    # With the credit that they carry: another one means other files.
    row = _waiting().filter(pk=picture.pk, credit=picture.credit)
    folder = folder_of(picture.digest, picture.credit)
    try:
        _write_files(picture, folder)
    except (darkroom.PictureRefusedError, OSError) as error:
        logger.warning("picture %s, attempt %s: %s", picture.pk, picture.attempts, error)
        is_last = picture.attempts >= MOST_ATTEMPTS
        row.update(
            claimed_until=None if is_last else timezone.now() + LEASE,
            **({"state": Picture.State.FAILED} if is_last else {}),
        )
        return False
    return bool(
        row.update(folder=folder, is_complete=True, state=Picture.State.READY, claimed_until=None)
    )


def _write_files(picture, folder):
    with tempfile.TemporaryDirectory(prefix="picture-") as place:
        path, out = Path(place, "original"), Path(place, "out")
        out.mkdir()
        with default_storage.open(original_name(picture.digest)) as kept, path.open("wb") as copy:
            shutil.copyfileobj(kept, copy)
        made = darkroom.make_files(
            path=str(path), out=str(out), credit=picture.credit, formats=list(TYPES)
        )
        for name in made["files"]:
            width, extension = name.split(".")
            keep_file(out / name, file_name(folder, width, extension))


def keep_file(path, name):
    """Stores a file under just this name, in place of one that was left there half written."""
    default_storage.delete(name)
    with path.open("rb") as content:
        default_storage.save(name, File(content))
