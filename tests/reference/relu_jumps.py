"""relu_jumps.py OUT MODEL...: adds to models.py's fixtures of 64 pixels how far each gradient may jump.

Where an input of a ReLU is as near to a bend as float32 rounds it, which side it is on is chance, and so is whether its
gradient goes on. input_streams.py finds inputs with few such places, yet of some models none without. For each place that
is nearer to its bend than three times the float32 error of that layer (root mean square), this takes the other side in
float64; `jump` is the sum over places of how far the values that the fixture keeps of a tensor move.
"""

import json
import sys
from pathlib import Path

import torch
from torch import Tensor, nn

from models import BATCH, CASES, STRIDE, build, two_classes
from numbers_from_hash import hash_tensor

SIZE = 64
# Where the slope jumps, and what it is below and above.
BENDS = {
    nn.ReLU: {0: (0, 1)},
    nn.ReLU6: {0: (0, 1), 6: (1, 0)},
    nn.Hardswish: {-3: (0, -0.5), 3: (1.5, 1)},
    nn.Hardsigmoid: {-3: (0, 1 / 6), 3: (1 / 6, 0)},
}


class Watched:
    """A model whose ReLUs keep their inputs, in the order of their calls, and may take the other side at one place."""

    def __init__(self, name: str, dtype: torch.dtype) -> None:
        self.model = two_classes(build(name), name, frozen=False).to(dtype)
        self.seen: list[tuple[Tensor, dict]] = []
        self.flip: tuple[int, int, float] | None = None
        for module in self.model.modules():
            if type(module) in BENDS:
                module.inplace = False
                module.register_forward_hook(self.watch)

    def watch(self, module: nn.Module, inputs: tuple[Tensor], output: Tensor) -> Tensor:
        call, (x,) = len(self.seen), inputs
        self.seen.append((x.detach(), BENDS[type(module)]))
        if self.flip is None or self.flip[0] != call:
            return output
        change = torch.zeros_like(x)
        change.view(-1)[self.flip[1]] = self.flip[2]
        return output + (x - x.detach()) * change

    def gradients(self, inputs: Tensor, flip: tuple[int, int, float] | None = None) -> dict[str, Tensor]:
        self.seen, self.flip = [], flip
        self.model.zero_grad()
        nn.CrossEntropyLoss()(self.model(inputs), torch.arange(BATCH) % 2).backward()
        return {key: kept(value.grad) for key, value in self.model.named_parameters()}


def kept(value: Tensor) -> Tensor:
    """What the fixture keeps: at most 32 values; fewer of some models, which these then include."""
    flat = value.detach().reshape(-1).clone()
    return flat if flat.numel() <= 32 else flat[torch.arange(32) * STRIDE % flat.numel()]


def places(exact: Watched, rounded: Watched) -> list[tuple[int, int, float]]:
    """Calls, places in them, and how the slope changes on their bend's other side."""
    found = []
    for call, ((y, bends), (x, _)) in enumerate(zip(exact.seen, rounded.seen, strict=True)):
        error = 3 * (x.double() - y).square().mean().sqrt()
        for bend, (below, above) in bends.items():
            for place in ((y - bend).abs() < error).flatten().nonzero().flatten().tolist():
                found.append((call, place, below - above if y.flatten()[place] > bend else above - below))
    return found


def main() -> None:
    out, names = Path(sys.argv[1]), sys.argv[2:]
    torch.set_num_threads(1)
    for name, size, stream in CASES:
        if name not in names or size != SIZE:
            continue
        inputs = hash_tensor(stream, (BATCH, 3, size, size), 2.0)
        exact, rounded = Watched(name, torch.float64), Watched(name, torch.float32)
        rounded.gradients(inputs)
        gradients = exact.gradients(inputs.double())
        jumps = dict.fromkeys(gradients, 0.0)
        found = places(exact, rounded)
        print(f"{name}: {len(found)} places")
        if not found:
            continue
        for flip in found:
            for key, value in exact.gradients(inputs.double(), flip).items():
                jumps[key] += (value - gradients[key]).abs().max().item()
        file = out / f"{name}.{size}.json"
        fixture = json.loads(file.read_text())
        for key, reference in fixture["finetune_1"]["gradients"].items():
            reference["jump"] = float(f"{jumps[key]:.4g}")
        file.write_text(json.dumps(fixture) + "\n")


if __name__ == "__main__":
    main()
