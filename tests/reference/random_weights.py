"""random_weights.py MODEL OUT.pth: weights for 1000 classes from a hash, where the official file cannot be had."""

import sys
from pathlib import Path

import torch

from models import build


def main() -> None:
    name, out = sys.argv[1], Path(sys.argv[2])
    torch.save(build(name).state_dict(), out)


if __name__ == "__main__":
    main()
