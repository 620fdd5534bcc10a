"""finetune.py OUT: what torch's optimisers, schedules, clipping and averages do with numbers from a hash, in float64."""

import json
import sys
from pathlib import Path

import torch
from torch import nn
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, SequentialLR
from torch.optim.swa_utils import get_ema_multi_avg_fn

from numbers_from_hash import hash_tensor

SHAPES = ((5, 3), (7,), (2, 3, 4))
RATES, DECAYS = (1.0, 0.5, 0.1), (0.2, 0.0, 0.3)
LR, STEPS, CLIP, EMA = 0.05, 5, 2.0, 0.8
SCHEDULES = ((10, 3), (7, 0), (5, 1))
SMOOTHING = 0.1


def optimizer_case(name: str, clip: float | None) -> dict:
    parameters = [nn.Parameter(hash_tensor(i + 1, shape, 1.0).double()) for i, shape in enumerate(SHAPES)]
    averages = [parameter.detach().clone() for parameter in parameters]
    groups = [
        {"params": [parameter], "lr": LR * rate, "weight_decay": decay}
        for parameter, rate, decay in zip(parameters, RATES, DECAYS, strict=True)
    ]
    optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.999)) if name == "adamw" else torch.optim.SGD(groups, momentum=0.9)
    move = get_ema_multi_avg_fn(EMA)
    norms = []
    for step in range(STEPS):
        for i, parameter in enumerate(parameters):
            parameter.grad = hash_tensor(100 * (step + 1) + i, parameter.shape, 1.0).double()
        for group, rate in zip(optimizer.param_groups, RATES, strict=True):
            group["lr"] = LR * rate / (step + 1)
        if clip is not None:
            norms.append(nn.utils.clip_grad_norm_(parameters, clip).item())
        optimizer.step()
        with torch.no_grad():
            move(averages, [parameter.detach() for parameter in parameters], step)
    flat = lambda tensors: [value for tensor in tensors for value in tensor.flatten().tolist()]
    return {"name": name, "clip": clip, "norms": norms, "parameters": flat([p.detach() for p in parameters]), "averages": flat(averages)}


def schedule_case(steps: int, warmup: int) -> dict:
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=1.0)
    cosine = CosineAnnealingLR(optimizer, T_max=steps - warmup)
    if warmup:
        rising = LinearLR(optimizer, start_factor=1 / (warmup + 1), total_iters=warmup)
        scheduler = SequentialLR(optimizer, [rising, cosine], milestones=[warmup])
    else:
        scheduler = cosine
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return {"steps": steps, "warmup": warmup, "rates": rates}


def smoothed_loss() -> dict:
    logits = hash_tensor(7, (4, 3), 5.0).double().requires_grad_()
    loss = nn.CrossEntropyLoss(label_smoothing=SMOOTHING)(logits, torch.tensor([0, 2, 1, 1]))
    loss.backward()
    return {"smoothing": SMOOTHING, "loss": loss.item(), "gradient": logits.grad.flatten().tolist()}


def main() -> None:
    fixture = {
        "lr": LR,
        "ema": EMA,
        "shapes": SHAPES,
        "rates": RATES,
        "decays": DECAYS,
        "optimizers": [optimizer_case(name, clip) for name in ("adamw", "sgd") for clip in (None, CLIP)],
        "schedules": [schedule_case(*case) for case in SCHEDULES],
        "loss": smoothed_loss(),
    }
    Path(sys.argv[1]).write_text(json.dumps(fixture) + "\n")


if __name__ == "__main__":
    main()
