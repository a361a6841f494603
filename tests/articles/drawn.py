"""Pictures that tests draw, and what is done with them."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from articles import picturing

WORDS = {
    "alt": "A harbour under ice",
    "caption": "The harbour on Sunday, from the mole.",
    "credit": "Ida Storm",
    "licence": "own",
}


def draw(width=1200, height=800, kind="JPEG", *, shade=0, **options):
    """The bytes of a picture: four fields of different colours, told apart by ``shade``."""
    picture = Image.new("RGB", (width, height), (200, 60 + shade, 40))
    picture.paste((40, 90, 200), (0, 0, width // 2, height // 2))
    picture.paste((240, 220, 90), (width // 2, height // 2, width, height))
    written = io.BytesIO()
    picture.save(written, kind, **options)
    return written.getvalue()


def sent(content, name="picture.jpg", kind="image/jpeg"):
    return SimpleUploadedFile(name, content, content_type=kind)


def add(content=None, *, by=None, **words):
    """A picture, stored as the desk stores it."""
    examined = picturing.examine(
        by=by, file=sent(content or draw()), credit=words.get("credit", "")
    )
    try:
        return picturing.add_picture(by=by, examined=examined, **(WORDS | words))
    finally:
        examined.close()
