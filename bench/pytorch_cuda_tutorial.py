"""pytorch_cuda_tutorial.py PHOTOS MODEL EPOCHS: seconds of the tutorial's epochs on CUDA, a JSON line for each branch.

As published: its transforms, four workers, batches of 4, SGD, the best parameters saved. From random weights, which take
as long. PHOTOS has train/ and val/.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

import torch
from torch import nn
from torch.optim.lr_scheduler import StepLR
from torch.utils.data import DataLoader
from torchvision import datasets, models, transforms

HEAD = {"mobilenet_v2": "classifier.1", "resnet18": "fc"}
NORMALIZE = [transforms.ToTensor(), transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])]
TRANSFORMS = {
    "train": transforms.Compose([transforms.RandomResizedCrop(224), transforms.RandomHorizontalFlip(), *NORMALIZE]),
    "val": transforms.Compose([transforms.Resize(256), transforms.CenterCrop(224), *NORMALIZE]),
}


def epochs_of(branch: str, loaders: dict[str, DataLoader], name: str, epochs: int, best: Path) -> list[float]:
    model = getattr(models, name)(weights=None)
    model.requires_grad_(branch == "finetune")
    model.set_submodule(HEAD[name], nn.Linear(model.get_submodule(HEAD[name]).in_features, 2))
    model = model.cuda()
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=0.001, momentum=0.9)
    scheduler = StepLR(optimizer, step_size=7, gamma=0.1)
    seconds, best_correct = [], 0
    for _ in range(epochs):
        start = time.perf_counter()
        for split, loader in loaders.items():
            model.train(split == "train")
            loss_sum, correct = 0.0, 0
            for photos, labels in loader:
                photos, labels = photos.cuda(), labels.cuda()
                optimizer.zero_grad()
                with torch.set_grad_enabled(split == "train"):
                    outputs = model(photos)
                    loss = criterion(outputs, labels)
                    if split == "train":
                        loss.backward()
                        optimizer.step()
                loss_sum += loss.item() * len(labels)
                correct += int((outputs.argmax(1) == labels).sum())
            if split == "train":
                scheduler.step()
            elif correct > best_correct:
                best_correct = correct
                torch.save(model.state_dict(), best)
        seconds.append(time.perf_counter() - start)
    return seconds


def main() -> None:
    photos, name, epochs = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    loaders = {
        split: DataLoader(datasets.ImageFolder(photos / split, transform), batch_size=4, shuffle=True, num_workers=4)
        for split, transform in TRANSFORMS.items()
    }
    with tempfile.TemporaryDirectory() as folder:
        for branch in ("finetune", "frozen"):
            seconds = epochs_of(branch, loaders, name, epochs, Path(folder) / "best.pt")
            print(json.dumps({"branch": branch, "seconds": seconds}), flush=True)


main()
