"""heif_photo_files.py OUT: small HEIC and AVIF files, for tests/data/codecs (pip install pillow==13.0.0 pillow-heif==1.8.1).

Each has the file, its upright RGB as Pillow and pillow-heif read it, and how far a decoder may be off: libde265, libheif and
libavif round otherwise from build to build, by a level of luma, which is two or three of a colour. The picture is drawn
here: four quarters and a slope, told apart however they are turned.
"""

import io
import json
import sys
from pathlib import Path

import numpy as np
import pillow_heif
from PIL import Image, ImageOps

from photo_files import text

pillow_heif.register_heif_opener()
HEIGHT, WIDTH = 16, 24
RGB = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
RGB[:8, :12], RGB[:8, 12:], RGB[8:, :12] = [220, 40, 30], [40, 200, 60], [40, 70, 220]
RGB[8:, 12:] = np.arange(12)[None, :, None] * np.array([20, 18, 4]) + 10
IMAGE = Image.fromarray(RGB)
EXIF_ORIENTATION = 0x112
WITHIN = 3
cases: list[dict] = []


def add(name: str, file: bytes, **facts: object) -> None:
    with Image.open(io.BytesIO(file)) as image:
        rgb = np.array(ImageOps.exif_transpose(image).convert("RGB"))
    cases.append(
        {"name": name, "width": rgb.shape[1], "height": rgb.shape[0], "within": WITHIN}
        | {"file": text(file), "rgb": text(rgb.tobytes()), "bits": 8, "animated": False}
        | facts
    )


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, quality=90, **options)
    return out.getvalue()


def with_orientation(kind: str, orientation: int) -> bytes:
    """In EXIF, and in the container, where it counts."""
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = orientation
    return saved(IMAGE, kind, exif=exif.tobytes())


SHIFTED = Image.fromarray(np.roll(RGB, 7, 1))
WITH_ALPHA = Image.fromarray(np.dstack([RGB, np.full((HEIGHT, WIDTH), 99, np.uint8)]))
for ending, kind in [("heic", "HEIF"), ("avif", "AVIF")]:
    add(f"plain.{ending}", saved(IMAGE, kind))
    add(f"alpha.{ending}", saved(WITH_ALPHA, kind))
    for orientation in range(2, 9):
        add(f"orientation {orientation}.{ending}", with_orientation(kind, orientation))
add("4:4:4.heic", saved(IMAGE, "HEIF", chroma=444))
add("4:4:4.avif", saved(IMAGE, "AVIF", subsampling="4:4:4"))
add("two photos.heic", saved(IMAGE, "HEIF", save_all=True, append_images=[SHIFTED]))
add("animated.avif", saved(IMAGE, "AVIF", save_all=True, append_images=[SHIFTED]), animated=True)
deep = io.BytesIO()
pillow_heif.encode("RGB;16", IMAGE.size, (RGB.astype(np.uint16) * 257).tobytes(), deep, quality=90)
add("10 bits.heic", deep.getvalue(), bits=10)

lines = ",\n".join(json.dumps(case) for case in cases)
Path(sys.argv[1]).write_text(f"[\n{lines}\n]\n")
