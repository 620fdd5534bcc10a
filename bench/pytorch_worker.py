"""Times one kind of work when asked, as bench/worker.ts does. Arguments: model, batch, threads, side of the photos.

A line that is read: kind of work, memory format, how many times.
"""

import functools
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


def training_step(name: str, photos: torch.Tensor, memory_format: torch.memory_format, frozen: bool):
    model = build(name, frozen).train().to(memory_format=memory_format)
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


def inference(name: str, photos: torch.Tensor, memory_format: torch.memory_format):
    model = build(name, frozen=True).eval().to(memory_format=memory_format)

    @torch.inference_mode()
    def run() -> None:
        model(photos)

    return run


FORMATS = {"default": torch.contiguous_format, "channels_last": torch.channels_last}


def main() -> None:
    name, batch, threads, side = sys.argv[1], *map(int, sys.argv[2:5])
    torch.set_num_threads(threads)
    photos = torch.randn(batch, 3, side, side)

    @functools.cache
    def prepared(kind: str, format: str):
        memory_format = FORMATS[format]
        given = (photos[:1] if kind == "infer_batch_1" else photos).contiguous(memory_format=memory_format)
        if kind.startswith("infer"):
            return inference(name, given, memory_format)
        return training_step(name, given, memory_format, frozen=kind == "frozen_step")

    for line in sys.stdin:
        kind, format, count = line.split()
        work = prepared(kind, format)
        times = []
        for _ in range(int(count)):
            start = time.perf_counter()
            work()
            times.append((time.perf_counter() - start) * 1000)
        print(json.dumps(times), flush=True)


if __name__ == "__main__":
    main()
