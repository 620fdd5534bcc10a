"""loader_order.py OUT: which photos, crops and flips the tutorial takes in its first epochs, for tests/data.

As the tutorial does: seed, draw the new head, then train and val loaders in turn, both shuffled, without workers.
The photos are black; their sizes are what counts.
"""

import json
import sys
from pathlib import Path

import torch
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset

from torchvision_import import transforms

SEEDS, EPOCHS, BATCH = (0, 7), 2, 4
TRAIN = [(500, 375), (375, 500), (333, 500), (1, 50), (50, 1), (3, 400), (400, 3), (224, 224), (640, 480), (2, 2)] * 3 + [(9, 7)]
VAL = [(500, 375)] * 10


class Crop(transforms.RandomResizedCrop):
    def get_params(self, *args: object) -> tuple[int, int, int, int]:  # type: ignore[override]
        top, left, height, width = transforms.RandomResizedCrop.get_params(*args)
        drawn.append({"left": left, "top": top, "width": width, "height": height})
        return top, left, height, width


class Flip(transforms.RandomHorizontalFlip):
    def forward(self, image: Image.Image) -> Image.Image:
        result = super().forward(image)
        drawn[-1]["flip"] = result is not image
        return result


class Photos(Dataset):
    def __init__(self, sizes: list[tuple[int, int]], transform: transforms.Compose) -> None:
        self.sizes, self.transform = sizes, transform

    def __len__(self) -> int:
        return len(self.sizes)

    def __getitem__(self, index: int) -> int:
        self.transform(Image.new("RGB", self.sizes[index]))
        return index


drawn: list[dict] = []


def main() -> None:
    runs = []
    sets = {
        "train": Photos(TRAIN, transforms.Compose([Crop(224), Flip()])),
        "val": Photos(VAL, transforms.Compose([transforms.Resize(256), transforms.CenterCrop(224)])),
    }
    for seed in SEEDS:
        torch.manual_seed(seed)
        nn.Linear(512, 2)
        loaders = {split: DataLoader(photos, batch_size=BATCH, shuffle=True) for split, photos in sets.items()}
        phases = []
        for _ in range(EPOCHS):
            for split, loader in loaders.items():
                drawn.clear()
                batches = [batch.tolist() for batch in loader]
                phases.append({"split": split, "batches": batches, "crops": [dict(crop) for crop in drawn]})
        runs.append({"seed": seed, "in_features": 512, "phases": phases, "rand_after": torch.rand(1).item()})
    fixture = {"batch_size": BATCH, "train": TRAIN, "val": VAL, "runs": runs}
    Path(sys.argv[1]).write_text(json.dumps(fixture) + "\n")


if __name__ == "__main__":
    main()
