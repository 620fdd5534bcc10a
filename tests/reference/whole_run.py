"""whole_run.py OUT: the tutorial's two branches on small synthetic photos, for tests/fidelity.

ResNet-18 with weights from a hash, inputs of 64 pixels, batches of 4, two epochs: for each branch the new head, every
photo, crop and flip in the order in which they are taken, and every loss.
"""

import json
import sys
import tempfile
from pathlib import Path

import torch
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader

from numbers_from_hash import fill_with_hash, hash_uniform
from torchvision_import import datasets, models, transforms

SEED, EPOCHS, BATCH, RESIZE, SIZE = 3, 2, 4, 72, 64
PHOTOS = {"train": 22, "val": 9}
SIDES = [(80, 60), (60, 80), (97, 61)]
CLASSES = ("ants", "bees")
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]

drawn: list[dict] = []


class Crop(transforms.RandomResizedCrop):
    def get_params(self, *args: object) -> tuple[int, int, int, int]:  # type: ignore[override]
        top, left, height, width = transforms.RandomResizedCrop.get_params(*args)
        drawn[-1]["box"] = [left, top, width, height]
        return top, left, height, width


class Flip(transforms.RandomHorizontalFlip):
    def forward(self, image: Image.Image) -> Image.Image:
        result = super().forward(image)
        drawn[-1]["flip"] = result is not image
        return result


class Photos(datasets.ImageFolder):
    def __getitem__(self, index: int) -> tuple:
        drawn.append({"path": str(Path(self.samples[index][0]).relative_to(Path(self.root).parent))})
        return super().__getitem__(index)


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


def run(folder: Path, branch: str) -> dict:
    to_input = [transforms.ToTensor(), transforms.Normalize(MEAN, STD)]
    train = transforms.Compose([Crop(SIZE), Flip(), *to_input])
    val = transforms.Compose([transforms.Resize(RESIZE), transforms.CenterCrop(SIZE), *to_input])
    sets = {"train": Photos(str(folder / "train"), train), "val": Photos(str(folder / "val"), val)}
    loaders = {split: DataLoader(photos, batch_size=BATCH, shuffle=True) for split, photos in sets.items()}
    model = models.resnet18(weights=None)
    with torch.no_grad():
        fill_with_hash(model)
    torch.manual_seed(SEED)
    if branch == "frozen":
        model.requires_grad_(False)
    model.fc = nn.Linear(model.fc.in_features, len(CLASSES))
    head = [model.fc.weight.flatten().tolist(), model.fc.bias.tolist()]
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=0.001, momentum=0.9)
    batches = []
    for epoch in range(EPOCHS):
        for split, loader in loaders.items():
            training = split == "train"
            model.train(training)
            drawn.clear()
            for inputs, labels in loader:
                optimizer.zero_grad()
                with torch.set_grad_enabled(training):
                    loss = criterion(model(inputs), labels)
                    if training:
                        loss.backward()
                        optimizer.step()
                batches.append({"epoch": epoch, "split": split, "loss": loss.item(), "photos": list(drawn)})
                drawn.clear()
    return {"branch": branch, "head": [[float(f"{v:.9g}") for v in part] for part in head], "batches": batches}


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
            "runs": [run(folder, branch) for branch in ("finetune", "frozen")],
        }
    Path(sys.argv[1]).write_text(json.dumps(fixture) + "\n")


if __name__ == "__main__":
    main()
