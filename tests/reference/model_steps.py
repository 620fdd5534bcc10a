"""model_steps.py OUT [MODEL...]: the steps of models.py's networks by AdamW, and with batch norm by its running statistics.

Those by SGD in training mode are models.py's own. Everything else is as there: weights, inputs and heads from a hash,
float32 beside float64. AdamW divides a gradient by its own size: where one is zero but for rounding, which way the
parameter moves is chance. So PyTorch's float32 error of a tensor is not its largest here, but the larger of what nine
tenths of its values stay below and of the kept values'.
"""

import copy
import json
import sys
from pathlib import Path
from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn

from models import BATCH, CASES, HEAD, STEPS, WAYS, build, sample, two_classes
from numbers_from_hash import hash_tensor

LR, DECAY, KEPT = 0.001, 0.05, 3
# Networks of so many tensors that their fixtures go without the finetuning that smaller ones of their kinds have. In so
# many, some gradients are zero but for rounding: PyTorch's error is that of the worst of four of its ways then, two memory
# formats with oneDNN and without. By two of them it would break our bounds itself: in the others, or with the photos in
# another order, it is off by up to 1.6 of what the formats alone allow, and by 0.8 of what four ways do.
LARGER = ("mobilenet_v3_large", "mobilenetv4_conv_medium", "efficientnet_b0", "regnet_y_400mf")


class Case(NamedTuple):
    branch: Literal["finetune", "frozen"]
    optimizer: Literal["sgd", "adamw"]
    batch_norm: Literal["batch", "running"]
    steps: int


def cases(name: str, model: nn.Module) -> list[Case]:
    if name in ("vit_b_16", "deit_small"):  # the code of deit_tiny, which has all
        return [Case("finetune", "adamw", "batch", 1)]
    found = [Case("finetune", "adamw", "batch", 1), Case("finetune", "adamw", "batch", STEPS), Case("frozen", "adamw", "batch", STEPS)]
    if any(isinstance(module, nn.BatchNorm2d) for module in model.modules()):
        found += [Case("finetune", "adamw", "running", STEPS), Case("frozen", "sgd", "running", STEPS)]
        if name not in LARGER:
            found += [Case("finetune", "sgd", "running", 1), Case("finetune", "sgd", "running", STEPS)]
    return found


def parameter_groups(model: nn.Module) -> list[dict]:
    """Weights of convolutions and linear layers decay; biases, norms, tokens and positions do not."""
    decays = {id(m.weight) for m in model.modules() if isinstance(m, nn.Conv2d | nn.Linear)}
    decays |= {id(m.in_proj_weight) for m in model.modules() if isinstance(m, nn.MultiheadAttention)}
    learned = [p for p in model.parameters() if p.requires_grad]
    return [
        {"params": [p for p in learned if id(p) in decays], "weight_decay": DECAY},
        {"params": [p for p in learned if id(p) not in decays], "weight_decay": 0.0},
    ]


def train(model: nn.Module, case: Case, inputs: Tensor, labels: Tensor) -> list[float]:
    if case.batch_norm == "running":
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eval()
    if case.optimizer == "adamw":
        optimizer: torch.optim.Optimizer = torch.optim.AdamW(parameter_groups(model), lr=LR)
    else:
        optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=LR, momentum=0.9)
    losses = []
    for step in range(case.steps):
        optimizer.zero_grad()
        loss = nn.CrossEntropyLoss()(model(inputs.roll(step, 0)), labels.roll(step, 0))
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def compare(rounded: list[Tensor], f64: Tensor) -> dict:
    """The float64 values, their size, and how far PyTorch's own float32 is from them, by the worse of its ways."""
    exact = f64.detach()
    errors = torch.stack([(f32.detach().double() - exact).abs().flatten() for f32 in rounded]).amax(0)
    most = errors.sort().values[int(0.9 * (errors.numel() - 1))].item()
    error = max(most, *sample(errors, KEPT, 4))
    return {"values": sample(exact, KEPT, 8), "max_abs": float(f"{exact.abs().max().item():.4g}"), "f32_error_max": float(f"{error:.4g}")}


def entry(model: nn.Module, name: str, case: Case, inputs: Tensor, labels: Tensor) -> dict | None:
    frozen = case.branch == "frozen"
    ways = WAYS if name in LARGER else WAYS[:1]
    f64 = two_classes(model, name, frozen).double()
    exact = train(f64, case, inputs.double(), labels)
    error, rounded = 0.0, []
    for memory_format, one_dnn in ways:
        f32 = two_classes(model, name, frozen).to(memory_format=memory_format)
        with torch.backends.mkldnn.flags(enabled=one_dnn):
            losses = train(f32, case, inputs.to(memory_format=memory_format), labels)
        error = max(error, *(abs(a - b) for a, b in zip(losses, exact, strict=True)))
        rounded.append(f32.state_dict())
    if error >= 0.005 or max(exact) > 10:  # rounding errors have taken over, or soon will: nothing to compare with
        return None
    state = {
        key: compare([values[key] for values in rounded], value)
        for key, value in f64.state_dict().items()
        if value.ndim > 0 and (not frozen or key.startswith(HEAD[name]))
    }
    return {**case._asdict(), "losses": exact, "f32_loss_error": error, "state": state}


def main() -> None:
    out, names = Path(sys.argv[1]), sys.argv[2:] or list(HEAD)
    torch.set_num_threads(1)
    done = set()
    for name, size, stream in CASES:
        if name not in names or name in done:  # the smaller side will do
            continue
        done.add(name)
        model = build(name)
        inputs, labels = hash_tensor(stream, (BATCH, 3, size, size), 2.0), torch.arange(BATCH) % 2
        entries = [entry(copy.deepcopy(model), name, case, inputs, labels) for case in cases(name, model)]
        result = {"input_stream": stream, "cases": [case for case in entries if case is not None]}
        (out / f"{name}.{size}.json").write_text(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
