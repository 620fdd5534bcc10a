"""fit.py OUT: what Pillow's ImageOps.pad and torchvision's Resize make of synthetic photos whole, and of parts of them.

Photos are those of transforms.py; of the results the sha256.
"""

import json
import sys
from pathlib import Path

from PIL import Image, ImageOps

from torchvision_import import transforms
from torchvision.transforms import v2
from transforms import EDGES, SIZES, hash_bytes, sha256

SQUARES = (224, 37, 1)
MEAN = (0.485, 0.456, 0.406)
METHODS = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}


def contained(image: Image.Image, size: int) -> bool:
    """Pillow leaves a side of no pixel out, which no photo to look at may have."""
    width, height = image.size
    return min(round(width / height * size), round(height / width * size)) > 0


def fitted(image: Image.Image, size: int, name: str) -> dict[str, str | None]:
    mode = transforms.InterpolationMode(name)
    colour = tuple(round(255 * value) for value in MEAN)
    pad = ImageOps.pad(image, (size, size), METHODS[name], colour) if contained(image, size) else None
    return {
        "pad": pad and sha256(pad.tobytes()),
        "squash": sha256(v2.Resize((size, size), mode)(image).tobytes()),
    }


def main() -> None:
    cases = []
    for photo, (width, height) in enumerate(SIZES):
        image = Image.fromarray(hash_bytes(photo + 1, width * height * 3).reshape(height, width, 3))
        whole = {"left": 0, "top": 0, "width": width, "height": height}
        parts = [
            {
                "left": min(int(l * width), width - max(1, int(w * width))),
                "top": min(int(t * height), height - max(1, int(h * height))),
                "width": max(1, int(w * width)),
                "height": max(1, int(h * height)),
            }
            for t, l, h, w in EDGES
        ]
        for i, cut in enumerate((whole, whole, whole, *parts)):
            size, interpolation = SQUARES[i % 3], list(METHODS)[(i + photo) % 2]
            left, top, w, h = cut["left"], cut["top"], cut["width"], cut["height"]
            part = image.crop((left, top, left + w, top + h))
            cases.append(
                {"photo": photo, "cut": cut, "size": size, "interpolation": interpolation}
                | fitted(part, size, interpolation)
            )
    fixture = {"sizes": SIZES, "mean": MEAN, "cases": cases}
    Path(sys.argv[1]).write_text(json.dumps(fixture) + "\n")


if __name__ == "__main__":
    main()
