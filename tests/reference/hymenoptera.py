"""hymenoptera.py DIR OUT: what Pillow and torchvision make of every photo of hymenoptera_data, for tests/data.

A JSON line a photo, in ImageFolder's order: width, height, and the sha256 of its RGB bytes; for val photos also that of
the pixels after Resize(256) and CenterCrop(224).
"""

import hashlib
import json
import sys
from pathlib import Path

from torchvision_import import datasets, transforms

EVALUATION = transforms.Compose([transforms.Resize(256), transforms.CenterCrop(224)])


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def main() -> None:
    root, out = Path(sys.argv[1]), Path(sys.argv[2])
    with out.open("w") as lines:
        for split in ("train", "val"):
            photos = datasets.ImageFolder(str(root / split))
            for i, (path, label) in enumerate(photos.samples):
                image, _ = photos[i]
                line = {"path": Path(path).relative_to(root).as_posix(), "label": label}
                line |= {"width": image.width, "height": image.height, "sha256": sha256(image.tobytes())}
                if split == "val":
                    line["evaluation"] = sha256(EVALUATION(image).tobytes())
                lines.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
