"""input_streams.py MODEL [COUNT]: which inputs of 64 pixels keep every ReLU furthest from where its gradient jumps.

For each stream of `models.py`'s batch, over all inputs of ReLUs: the least distance from zero (for ReLU6 also from six)
in float64, divided by that layer's float32 error. The larger, the better do gradients of different float32 programs
agree; nothing of ours takes part in the choice.
"""

import sys

import torch
from torch import Tensor, nn

from models import BATCH, HEAD, build, two_classes
from numbers_from_hash import hash_tensor

FIRST_STREAM, SIZE = 5000, 64


def record(model: nn.Module) -> list[tuple[Tensor, bool]]:
    """What goes into each ReLU of the next pass, and whether it is a ReLU6."""
    seen: list[tuple[Tensor, bool]] = []
    for module in model.modules():
        if isinstance(module, nn.ReLU | nn.ReLU6):
            module.register_forward_pre_hook(lambda m, i: seen.append((i[0].clone(), isinstance(m, nn.ReLU6))))
    return seen


def main() -> None:
    name, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 100
    assert name in HEAD
    f32 = two_classes(build(name), name, frozen=False)
    f64 = two_classes(build(name), name, frozen=False).double()
    rounded, exact = record(f32), record(f64)
    margins = []
    for stream in range(FIRST_STREAM, FIRST_STREAM + count):
        inputs = hash_tensor(stream, (BATCH, 3, SIZE, SIZE), 2.0)
        rounded.clear()
        exact.clear()
        with torch.no_grad():
            f32(inputs)
            f64(inputs.double())
        margin = float("inf")
        for (x, _), (y, is_six) in zip(rounded, exact, strict=True):
            nearest = min(y.abs().min().item(), (y - 6).abs().min().item() if is_six else float("inf"))
            margin = min(margin, nearest / (x.double() - y).abs().max().item())
        margins.append((margin, stream))
    for margin, stream in sorted(margins, reverse=True)[:5]:
        print(f"{name} {stream}: {margin:.3g}")


if __name__ == "__main__":
    main()
