"""Times one kind of work when asked, as bench/worker.ts does. Arguments: model, batch, threads."""

import json
import sys
import time
from pathlib import Path

import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "reference"))
from models import architecture  # noqa: E402


def build(name: str, frozen: bool) -> nn.Module:
    model = architecture(name)
    if frozen:
        model.requires_grad_(False)
    head = [name for name, module in model.named_modules() if isinstance(module, nn.Linear)][-1]
    model.set_submodule(head, nn.Linear(model.get_submodule(head).in_features, 2))
    return model


def training_step(name: str, photos: torch.Tensor, frozen: bool):
    model = build(name, frozen).train()
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=1e-3, momentum=0.9)
    labels = torch.arange(len(photos)) % 2

    def run() -> None:
        optimizer.zero_grad()
        loss = criterion(model(photos), labels)
        loss.backward()
        optimizer.step()
        loss.item()

    return run


def inference(name: str, photos: torch.Tensor):
    model = build(name, frozen=True).eval()

    @torch.inference_mode()
    def run() -> None:
        model(photos)

    return run


def main() -> None:
    name, batch, threads, side = sys.argv[1], *map(int, sys.argv[2:5])
    torch.set_num_threads(threads)
    photos = torch.randn(batch, 3, side, side)
    work = {
        "train_step": training_step(name, photos, frozen=False),
        "frozen_step": training_step(name, photos, frozen=True),
        f"infer_batch_{batch}": inference(name, photos),
        "infer_batch_1": inference(name, photos[:1]),
    }
    for line in sys.stdin:
        what, count = line.split()
        times = []
        for _ in range(int(count)):
            start = time.perf_counter()
            work[what]()
            times.append((time.perf_counter() - start) * 1000)
        print(json.dumps(times), flush=True)


if __name__ == "__main__":
    main()
