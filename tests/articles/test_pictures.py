"""Pictures: sent, described, made in all sizes, shown, served and taken away."""

import io
import json
import re
import struct
import threading
import zlib
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps as django_apps
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from articles import darkroom, picturing, publishing, renditions, stories
from articles.models import Article, Picture
from articles.widths import TYPES, original_name, widths_of
from newsportal import uploads
from tests.articles.drawn import WORDS, add, draw, sent

ADD = "/admin/articles/picture/add/"
LIST = "/admin/articles/picture/"
FORM = WORDS | {"licence_note": "", "focal_x": "50", "focal_y": "50"}


@pytest.fixture
def desk(sign_in, editor):
    return sign_in(editor)


@pytest.fixture
def picture(db):
    return add()


def exif(**tags):
    written = Image.Exif()
    for tag, value in tags.items():
        written[int(tag[1:], 16)] = value
    return written


def png_of(width, height):
    """The head of a PNG that claims to be so large, and a few pixels."""

    def chunk(name, content):
        told = struct.pack(">I", len(content)) + name + content
        return told + struct.pack(">I", zlib.crc32(name + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 50_000))
        + chunk(b"IEND", b"")
    )


def images(html):
    return re.findall(r"<img[^>]*>", html)


# --- Sending one ---


def test_an_editor_sends_a_picture(desk, editor):
    answer = desk.post(ADD, FORM | {"file": sent(draw())})
    assert answer.status_code == 302, answer.content.decode()
    picture = Picture.objects.get()
    assert (picture.width, picture.height, picture.uploaded_by) == (1200, 800, editor)
    assert (picture.alt, picture.caption, picture.credit) == tuple(
        WORDS[name] for name in ("alt", "caption", "credit")
    )
    assert not picture.is_complete
    page = desk.get(f"{LIST}{picture.pk}/change/").content.decode()
    shown = re.search(r'src="(/media/[^"]+)" width="1200" height="800"', page)[1]
    assert desk.get(shown)["Content-Type"] == "image/jpeg"


@pytest.mark.parametrize(
    ("role", "allowed"),
    [("reader", False), ("moderator", False), ("editor", True), ("admin", True)],
)
def test_only_the_newsroom_sends_pictures(sign_in, make_person, monkeypatch, role, allowed):
    opened = []
    run = darkroom.open_picture
    monkeypatch.setattr(
        darkroom, "open_picture", lambda **options: opened.append(1) or run(**options)
    )
    answer = sign_in(make_person(role=role)).post(ADD, FORM | {"file": sent(draw())})
    assert Picture.objects.exists() == allowed
    assert bool(opened) == allowed
    assert answer.status_code in ((302,) if allowed else (302, 403))


def test_nor_does_who_is_not_signed_in(db, client):
    assert client.post(ADD, FORM | {"file": sent(draw())}).status_code == 302
    assert not Picture.objects.exists()


def test_the_writes_ask_for_the_right_themselves(reader, picture):
    with pytest.raises(PermissionDenied):
        picturing.examine(by=reader, file=sent(draw()))
    with pytest.raises(PermissionDenied):
        picturing.add_picture(by=reader, examined=None, **WORDS)
    with pytest.raises(PermissionDenied):
        picturing.change_picture(by=reader, picture=picture, alt="x")
    with pytest.raises(PermissionDenied):
        picturing.remove_picture(by=reader, picture=picture)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"no picture at all", "no picture that the portal can read"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "no picture"),
        (draw(kind="GIF"), "no picture that the portal can read"),
        (draw(kind="TIFF"), "no picture that the portal can read"),
        (draw()[:4000], "damaged or cut short"),
        (png_of(60_000, 60_000), "more than 40 million pixels"),
        (png_of(6_000, 5_000), "more than 24 million pixels"),
        (png_of(16_001, 10), "more than 16,000 pixels"),
    ],
    ids=["empty", "text", "svg", "gif", "tiff", "cut", "bomb", "large", "long"],
)
def test_what_is_no_picture_is_refused_with_a_sentence(desk, content, said):
    answer = desk.post(ADD, FORM | {"file": sent(content)})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert said in page
    assert WORDS["caption"] in page, "what was typed is kept"
    assert not Picture.objects.exists()


def test_a_file_that_is_too_large_is_refused(desk, monkeypatch):
    monkeypatch.setattr(picturing, "MOST_BYTES", 3_000_000)
    answer = desk.post(ADD, FORM | {"file": sent(draw() + b"\0" * 3_000_000)})
    assert "larger than 3 MB" in answer.content.decode()
    assert not Picture.objects.exists()


def test_one_that_is_far_too_large_does_not_even_arrive(desk, client, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_SENT", 100_000)
    answer = desk.post(ADD, FORM | {"file": sent(draw() + b"\0" * 200_000)})
    assert answer.status_code == 413
    answer = client.post("/accounts/login/", {"login": "x", "file": sent(b"\0" * 200_000)})
    assert answer.status_code == 413
    handler = uploads.BoundedUpload()
    handler.receive_data_chunk(b"\0" * 90_000, 0)
    with pytest.raises(RequestDataTooBig):
        handler.receive_data_chunk(b"\0" * 90_000, 90_000)


@pytest.mark.parametrize("name", ["alt", "caption", "credit", "licence"])
def test_the_words_are_required(desk, name):
    answer = desk.post(ADD, FORM | {"file": sent(draw()), name: " "})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert not Picture.objects.exists()
    assert "Choose the file again" in page
    with pytest.raises(picturing.PictureError):
        add(**{name: " "})


@pytest.mark.parametrize(
    "words",
    [
        {"licence": "other"},
        {"licence": "own", "licence_note": "Another"},
        {"licence": "stolen"},
        {"focal_x": 101},
        {"focal_y": -1},
        {"alt": "x" * 401},
        {"licence": "other", "licence_note": "x" * 121},
    ],
)
def test_words_that_cannot_be_are_refused(desk, words):
    answer = desk.post(ADD, FORM | {"file": sent(draw())} | words)
    assert answer.status_code == 200
    assert not Picture.objects.exists()
    with pytest.raises(picturing.PictureError):
        add(**words)


def test_the_same_file_is_not_kept_twice(desk, picture):
    answer = desk.post(ADD, FORM | {"file": sent(draw())})
    assert f"here already, as picture {picture.pk}" in answer.content.decode()
    with pytest.raises(picturing.PictureError, match=f"picture {picture.pk}"):
        add()
    assert Picture.objects.count() == 1


# --- What the file says of itself ---


def iptc_of(name):
    record = b"\x1c\x02\x50" + struct.pack(">H", len(name)) + name
    resource = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(record)) + record
    resource += b"\0" * (len(record) % 2)
    content = b"Photoshop 3.0\0" + resource
    segment = b"\xff\xed" + struct.pack(">H", len(content) + 2) + content
    jpeg = draw()
    return jpeg[:2] + segment + jpeg[2:]


XMP = b'<x:xmpmeta><rdf:Description photoshop:Credit="Ben &amp; Co"/></x:xmpmeta>'


@pytest.mark.parametrize(
    ("content", "credit"),
    [
        (draw(exif=exif(x013B="Ida Strøm".encode())), "Ida Strøm"),
        (draw(kind="PNG", exif=exif(x8298=b"Ida Storm 2026")), "Ida Storm 2026"),
        (draw(kind="WEBP", exif=exif(x013B=b"Ida")), "Ida"),
        (draw(kind="AVIF", exif=exif(x013B=b"Ida")), "Ida"),
        (draw(xmp=XMP), "Ben & Co"),
        (iptc_of("Ida Strøm".encode()), "Ida Strøm"),
        (iptc_of(b"Ida Str\xf8m"), "Ida Strøm"),
    ],
    ids=["exif", "png", "webp", "avif", "xmp", "iptc", "iptc-latin"],
)
def test_the_credit_is_read_from_the_file(desk, content, credit):
    answer = desk.post(ADD, FORM | {"file": sent(content), "credit": ""}, follow=True)
    assert f"The credit was read from the file: {credit}".replace("&", "&amp;") in (
        answer.content.decode()
    )
    assert Picture.objects.get().credit == credit


def test_a_credit_that_was_typed_is_kept(desk):
    content = draw(exif=exif(x013B=b"Somebody Else"))
    answer = desk.post(ADD, FORM | {"file": sent(content)}, follow=True)
    assert "was read from the file" not in answer.content.decode()
    assert Picture.objects.get().credit == WORDS["credit"]


def test_nothing_else_of_the_file_reaches_readers(db):
    tags = exif(x013B=b"Camera Owner", x010F=b"Canon", x9286=b"a note", x0112=6)
    tags.get_ifd(0x8825)[2] = (59.0, 54.0, 0.0)
    content = draw(exif=tags, xmp=b"<dc:title>SECRET</dc:title>", comment=b"SECRET")
    picture = add(content + b"<script>SECRET</script>PK\x03\x04")
    renditions.make_waiting()
    files = files_of(picture)
    assert len(files) == 3 * len(widths_of(picture.width))
    for name, content in files.items():
        assert b"SECRET" not in content, name
        assert b"<script" not in content, name
        with Image.open(io.BytesIO(content)) as served:
            assert dict(served.getexif()) == {0x013B: WORDS["credit"]}, name
            assert served.info.get("xmp") is None
            assert served.info.get("icc_profile") is None


def test_a_picture_stands_upright(db):
    # Lying on its side, as a telephone stores it: its left upper field comes to the right.
    picture = add(draw(exif=exif(x0112=6)))
    assert (picture.width, picture.height) == (800, 1200)
    content = next(iter(files_of(picture).values()))
    with Image.open(io.BytesIO(content)) as served:
        assert served.size == (800, 1200)
        red, _, blue = served.getpixel((700, 100))
        assert blue > 150 > red


@pytest.mark.parametrize("mode", ["L", "P", "1", "CMYK", "LA", "RGBA", "I;16"])
def test_pictures_of_every_kind_of_colour_are_shown(db, mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    written = io.BytesIO()
    if mode == "I;16":
        Image.new(mode, (40, 30), 40_000).save(written, kind)
    else:
        Image.open(io.BytesIO(draw(40, 30))).convert("LA" if mode == "LA" else mode).save(
            written, kind
        )
    picture = add(written.getvalue())
    assert renditions.make_waiting() == 1
    for content in files_of(picture).values():
        with Image.open(io.BytesIO(content)) as served:
            assert (served.mode, served.size) == ("RGB", (40, 30))


def test_what_is_transparent_lies_on_white(db):
    written = io.BytesIO()
    Image.new("RGBA", (40, 30), (255, 0, 0, 0)).save(written, "PNG")
    content = next(iter(files_of(add(written.getvalue())).values()))
    with Image.open(io.BytesIO(content)) as served:
        assert served.getpixel((20, 15)) == (255, 255, 255)


# --- Opening it ---


def test_a_decoder_that_does_not_come_to_an_end_is_stopped(db, monkeypatch):
    monkeypatch.setattr(darkroom, "PATIENCE", 0.02)
    with pytest.raises(picturing.PictureError, match="within the time and memory"):
        add()


def test_a_decoder_that_takes_too_much_time_of_the_processor_is_stopped(tmp_path, monkeypatch):
    """A progressive JPEG of 18 megapixels with its scans given again and again."""
    jpeg = draw(6000, 3000, progressive=True, quality=95)
    scans = jpeg[jpeg.index(b"\xff\xda") : -2]
    path = tmp_path / "slow.jpg"
    path.write_bytes(jpeg[:-2] + scans * 200 + jpeg[-2:])
    with pytest.raises(darkroom.PictureRefusedError, match="within the time and memory"):
        darkroom.open_picture(path=str(path), out=str(tmp_path), credit="")


@pytest.mark.pure
@pytest.mark.parametrize(
    ("width", "height", "kind", "options"),
    [
        (8_000, 5_000, "JPEG", {"progressive": True, "subsampling": 0}),
        (6_000, 4_000, "PNG", {"compress_level": 1}),
        (6_000, 4_000, "AVIF", {"speed": 10}),
        (4_000, 3_000, "WEBP", {"method": 0}),
    ],
    ids=["jpeg", "png", "avif", "webp"],
)
def test_the_largest_that_are_taken_get_all_their_files(tmp_path, width, height, kind, options):
    path = tmp_path / "large"
    path.write_bytes(draw(width, height, kind, **options))
    opened = darkroom.open_picture(path=str(path), out=str(tmp_path), credit="Ida")
    assert (opened["width"], opened["files"]) == (width, ["1920.jpg"])
    made = darkroom.make_files(path=str(path), out=str(tmp_path), credit="Ida", formats=list(TYPES))
    assert len(made["files"]) == 15


def test_a_decoder_that_crashes_refuses_the_picture(db, monkeypatch):
    monkeypatch.setattr(darkroom.sys, "executable", "/bin/false")
    with pytest.raises(picturing.PictureError, match="within the time and memory"):
        add()
    assert not Picture.objects.exists()


# --- Its files ---


def files_of(picture):
    """{name: content} of everything that lies there for readers."""
    picture.refresh_from_db()
    folder = f"pictures/{picture.folder[:2]}/{picture.folder}"
    found = {}
    for name in default_storage.listdir(folder)[1]:
        with default_storage.open(f"{folder}/{name}") as kept:
            found[name] = kept.read()
    return found


@pytest.mark.parametrize(
    ("width", "widths"),
    [
        (1, (1,)),
        (320, (320,)),
        (700, (320, 680, 700)),
        (1920, (320, 680, 960, 1200, 1920)),
        (6000, (320, 680, 960, 1200, 1920)),
    ],
)
@pytest.mark.pure
def test_a_picture_is_never_made_larger(width, widths):
    assert widths_of(width) == widths


def test_its_files_are_made_afterwards(picture):
    assert list(files_of(picture)) == ["1200.jpg"]
    assert renditions.make_waiting() == 1
    picture.refresh_from_db()
    assert (picture.state, picture.is_complete, picture.claimed_until) == ("ready", True, None)
    made = files_of(picture)
    assert set(made) == {
        f"{width}.{kind}" for width in (320, 680, 960, 1200) for kind in ("jpg", "webp", "avif")
    }
    for name, content in made.items():
        width, kind = name.split(".")
        with Image.open(io.BytesIO(content)) as served:
            served.load()
            assert served.width == int(width)
            assert served.format == {"jpg": "JPEG"}.get(kind, kind.upper())
    assert renditions.make_waiting() == 0


def test_files_of_an_older_version_are_made_anew_and_read_meanwhile(picture, make_article):
    """In other widths: what a page names is there before and after."""
    renditions.make_waiting()
    article = make_article("Ice", lead_picture=picture)
    former = f"{'0' * 24}/{'1' * 12}"
    for name, content in files_of(picture).items():
        default_storage.save(f"pictures/00/{former}/{name}", ContentFile(content))
    Picture.objects.update(folder=former)

    def named(page):
        return set(re.findall(r"/media/(pictures/[^ \"]+)", page))

    import_module("articles.migrations.0072_other_widths").make_files_anew(django_apps, None)
    for made in (0, 1):
        page = Client().get(article.get_absolute_url()).content.decode()
        assert named(page)
        assert all(map(default_storage.exists, named(page)))
        assert ("srcset" in page) == bool(made)
        renditions.make_waiting()
    assert former not in page


def test_what_one_process_has_claimed_no_other_makes(picture):
    assert renditions._claim() == picture
    assert renditions._claim() is None
    assert renditions._seconds_to_wait() > 0
    later = timezone.now() - timedelta(seconds=1)
    Picture.objects.update(claimed_until=later)
    assert renditions._seconds_to_wait() == 0
    assert renditions.make_waiting() == 1
    assert renditions._seconds_to_wait() is None


@pytest.mark.django_db(transaction=True)
def test_each_picture_is_claimed_by_one_of_many():
    made = [add(draw(30, 20, shade=number)).pk for number in range(8)]
    claimed, together = [], threading.Barrier(4)

    def claim():
        together.wait()
        while (picture := renditions._claim()) is not None:
            claimed.append(picture.pk)
        connection.close()

    threads = [threading.Thread(target=claim) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == made


def test_a_picture_that_cannot_be_made_is_tried_three_times(picture, monkeypatch, client):
    def refuse(**options):
        raise darkroom.PictureRefusedError("No.")

    monkeypatch.setattr(darkroom, "make_files", refuse)
    for _ in range(4):
        assert renditions.make_waiting() == 0
        Picture.objects.update(claimed_until=None)
    picture.refresh_from_db()
    assert (picture.state, picture.attempts, picture.is_complete) == ("failed", 3, False)
    monkeypatch.undo()
    assert renditions.ask_again() == 0
    call_command("make_renditions", again=True, verbosity=0)
    picture.refresh_from_db()
    assert picture.state == "ready"


def test_another_credit_makes_other_files_and_leaves_the_old_ones_to_caches(picture):
    renditions.make_waiting()
    picture.refresh_from_db()
    before = picture.folder
    assert picturing.change_picture(picture=picture, credit="Ben Lens")
    assert (picture.state, picture.is_complete, picture.folder) == ("waiting", True, before)
    assert renditions.make_waiting() == 1
    after = files_of(picture)
    assert picture.folder != before
    with Image.open(io.BytesIO(after["320.jpg"])) as served:
        assert served.getexif()[0x013B] == "Ben Lens"
    assert default_storage.exists(f"pictures/{before[:2]}/{before}/320.avif")
    assert not picturing.change_picture(picture=picture, credit="Ben Lens")


def test_a_credit_that_changes_while_its_files_are_made_is_made_again(picture, monkeypatch):
    make = darkroom.make_files

    def make_and_change(**options):
        monkeypatch.undo()
        picturing.change_picture(picture=Picture.objects.get(), credit="Ben Lens")
        return make(**options)

    monkeypatch.setattr(darkroom, "make_files", make_and_change)
    assert renditions.make_waiting() == 1
    with Image.open(io.BytesIO(files_of(picture)["320.jpg"])) as served:
        assert served.getexif()[0x013B] == "Ben Lens"


@pytest.mark.django_db(transaction=True)
def test_a_worker_makes_them_by_itself(settings, tmp_path):
    settings.PICTURES_IN_BACKGROUND = True
    settings.MEDIA_ROOT = str(tmp_path)
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    }
    renditions.work_here()
    picture = add(draw(400, 300))
    for thread in list(renditions._threads):
        thread.join(20)
    picture.refresh_from_db()
    assert picture.state == "ready"
    assert not any(thread.is_alive() for thread in renditions._threads)


# --- Serving them ---


def test_a_file_is_served_for_good(picture, client):
    renditions.make_waiting()
    picture.refresh_from_db()
    for kind, media in (("jpg", "image/jpeg"), ("webp", "image/webp"), ("avif", "image/avif")):
        address = f"/media/pictures/{picture.folder[:2]}/{picture.folder}/680.{kind}"
        answer = client.get(address, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        assert answer["Content-Type"] == media
        assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert not answer.has_header("Content-Encoding")
        assert "Cookie" not in answer.get("Vary", "")
        assert not answer.cookies
        again = client.get(address, headers={"If-None-Match": answer["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        head = client.head(address)
        assert (head.status_code, head["Content-Length"]) == (200, str(len(answer.content)))
    assert client.post(address).status_code == 405


def test_serving_asks_the_database_nothing(picture, client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get(address_of(picture)).status_code == 200


def address_of(picture):
    return f"/media/pictures/{picture.folder[:2]}/{picture.folder}/{picture.width}.jpg"


def test_nothing_else_is_served(picture, client):
    name = original_name(picture.digest)
    assert default_storage.exists(name)
    good = address_of(picture)
    for address in (
        f"/media/{name}",
        f"/media/pictures/../{name}",
        f"/media/pictures/%2e%2e/{name}",
        "/media/",
        "/media/pictures/",
        "/media/../../etc/passwd",
        good.replace("1200", "641"),
        good.replace("1200", "01200"),
        good.replace(".jpg", ".svg"),
        good.replace(".jpg", ".jpg%00"),
        good.replace(".jpg", ".jpg%0a"),
        good.replace("pictures/", "pictures/0"),
        good + "/",
    ):
        assert client.get(address).status_code in (400, 404), address


# --- Showing them ---


def test_an_article_shows_its_lead_picture_at_once(make_article, picture, client):
    article = make_article("Ice", lead_picture=picture)
    page = client.get(article.get_absolute_url())
    html = page.content.decode()
    # Until its other files are made: one that is there.
    [image] = images(html)
    assert f'src="{address_of(picture)}" width="1200" height="800"' in image
    assert 'fetchpriority="high"' in image
    assert "lazy" not in image
    assert 'alt="A harbour under ice"' in image
    assert "The harbour on Sunday, from the mole." in html
    assert "Picture: <bdi>Ida Storm</bdi>" in html
    assert "<source" not in html

    renditions.make_waiting()
    later = client.get(article.get_absolute_url(), headers={"If-None-Match": page["ETag"]})
    assert later.status_code == 200, "the page is another one now"
    html = later.content.decode()
    kinds = re.findall(r'<source type="([^"]+)" srcset="([^"]+)" sizes="([^"]+)">', html)
    assert [kind for kind, _, _ in kinds] == ["image/avif", "image/webp"]
    for _, srcset, sizes in kinds:
        assert re.findall(r" (\d+)w", srcset) == ["320", "680", "960", "1200"]
        assert sizes.endswith("92vw")
        for address in re.findall(r"/media/\S+", srcset):
            assert client.get(address).status_code == 200
    assert " 680w" in images(html)[0]


def test_a_picture_in_the_text_waits_for_the_reader(make_article, picture, client):
    other = add(draw(shade=9), caption="Two <i>boats</i>", licence="cc-by-4.0", focal_x=90)
    blocks = [
        {"type": "paragraph", "text": "Before."},
        {"type": "picture", "picture": other.pk},
        {"type": "paragraph", "text": "<!--picture 1-->"},
    ]
    article = make_article("Ice", lead_picture=picture, blocks=blocks)
    html = client.get(article.get_absolute_url()).content.decode()
    _, within = images(html)
    assert 'loading="lazy" decoding="async"' in within
    assert "fetchpriority" not in within
    assert 'class="fx-4 fy-2"' in within
    assert "Two &lt;i&gt;boats&lt;/i&gt;" in html
    assert '<a rel="license noopener" href="https://creativecommons.org/licenses/by/4.0/">' in html
    assert html.index("<p>Before.</p>") < html.index(within) < html.index("&lt;!--picture 1--&gt;")
    assert article.summary == "Before."
    before = client.get(article.get_absolute_url())["ETag"]
    picturing.change_picture(picture=other, caption="Three boats")
    answer = client.get(article.get_absolute_url(), headers={"If-None-Match": before})
    assert "Three boats" in answer.content.decode()


def test_lists_show_it_small(make_article, picture, client, politics):
    others = [add(draw(shade=shade)) for shade in range(1, 8)]
    for hours, each in enumerate([picture, *others]):
        make_article(lead_picture=each, hours_ago=hours + 1)
    renditions.make_waiting()
    first, *rest = images(client.get("/").content.decode())
    assert 'fetchpriority="high"' in first
    assert rest
    assert all('loading="lazy"' in image for image in rest)
    listed = images(client.get(politics.get_absolute_url()).content.decode())
    assert len(listed) == 8
    assert all('loading="lazy"' in image and 'alt=""' in image for image in listed)
    for image in (first, *rest, *listed):
        assert re.search(r'width="1200" height="800"', image)


@pytest.mark.parametrize("address", ["/", "/latest/", "/sections/politics/"])
def test_the_number_of_queries_is_the_same(make_article, client, address):
    def count():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    for number in range(15):
        make_article(lead_picture=add(draw(90, 60, shade=number)), hours_ago=number + 1)
    count()
    few = count()
    for number in range(15, 30):
        make_article(lead_picture=add(draw(90, 60, shade=number)), hours_ago=number + 1)
    assert count() == few


def test_an_article_asks_one_query_for_all_its_pictures(make_article, django_assert_num_queries):
    made = [add(draw(90, 60, shade=number)) for number in range(6)]
    counted = []
    for many in (made[:1], made):
        blocks = [{"type": "picture", "picture": each.pk} for each in many]
        blocks.append({"type": "paragraph", "text": "Words."})
        article = stories.article(make_article(blocks=blocks, lead_picture=many[0]).slug)
        with CaptureQueriesContext(connection) as queries:
            stories.article_page(article)
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_other_sites_get_a_jpeg(make_article, db):
    article = make_article(lead_picture=add(draw(1800, 900)))

    def told():
        return stories.article_page(stories.article(article.slug))[0].lead_image

    path, width, height, alt = told()
    assert (width, height, alt) == (1800, 900, WORDS["alt"])
    renditions.make_waiting()
    path, width, height, alt = told()
    assert path.endswith("/1200.jpg")
    assert (width, height) == (1200, 600)
    page = Client().get(article.get_absolute_url()).content.decode()
    [graph] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    first, card = json.loads(graph)["@graph"][0]["image"]
    assert first["url"] == f"http://testserver{path}"
    assert "card.png" in card
    plain = stories.article(make_article().slug)
    assert stories.article_page(plain)[0].lead_image is None


# --- The desk ---


def test_the_list_asks_no_query_for_a_picture(desk):
    def count():
        with CaptureQueriesContext(connection) as queries:
            page = desk.get(LIST, {"q": "harbour"}).content.decode()
        assert page.count("desk-thumb") == Picture.objects.count()
        return len(queries)

    for number in range(3):
        add(draw(90, 60, shade=number))
    count()
    few = count()
    for number in range(3, 30):
        add(draw(90, 60, shade=number))
    assert count() == few


def test_the_words_are_changed_at_the_desk(desk, picture):
    address = f"{LIST}{picture.pk}/change/"
    answer = desk.post(address, FORM | {"caption": "Thawing.", "focal_x": "10"})
    assert answer.status_code == 302, answer.content.decode()
    picture.refresh_from_db()
    assert (picture.caption, picture.focal_x) == ("Thawing.", 10)
    assert desk.post(address, FORM | {"caption": ""}).status_code == 200


def test_a_picture_is_chosen_by_its_words(desk, picture, make_article):
    answer = desk.get(
        "/admin/autocomplete/",
        {
            "term": "mole",
            "app_label": "articles",
            "model_name": "article",
            "field_name": "lead_picture",
        },
    )
    assert [found["id"] for found in answer.json()["results"]] == [str(picture.pk)]


def test_an_article_gets_its_pictures_at_the_desk(desk, politics, picture, client):
    form = {
        "title": "Ice",
        "section": politics.pk,
        "lead_picture": picture.pk,
        "body": f"One.\r\n\r\n[picture {picture.pk}]\r\n\r\nTwo.",
        "status": "published",
        "bylines-TOTAL_FORMS": "0",
        "bylines-INITIAL_FORMS": "0",
    }
    add_article = "/admin/articles/article/add/"
    answer = desk.post(add_article, form | {"body": "[picture 987]"})
    assert "There is no picture 987" in answer.content.decode()
    answer = desk.post(add_article, form | {"lead_picture": 987})
    assert answer.status_code == 200
    assert not Article.objects.exists()
    answer = desk.post(add_article, form)
    assert answer.status_code == 302, answer.content.decode()
    article = Article.objects.get()
    assert article.lead_picture == picture
    assert [block["type"] for block in article.blocks] == ["paragraph", "picture", "paragraph"]
    assert len(images(client.get("/articles/ice/").content.decode())) == 2
    page = desk.get(f"/admin/articles/article/{article.pk}/change/").content.decode()
    assert f"[picture {picture.pk}]" in page
    assert "desk-thumb" in page
    assert "Ice</a>" in desk.get(f"{LIST}{picture.pk}/change/").content.decode()


def test_a_picture_that_an_article_shows_stays(desk, picture, make_article):
    article = make_article(lead_picture=picture)
    remove = f"{LIST}{picture.pk}/delete/"
    assert "Cannot delete picture" in desk.post(remove, {"post": "yes"}).content.decode()
    assert Picture.objects.exists()
    blocks = [{"type": "picture", "picture": picture.pk}]
    publishing.update_article(article=article, lead_picture=None, blocks=blocks)
    assert "Cannot delete picture" in desk.post(remove, {"post": "yes"}).content.decode()
    with pytest.raises(picturing.PictureError, match="An article shows"):
        picturing.remove_picture(picture=picture)
    publishing.update_article(article=article, blocks=[{"type": "paragraph", "text": "One."}])
    assert Picture.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_picture_that_nobody_shows_goes_with_its_files(desk, client):
    picture = add()
    renditions.make_waiting()
    picturing.change_picture(picture=picture, credit="Ben Lens")
    renditions.make_waiting()
    picture.refresh_from_db()
    address = address_of(picture)
    assert client.get(address).status_code == 200
    assert desk.post(f"{LIST}{picture.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Picture.objects.exists()
    assert client.get(address).status_code == 404
    assert not default_storage.exists(original_name(picture.digest))
    assert not picturing.remove_picture(picture=picture)


def test_no_article_shows_a_picture_that_there_is_not(make_article):
    with pytest.raises(publishing.ArticleError, match="There is no picture 5"):
        make_article(blocks=[{"type": "picture", "picture": 5}])
    assert not Article.objects.exists()


# --- In and out ---


def test_export_has_pictures_beside_the_text(make_article, picture, export_pages):
    blocks = [
        {"type": "paragraph", "text": "One."},
        {"type": "picture", "picture": picture.pk},
        {"type": "paragraph", "text": "Two."},
    ]
    make_article("Ice", blocks=blocks, lead_picture=picture)
    said = export_pages()
    assert '"blocks": [{"type": "paragraph", "text": "One."}, {"type": "paragraph"' in said.out
    assert said.out.count(f'"digest": "{picture.digest}"') == 2
    assert '"behind": 1' in said.out
    text = export_pages("ice", format="text")
    assert text.status == 0
    assert "2 pictures are left out" in text.err
    assert "picture" not in text.out


def test_pictures_stay_when_the_page_is_imported_again(imported, rain, picture, import_pages):
    blocks = [
        imported.blocks[0],
        {"type": "picture", "picture": picture.pk},
        *imported.blocks[1:],
        {"type": "picture", "picture": picture.pk},
    ]
    publishing.update_article(article=imported, blocks=blocks)
    assert "1 unchanged" in import_pages(rain).out or import_pages(rain).status == 0
    imported.refresh_from_db()
    assert imported.blocks == blocks
    first = imported.blocks[0]["text"]
    rain.write_text(rain.read_text().replace(first, f"{first} And hail."))
    assert import_pages(rain).status == 0
    imported.refresh_from_db()
    assert imported.blocks[0]["text"].endswith("And hail.")
    assert [block["type"] == "picture" for block in imported.blocks] == [
        block["type"] == "picture" for block in blocks
    ]
    assert Article.objects.count() == 1
