"""whole_run.py OUT: the tutorial on small synthetic photos, for tests/bench/certify.

Weights from a hash, inputs of 64 pixels, batches of 4, two epochs: for each run the new head, every photo, crop and
flip in the order in which they are taken, and every loss. MobileNetV2 drops out, EfficientNet whole branches too, by
masks that torch draws from the same generator as the crops; on Intel's CPUs it takes MKL's instead, so run this on another.
"""

import json
import sys
import tempfile
from pathlib import Path

import torch
from PIL import Image

from models import build
from numbers_from_hash import hash_uniform
from traced_photos import TracedPhotos
from tutorial import replace_head, train

SEED, EPOCHS, BATCH, RESIZE, SIZE = 3, 2, 4, 72, 64
RUNS = (
    ("resnet18", "finetune"),
    ("resnet18", "frozen"),
    ("mobilenet_v2", "frozen"),
    ("efficientnet_b0", "frozen"),
)
PHOTOS = {"train": 22, "val": 9}
SIDES = [(80, 60), (60, 80), (97, 61)]
CLASSES = ("ants", "bees")


def write_photos(folder: Path) -> None:
    stream = 0
    for split, count in PHOTOS.items():
        for i in range(count):
            stream += 1
            width, height = SIDES[i % len(SIDES)]
            pixels = ((hash_uniform(stream, width * height * 3) + 1) * 128).astype("uint8").reshape(height, width, 3)
            pixels[:, :, i % 2] //= 4  # so that there is something to learn: bees are red, ants green
            path = folder / split / CLASSES[i % 2] / f"{i:02}.ppm"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels).save(path)


def run(folder: Path, name: str, branch: str) -> dict:
    photos = {split: TracedPhotos(folder / split, RESIZE, SIZE) for split in PHOTOS}
    model = build(name)
    torch.manual_seed(SEED)
    head = [p.flatten().tolist() for p in replace_head(model, name, branch, len(CLASSES)).parameters()]
    batches: list[dict] = []
    train(model, photos, EPOCHS, BATCH, batches.append, on_epoch=lambda _: None)
    return {
        "model": name,
        "branch": branch,
        "head": [[float(f"{v:.9g}") for v in part] for part in head],
        "batches": batches,
    }


def main() -> None:
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_photos(folder)
        fixture = {
            "seed": SEED,
            "epochs": EPOCHS,
            "batch_size": BATCH,
            "resize": RESIZE,
            "size": SIZE,
            "photos": PHOTOS,
            "sides": SIDES,
            "runs": [run(folder, *model_and_branch) for model_and_branch in RUNS],
        }
    Path(sys.argv[1]).write_text(json.dumps(fixture) + "\n")


if __name__ == "__main__":
    main()
