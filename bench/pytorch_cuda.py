"""Median ms of a training step of PyTorch on CUDA, as the tutorial trains: a JSON line for each model and batch.

Eager, channels_last, and replayed as a CUDA graph. Arguments: models and batches, as in `resnet18:4,resnet18:64`.
"""

import json
import sys

import torch
from torch import nn
from torchvision import models

HEAD = {"mobilenet_v2": "classifier.1", "resnet18": "fc"}
WARM_UP, STEPS = 11, 30


def median_ms(name: str, batch: int, kind: str) -> float:
    model = getattr(models, name)(weights=None)
    model.set_submodule(HEAD[name], nn.Linear(model.get_submodule(HEAD[name]).in_features, 2))
    memory_format = torch.contiguous_format if kind == "eager" else torch.channels_last
    model = model.cuda().to(memory_format=memory_format).train()
    photos = torch.randn(batch, 3, 224, 224, device="cuda").to(memory_format=memory_format)
    labels = torch.arange(batch, device="cuda") % 2
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9)

    def step() -> None:
        optimizer.zero_grad(set_to_none=False)
        criterion(model(photos), labels).backward()
        optimizer.step()

    with torch.cuda.stream(torch.cuda.Stream()):
        for _ in range(WARM_UP):
            step()
    torch.cuda.synchronize()
    if kind == "graph":
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            step()
        step = graph.replay
    times = []
    for _ in range(STEPS):
        start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        start.record()
        step()
        end.record()
        torch.cuda.synchronize()
        times.append(start.elapsed_time(end))
    return sorted(times)[STEPS // 2]


for case in sys.argv[1].split(","):
    name, batch = case.split(":")
    times = {kind: median_ms(name, int(batch), kind) for kind in ("eager", "channels_last", "graph")}
    print(json.dumps({"model": name, "batch": int(batch), "torch": torch.__version__, **times}), flush=True)
