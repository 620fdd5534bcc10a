"""tutorial.py PHOTOS OUT: "Transfer Learning for Computer Vision" as PyTorch runs it, to lay beside a run of graft.

PHOTOS has train/ and val/. Leaves in OUT what graft's train_finetune and train_frozen leave: trace.ndjson with photos,
boxes, flips and loss of each training step, and history.json; also head.json, the new head before the first step. A
line an epoch on stdout.
"""

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn
from torch.optim.lr_scheduler import StepLR
from torch.utils.data import DataLoader

from models import HEAD, architecture
from traced_photos import TracedPhotos


def replace_head(model: nn.Module, name: str, branch: str, classes: int) -> nn.Linear:
    if branch == "frozen":
        model.requires_grad_(False)
    head = nn.Linear(model.get_submodule(HEAD[name]).in_features, classes)
    model.set_submodule(HEAD[name], head)
    return head


def train(
    model: nn.Module,
    photos: dict[str, TracedPhotos],
    epochs: int,
    batch_size: int,
    on_batch: Callable[[dict], None],
    on_epoch: Callable[[dict], None] = print,
) -> None:
    """The tutorial's train_model, without the copy of the best parameters."""
    loaders = {split: DataLoader(photos[split], batch_size=batch_size, shuffle=True) for split in ("train", "val")}
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=0.001, momentum=0.9)
    scheduler = StepLR(optimizer, step_size=7, gamma=0.1)
    for epoch in range(epochs):
        result: dict = {"epoch": epoch, "lr": scheduler.get_last_lr()[0]}
        for split, loader in loaders.items():
            start = time.perf_counter()
            training = split == "train"
            model.train(training)
            loss_sum, correct = 0.0, 0
            for step, (inputs, labels) in enumerate(loader):
                optimizer.zero_grad()
                with torch.set_grad_enabled(training):
                    outputs = model(inputs)
                    loss = criterion(outputs, labels)
                    if training:
                        loss.backward()
                        optimizer.step()
                loss_sum += loss.item() * len(labels)
                correct += int((outputs.argmax(1) == labels).sum())
                drawn = list(photos[split].drawn)
                photos[split].drawn.clear()
                on_batch({"split": split, "epoch": epoch, "step": step, "loss": loss.item(), "photos": drawn})
            if training:
                scheduler.step()
            count = len(photos[split])
            seconds = time.perf_counter() - start
            result[split] = {"loss": loss_sum / count, "accuracy": correct / count, "seconds": seconds}
        on_epoch(result)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--model", choices=HEAD, default="resnet18")
    parser.add_argument("--weights", type=Path, required=True, help="state dict for 1000 classes")
    parser.add_argument("--branch", choices=("finetune", "frozen"), default="finetune")
    parser.add_argument("--epochs", type=int, default=25)
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--no-dropout", action="store_true")
    args = parser.parse_args()

    torch.set_num_threads(args.threads)
    model = architecture(args.model)
    model.load_state_dict(torch.load(args.weights, weights_only=True), strict=True)
    if args.no_dropout:
        for module in model.modules():
            if isinstance(module, nn.Dropout):
                module.p = 0.0
    photos = {split: TracedPhotos(args.photos / split, resize=256, size=224) for split in ("train", "val")}
    torch.manual_seed(args.seed)  # after all that draws and is overwritten: now as graft draws
    head = replace_head(model, args.model, args.branch, len(photos["train"].classes))
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "head.json").write_text(json.dumps([p.flatten().tolist() for p in head.parameters()]) + "\n")
    history: dict = {"epochs": [], "best": {"epoch": 0, "accuracy": 0}}
    with (args.out / "trace.ndjson").open("w") as trace:

        def on_batch(batch: dict) -> None:
            if batch.pop("split") == "train":
                trace.write(json.dumps(batch) + "\n")

        def on_epoch(result: dict) -> None:
            history["epochs"].append(result)
            if result["val"]["accuracy"] > history["best"]["accuracy"]:
                history["best"] = {"epoch": result["epoch"], "accuracy": result["val"]["accuracy"]}
            print(json.dumps(result), flush=True)

        train(model, photos, args.epochs, args.batch, on_batch, on_epoch)
    (args.out / "history.json").write_text(json.dumps(history) + "\n")


if __name__ == "__main__":
    main()
