"""torch_random.py OUT: torch's random numbers and nn.Linear's initial values for some seeds, for tests/data.

Long tensors are kept as the sha256 of their little-endian float32 bytes.
"""

import hashlib
import json
import sys
from pathlib import Path

import torch
from torch import Tensor, nn

SEEDS = (0, 1, 42, -1, 2**32 + 7)
UNIFORM = ((0.0, 1.0), (0.08, 1.0), (-0.2876820862293243, 0.2876821160316467), (-1000.0, 3.0))
FILL_SIZES = (1, 5, 16, 1024, 2560)
RANDINT = ((0, 1), (0, 7), (-3, 500), (0, 2**28 - 1), (0, 2**28), (-5, 2**40))
RANDPERM = (0, 1, 2, 10, 244)
LINEAR = ((3, 5), (512, 2), (1280, 2), (1280, 1000))


def sha256(tensor: Tensor) -> str:
    return hashlib.sha256(tensor.detach().numpy().astype("<f4").tobytes()).hexdigest()


def draw(seed: int) -> dict:
    """Every kind of number, one after another from one generator."""
    torch.manual_seed(seed)
    return {
        "seed": str(seed),
        "random64": [str(torch.empty((), dtype=torch.int64).random_().item()) for _ in range(3)],
        "uniform": [[a, b, [torch.empty(1).uniform_(a, b).item() for _ in range(8)]] for a, b in UNIFORM],
        "randint": [[a, b, [torch.randint(a, b, (1,)).item() for _ in range(4)]] for a, b in RANDINT],
        "randperm": [[n, torch.randperm(n).tolist()] for n in RANDPERM],
        "fill": [[n, sha256(torch.empty(n).uniform_(-0.25, 0.7))] for n in FILL_SIZES],
        "double": [torch.empty(1, dtype=torch.float64).uniform_().item() for _ in range(8)],
        "rand_after": torch.rand(1).item(),
    }


def linear(in_features: int, out_features: int) -> dict:
    torch.manual_seed(0)
    layer = nn.Linear(in_features, out_features)
    return {
        "in": in_features,
        "out": out_features,
        "weight": sha256(layer.weight),
        "bias": sha256(layer.bias),
        "first": layer.weight.flatten()[:3].tolist(),
        "rand_after": torch.rand(1).item(),
    }


def main() -> None:
    fixture = {
        "torch": torch.__version__,
        "seeds": [draw(seed) for seed in SEEDS],
        "linear": [linear(*features) for features in LINEAR],
    }
    Path(sys.argv[1]).write_text(json.dumps(fixture) + "\n")


if __name__ == "__main__":
    main()
