"""augmentation.py OUT: what torchvision's v2 transforms make of a synthetic photo by seed, for tests/data/augmentation.

The photo's bytes are those of transforms.py's, smoothed by a resize so that neighbours are alike; of the results the sha256.
"""

import hashlib
import json
import sys
from pathlib import Path

import torch
from PIL import Image

from torchvision_import import transforms
from torchvision.transforms import v2
from transforms import hash_bytes

SIZE = 48
SMALL = 13
SEEDS = 240
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


def photo(stream: int, width: int, height: int) -> Image.Image:
    noise = Image.frombytes("RGB", (SMALL, SMALL), hash_bytes(stream, SMALL * SMALL * 3).tobytes())
    return noise.resize((width, height), Image.Resampling.BILINEAR)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def by_seed(transform, image: Image.Image, seeds: int) -> list[str]:
    results = []
    for seed in range(seeds):
        torch.manual_seed(seed)
        results.append(sha256(transform(image).tobytes()))
    return results


def erased_box(seed: int) -> list[int] | None:
    torch.manual_seed(seed)
    erased = v2.RandomErasing(0.7)(torch.ones(1, SIZE, SIZE))[0] == 0
    if not erased.any():
        return None
    rows, columns = erased.any(1).nonzero().flatten().tolist(), erased.any(0).nonzero().flatten().tolist()
    return [columns[0], rows[0], len(columns), len(rows)]


def whole(seed: int) -> str:
    torch.manual_seed(seed)
    transform = v2.Compose([
        v2.RandomResizedCrop(SIZE, scale=(0.3, 1.0)),
        v2.RandomHorizontalFlip(),
        v2.RandomRotation(20),
        v2.ColorJitter(0.4, 0.4, 0.4),
        v2.TrivialAugmentWide(),
        transforms.ToTensor(),
        transforms.Normalize(MEAN, STD),
        v2.RandomErasing(0.5),
    ])
    values = transform(photo(3, 97, 61)).permute(1, 2, 0).contiguous()
    return sha256(values.numpy().astype("<f4").tobytes())


def main() -> None:
    image = photo(1, SIZE, SIZE)
    fixture = {
        "size": SIZE,
        "small": SMALL,
        "mean": MEAN,
        "std": STD,
        "trivial": by_seed(v2.TrivialAugmentWide(), image, SEEDS),
        "jitter": by_seed(v2.ColorJitter(0.4, 0.4, 0.4), image, 30),
        "strongJitter": by_seed(v2.ColorJitter(1.5, 1.5, 1.5), image, 10),
        "rotation": by_seed(v2.RandomRotation(30), image, 30),
        "erasing": [erased_box(seed) for seed in range(30)],
        "whole": [whole(seed) for seed in range(30)],
    }
    Path(sys.argv[1]).write_text(json.dumps(fixture) + "\n")


if __name__ == "__main__":
    main()
