"""Times one kind of work when asked, as bench/worker.ts does. Arguments: model, batch, threads, side of the photos.

A line that is read: kind of work, way, how many times; or `ways`, answered by a list of those there are.
A way that fails is answered by no times at all, and says why on stderr.
"""

import functools
import json
import os
import shutil
import sys
import time
import traceback
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


def training_step(name: str, photos: torch.Tensor, way: str, frozen: bool):
    model = build(name, frozen).train().to(memory_format=FORMATS[way])
    compute = torch.compile(model) if way == "compile" else model
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=1e-3, momentum=0.9)
    labels = torch.arange(len(photos)) % 2

    def run() -> None:
        optimizer.zero_grad()
        loss = criterion(compute(photos), labels)
        loss.backward()
        optimizer.step()
        loss.item()

    return run


def inference(name: str, photos: torch.Tensor, way: str):
    model = build(name, frozen=True).eval().to(memory_format=FORMATS[way])
    compute = torch.compile(model) if way == "compile" else model

    @torch.inference_mode()
    def run() -> None:
        compute(photos)

    return run


FORMATS = {
    "default": torch.contiguous_format,
    "channels_last": torch.channels_last,
    "compile": torch.channels_last,
}


def ways() -> list[str]:
    """`torch.compile` writes C++ for a CPU."""
    compiler = next(filter(shutil.which, filter(None, [os.environ.get("CXX"), "g++", "clang++"])), None)
    return [way for way in FORMATS if way != "compile" or compiler]


def main() -> None:
    name, batch, threads, side = sys.argv[1], *map(int, sys.argv[2:5])
    torch.set_num_threads(threads)
    photos = torch.randn(batch, 3, side, side)

    @functools.cache
    def prepared(kind: str, way: str):
        given = (photos[:1] if kind == "infer_batch_1" else photos).contiguous(memory_format=FORMATS[way])
        if kind.startswith("infer"):
            work = inference(name, given, way)
        else:
            work = training_step(name, given, way, frozen=kind == "frozen_step")
        try:
            work()
        except Exception:
            traceback.print_exc()
            return None
        return work

    for line in sys.stdin:
        if line.strip() == "ways":
            print(json.dumps(ways()), flush=True)
            continue
        kind, way, count = line.split()
        work = prepared(kind, way)
        times = []
        for _ in range(int(count) if work else 0):
            start = time.perf_counter()
            work()
            times.append((time.perf_counter() - start) * 1000)
        print(json.dumps(times), flush=True)


if __name__ == "__main__":
    main()
