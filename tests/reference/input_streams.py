"""input_streams.py MODEL [COUNT]: which inputs of 64 pixels keep every ReLU furthest from where its gradient jumps.

For each stream of `models.py`'s batch, over all inputs of ReLUs: the least distance from zero (for ReLU6 also from six,
for hard-swish and hard-sigmoid from minus three and three) in float64, divided by that layer's float32 error. The larger, the better do gradients of different float32 programs
agree; nothing of ours takes part in the choice.
"""

import sys

import torch
from torch import Tensor, nn

from models import BATCH, HEAD, build, two_classes
from numbers_from_hash import hash_tensor

FIRST_STREAM, SIZE = 5000, 64


JUMPS = {nn.ReLU: (0,), nn.ReLU6: (0, 6), nn.Hardswish: (-3, 3), nn.Hardsigmoid: (-3, 3)}


def record(model: nn.Module) -> list[tuple[Tensor, tuple[int, ...]]]:
    """What goes into each ReLU of the next pass, and where its gradient jumps."""
    seen: list[tuple[Tensor, tuple[int, ...]]] = []
    for module in model.modules():
        if type(module) in JUMPS:
            module.register_forward_pre_hook(lambda m, i: seen.append((i[0].clone(), JUMPS[type(m)])))
    return seen


def nearest(x: Tensor, jumps: tuple[int, ...]) -> float:
    return min((x - jump).abs().min().item() for jump in jumps)


def main() -> None:
    name, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 100
    assert name in HEAD
    f32 = two_classes(build(name), name, frozen=False)
    f64 = two_classes(build(name), name, frozen=False).double()
    rounded, exact = record(f32), record(f64)

    @torch.no_grad()
    def run(stream: int, model: nn.Module, seen: list[tuple[Tensor, tuple[int, ...]]], dtype: torch.dtype) -> None:
        seen.clear()
        model(hash_tensor(stream, (BATCH, 3, SIZE, SIZE), 2.0).to(dtype))

    def measure(stream: int) -> tuple[float, list[float]]:
        """The margin, and each layer's float32 error."""
        run(stream, f32, rounded, torch.float32)
        run(stream, f64, exact, torch.float64)
        errors = [(x.double() - y).abs().max().item() for (x, _), (y, _) in zip(rounded, exact, strict=True)]
        return min(nearest(y, jumps) / e for (y, jumps), e in zip(exact, errors, strict=True)), errors

    # The errors hardly differ between streams: those of the first tell which are worth a pass in float64.
    _, errors = measure(FIRST_STREAM)
    estimates = []
    for stream in range(FIRST_STREAM, FIRST_STREAM + count):
        run(stream, f32, rounded, torch.float32)
        margin = min(nearest(x, jumps) / e for (x, jumps), e in zip(rounded, errors, strict=True))
        estimates.append((margin, stream))
    candidates = [stream for _, stream in sorted(estimates, reverse=True)[:10]]
    for margin, stream in sorted(((measure(stream)[0], stream) for stream in candidates), reverse=True)[:5]:
        print(f"{name} {stream}: {margin:.3g}")


if __name__ == "__main__":
    main()
