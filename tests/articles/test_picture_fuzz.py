"""Ten thousand mutated pictures: none crashes, takes long, takes much, or comes back as it was.

They are opened in a child process that has the limits of ``articles.pixels`` and answers for each
file what became of it; some also go the whole way that an upload goes, a process for each.
"""

import io
import json
import os
import random
import re
import resource
import struct
import subprocess
import sys
import time
import zlib
from pathlib import Path

import pytest
from PIL import Image

from articles import darkroom, pixels

pytestmark = pytest.mark.pure

SEED = 20_260_108
HOW_MANY = 10_000
THE_WHOLE_WAY = 60
# What the issue asks for, of each file: seconds of a processor, as this one may be busy, and bytes.
MOST_SECONDS = 2
MOST_MEMORY = 300_000_000
# What hides behind a picture; none of it may come back.
HIDDEN = b"<script>alert('hidden')</script>"
ROOT = Path(__file__).resolve().parents[2]


def drawn(kind, mode="RGB", size=(96, 64), **options):
    noise = Image.effect_noise(size, 60)
    picture = Image.merge("RGB", (noise, noise.transpose(0), noise.transpose(1)))
    written = io.BytesIO()
    picture.convert(mode).save(written, kind, **options)
    return written.getvalue()


def exif():
    tags = Image.Exif()
    tags[0x013B] = HIDDEN
    tags[0x0112] = 8
    tags.get_ifd(0x8825)[2] = (59.0, 54.0, 0.0)
    return tags


def seeds():
    """Pictures of all kinds that are taken and of some that are not, whole."""
    profile = pixels.ImageCms.ImageCmsProfile(pixels.ImageCms.createProfile("sRGB")).tobytes()
    return [
        drawn("JPEG"),
        drawn("JPEG", progressive=True, subsampling=0),
        drawn("JPEG", "CMYK", exif=exif()),
        drawn("JPEG", "L", icc_profile=profile, xmp=HIDDEN, comment=HIDDEN),
        drawn("PNG"),
        drawn("PNG", "P", bits=4),
        drawn("PNG", "RGBA", exif=exif()),
        drawn("PNG", "1"),
        drawn("PNG", "LA", icc_profile=profile),
        drawn("WEBP"),
        drawn("WEBP", "RGBA", lossless=True, exif=exif(), xmp=HIDDEN),
        drawn("AVIF", exif=exif()),
        drawn("AVIF", "RGBA", icc_profile=profile),
        drawn("GIF"),
        drawn("TIFF", exif=exif()),
        drawn("BMP"),
        drawn("ICO", size=(32, 32)),
        drawn("JPEG2000"),
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"GIF89a/*" + HIDDEN + b"*/=1",
        b"%PDF-1.7\n" + HIDDEN,
    ]


def bomb(width, height, depth=8, colour=2):
    """A PNG that is small to send and as large as it says to open."""

    def chunk(name, content):
        return (
            struct.pack(">I", len(content))
            + name
            + content
            + struct.pack(">I", zlib.crc32(name + content))
        )

    packed = zlib.compress(b"\0" * min(width * height * 3 + height, 4_000_000), 9)
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    # A second one inside, where texts are kept.
    texts = chunk(b"zTXt", b"a\0\0" + zlib.compress(b"\0" * 3_000_000, 9)) if depth > 8 else b""
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + texts
        + chunk(b"IDAT", packed)
        + chunk(b"IEND", b"")
    )


def mutated(rng, whole):
    """One file after another, each another picture's child."""
    while True:
        content = bytearray(rng.choice(whole))
        way = rng.randrange(9)
        at = rng.randrange(len(content) + 1)
        if way == 0:
            for _ in range(rng.randrange(1, 12)):
                content[rng.randrange(len(content))] = rng.randrange(256)
        elif way == 1:
            # Where formats say how large they are.
            for _ in range(rng.randrange(1, 6)):
                content[rng.randrange(min(len(content), 64))] = rng.choice((0, 1, 127, 128, 255))
        elif way == 2:
            del content[at:]
        elif way == 3:
            del content[at : at + rng.randrange(1, 400)]
        elif way == 4:
            content[at:at] = rng.randbytes(rng.randrange(1, 400))
        elif way == 5:
            other = rng.choice(whole)
            content[at:] = other[rng.randrange(len(other)) :]
        elif way == 6:
            # Two pictures, or a picture and a page, in one file.
            content += rng.choice((HIDDEN, b"PK\x03\x04" + HIDDEN, rng.choice(whole)))
        elif way == 7:
            content[:0] = rng.choice((HIDDEN, b"GIF89a", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))
        else:
            run = bytes(content[at : at + 200])
            content[at:at] = run * rng.randrange(1, 30)
        yield bytes(content)


def files():
    """The pictures themselves, some bombs, and mutations: ``HOW_MANY`` in all."""
    rng = random.Random(SEED)
    whole = seeds()
    yield from whole
    for width, height in ((60_000, 60_000), (1, 2**31 - 1), (24_000, 1_000), (6_000, 4_001)):
        yield bomb(width, height)
        yield bomb(width, height, depth=16, colour=6)
    made = mutated(rng, whole)
    for _ in range(HOW_MANY - len(whole) - 8):
        yield next(made)


# --- The child ---


def answer_all():
    """In the child: opens what comes on stdin, and says in a line what became of each file."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    source, place = sys.stdin.buffer, sys.argv[1]
    request = {
        "path": f"{place}/file", "out": place, "credit": "Ida", "formats": ["jpg"],
        "widest_only": True,
    }  # fmt: skip
    while head := source.read(4):
        Path(request["path"]).write_bytes(source.read(struct.unpack(">I", head)[0]))
        started = time.process_time()
        said = {}
        try:
            made = pixels.develop(request)
            file = Path(place, made["files"][0])
            said["problem"] = problem_with(file.read_bytes())
            file.unlink()
        except pixels.RefusalError as refusal:
            said["refused"] = str(refusal)
        said["seconds"] = time.process_time() - started
        said["memory"] = most_memory_so_far()
        print(json.dumps(said), flush=True)  # noqa: T201  that is its answer


def most_memory_so_far():
    """In bytes. What ``getrusage`` says is of whoever started this process, if that was larger."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s*([0-9]+) kB", status)[1]) * 1024


def problem_with(served):
    """What is wrong with what readers would be sent; "" for nothing."""
    if HIDDEN in served or b"<script" in served:
        return "it brings what was hidden in it"
    with Image.open(io.BytesIO(served)) as picture:
        picture.load()
        if picture.format != "JPEG":
            return f"it is {picture.format}"
        return "" if dict(picture.getexif()) == {0x013B: "Ida"} else "it has other metadata"


# --- The tests ---


@pytest.fixture
def child(tmp_path):
    """A process that opens pictures under the limits of one that opens a single one."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.articles.test_picture_fuzz", str(tmp_path)],
        cwd=ROOT,
        env={"PYTHONPATH": os.pathsep.join(sys.path), "DJANGO_SETTINGS_MODULE": ""},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as running:
        yield running
        running.stdin.close()


def test_ten_thousand_mutated_pictures(child, record_property):
    taken, refused, slowest, largest = 0, {}, 0, 0
    for number, content in enumerate(files()):
        child.stdin.write(struct.pack(">I", len(content)) + content)
        child.stdin.flush()
        line = child.stdout.readline()
        assert line, f"file {number} ended the process: {content[:200]!r}"
        said = json.loads(line)
        assert not said.get("problem"), f"file {number}: {said['problem']}"
        assert said["seconds"] < MOST_SECONDS, f"file {number} took {said['seconds']:.1f} seconds"
        assert said["memory"] < MOST_MEMORY, f"file {number} took {said['memory']:,} bytes"
        slowest, largest = max(slowest, said["seconds"]), max(largest, said["memory"])
        if "refused" in said:
            refused[said["refused"]] = refused.get(said["refused"], 0) + 1
        else:
            taken += 1
    told = (
        f"{taken} taken, {refused} refused, the slowest {slowest:.2f} s, the largest {largest:,} B"
    )
    record_property("fuzz", told)
    assert taken + sum(refused.values()) == HOW_MANY
    # Mutations that all are refused at their first byte would prove little.
    assert taken > HOW_MANY // 10, told
    assert set(refused) >= {pixels.NO_PICTURE, pixels.DAMAGED}, told
    assert all(sentence.endswith(".") for sentence in refused)


def test_some_of_them_the_whole_way(tmp_path):
    """As an upload is opened: a process for each, with no secret of ours in its surroundings."""
    path, out = tmp_path / "file", tmp_path / "out"
    out.mkdir()
    rng, refused = random.Random(SEED), 0
    for number, content in enumerate(rng.sample(list(files()), THE_WHOLE_WAY)):
        path.write_bytes(content)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        try:
            made = darkroom.open_picture(path=str(path), out=str(out), credit="Ida")
        except darkroom.PictureRefusedError:
            refused += 1
        else:
            assert not problem_with((out / made["files"][0]).read_bytes()), number
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        took = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        assert took < MOST_SECONDS, f"file {number} took {took:.1f} seconds"
    assert 0 < refused < THE_WHOLE_WAY


if __name__ == "__main__":
    answer_all()
