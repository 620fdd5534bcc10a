"""transforms.py OUT: what torchvision's transforms make of synthetic photos, for tests/data.

Photo i is WIDTHxHEIGHT of SIZES[i], its bytes hash_bytes(i + 1, ...), so that none is stored; of the results the sha256.
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from numbers_from_hash import hash_uniform
from torchvision_import import transforms
from torchvision.transforms import InterpolationMode
from torchvision.transforms import functional as F

SIZES = ((97, 61), (500, 375), (333, 500), (224, 224), (640, 31), (1, 1), (1, 300), (300, 1), (2, 3), (13, 700), (3000, 5))
EVALUATION = ((256, 224), (232, 224), (224, 224), (40, 39), (40, 37), (40, 35), (40, 33), (20, 31), (7, 32), (1, 1))
NORMALIZATION = (([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]), ([0.5, 0.5, 0.5], [0.5, 0.5, 0.5]), ([0.1, 0, 1], [1, 0.3, 0.7]))
EDGES = ((0, 0, 1, 1), (0.5, 0, 0.5, 1), (0, 0.9, 1, 0.1), (0.3, 0.3, 0.02, 0.03), (0.25, 0.1, 0.7, 0.6))


def hash_bytes(stream: int, n: int) -> np.ndarray:
    return ((hash_uniform(stream, n) + 1) * 128).astype(np.uint8)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def boxes(image: Image.Image) -> list[tuple[int, int, int, int]]:
    """top, left, height, width: some drawn, some at the edges."""
    drawn = [transforms.RandomResizedCrop.get_params(image, [0.08, 1.0], [3 / 4, 4 / 3]) for _ in range(4)]
    width, height = image.size
    shares = [(int(t * height), int(l * width), max(1, int(h * height)), max(1, int(w * width))) for t, l, h, w in EDGES]
    return [*drawn, *((min(t, height - h), min(l, width - w), h, w) for t, l, h, w in shares)]


def main() -> None:
    torch.manual_seed(0)
    training, evaluation, bicubic = [], [], []
    for photo, (width, height) in enumerate(SIZES):
        image = Image.fromarray(hash_bytes(photo + 1, width * height * 3).reshape(height, width, 3))
        for i, (top, left, h, w) in enumerate(boxes(image)):
            size, flip = (224, 64, 7)[i % 3], i % 2 == 1
            crop = F.resized_crop(image, top, left, h, w, [size, size])
            crop = F.hflip(crop) if flip else crop
            box = {"left": left, "top": top, "width": w, "height": h, "flip": flip}
            training.append({"photo": photo, "crop": box, "size": size, "sha256": sha256(crop.tobytes())})
            crop = F.resized_crop(image, top, left, h, w, [size, size], InterpolationMode.BICUBIC)
            crop = F.hflip(crop) if flip else crop
            bicubic.append({"photo": photo, "crop": box, "size": size, "sha256": sha256(crop.tobytes())})
        for resize, size in EVALUATION:
            crop = F.center_crop(F.resize(image, [resize]), [size, size])
            evaluation.append({"photo": photo, "resize": resize, "size": size, "sha256": sha256(crop.tobytes())})
            crop = F.center_crop(F.resize(image, [resize], InterpolationMode.BICUBIC), [size, size])
            bicubic.append({"photo": photo, "resize": resize, "size": size, "sha256": sha256(crop.tobytes())})

    every_byte = Image.fromarray(np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, 2))
    to_tensor = transforms.ToTensor()
    normalization = []
    for mean, std in NORMALIZATION:
        values = transforms.Normalize(mean, std)(to_tensor(every_byte)).permute(1, 2, 0).contiguous()
        normalization.append({"mean": mean, "std": std, "sha256": sha256(values.numpy().astype("<f4").tobytes())})

    fixture = {
        "sizes": SIZES,
        "training": training,
        "evaluation": evaluation,
        "bicubic": bicubic,
        "normalization": normalization,
    }
    Path(sys.argv[1]).write_text(json.dumps(fixture) + "\n")


if __name__ == "__main__":
    main()
