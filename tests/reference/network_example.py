"""network_example.py OUT: the parameters and logits of the network that docs/networks.md adds, for tests/docs."""

import json
import sys
from pathlib import Path

import torch

from models import BATCH, build, sample
from numbers_from_hash import hash_tensor

NAME, SIZE, STREAM = "mnasnet1_0", 64, 5000


def main() -> None:
    model = build(NAME)
    shapes = {key: list(value.shape) for key, value in model.state_dict().items() if value.ndim > 0}
    with torch.no_grad():
        inputs = hash_tensor(STREAM, (BATCH, 3, SIZE, SIZE), 2.0)
        logits = model.double().eval()(inputs.double())
    result = {"input_stream": STREAM, "size": SIZE, "shapes": shapes, "logits": sample(logits, 32, 9)}
    (Path(sys.argv[1]) / f"{NAME}.json").write_text(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
