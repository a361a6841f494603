"""Where pictures are opened: a process of its own for each, which may not take all there is.

Nothing that was sent is decoded in a process that serves readers. What a decoder does with a
malicious file, be it a crash, an endless loop or all of the memory, ends there.
"""

import json
import os
import subprocess
import sys

from django.conf import settings
from django.utils.translation import gettext_lazy

from articles.errors import worded

# Of a processor, for opening a picture and writing its first file while somebody waits: the
# largest that are taken need one (docs/adr/0013), and with the start it is less than two.
SECONDS_TO_OPEN = 1.8
# For all of its files, when nobody waits: fifteen, of which each AVIF may take a second or two.
SECONDS_TO_MAKE = 60
# On a busy machine a second of a processor may take several of the clock.
PATIENCE = 5
# Readers come first.
NICE = 10
NOT_OPENED = gettext_lazy(
    "This picture cannot be opened within the time and memory that one may take. Save it anew as "
    "JPEG, smaller if it is large, and choose it again."
)


class PictureRefusedError(ValueError):
    """The file is not taken as a picture; the message is a sentence for whoever sent it."""


def open_picture(*, path, out, credit):
    """Looks at a file that was sent, and writes its first JPEG into the folder ``out``.

    Returns what ``pixels.develop`` does. Raises ``PictureRefusedError``.
    """
    return _run(
        {"path": path, "out": out, "credit": credit, "formats": ["jpg"], "widest_only": True},
        seconds=SECONDS_TO_OPEN,
        nice=0,
    )


def make_files(*, path, out, credit, formats):
    """Writes a picture in all widths and ``formats`` into ``out``. Returns and raises as above."""
    return _run(
        {"path": path, "out": out, "credit": credit, "formats": formats, "widest_only": False},
        seconds=SECONDS_TO_MAKE,
        nice=NICE,
    )


def _run(request, *, seconds, nice):
    try:
        ran = subprocess.run(
            [sys.executable, "-m", "articles.pixels"],
            input=json.dumps(request | {"seconds": seconds, "nice": nice}).encode(),
            capture_output=True,
            cwd=settings.BASE_DIR,
            # The modules that we found, and no secret of ours. What a decoder gives back goes back
            # to the system, or the encoders behind it would find none.
            env={
                "PYTHONPATH": os.pathsep.join(sys.path),
                "LANG": "C.UTF-8",
                "MALLOC_MMAP_THRESHOLD_": "131072",
            },
            timeout=seconds * PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise PictureRefusedError(str(NOT_OPENED)) from error
    if ran.returncode:
        # Ended by the system, as it ran out of time, or by a fault in its decoder.
        raise PictureRefusedError(str(NOT_OPENED))
    answer = json.loads(ran.stdout)
    if "refusal" in answer:
        raise PictureRefusedError(worded(answer["refusal"], answer["values"]))
    return answer
