"""weighted_sampler.py OUT: the order of two epochs that torch's DataLoader takes from a WeightedRandomSampler."""

import json
import sys
from pathlib import Path

import torch
from torch.utils.data import DataLoader, WeightedRandomSampler

WEIGHTS = (
    [1.0] * 7,
    [0.25, 3.0, 0.25, 0.25, 3.0, 0.25, 0.1],
    [0.0, 1.0, 0.0, 2.0],
    [5.0],
    [1 / 3 if i % 11 else 7.7 for i in range(60)],
)


def main() -> None:
    cases = []
    for seed in (0, 1, 2**31):
        for weights in WEIGHTS:
            torch.manual_seed(seed)
            sampler = WeightedRandomSampler(weights, len(weights))
            loader = DataLoader(range(len(weights)), batch_size=4, sampler=sampler)
            epochs = [[int(index) for batch in loader for index in batch] for _ in range(2)]
            cases.append({"seed": seed, "weights": weights, "epochs": epochs})
    Path(sys.argv[1]).write_text(json.dumps(cases) + "\n")


if __name__ == "__main__":
    main()
