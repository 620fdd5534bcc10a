"""positions.py OUT: position embeddings on other grids, as timm and DINOv2 ask torch for them, for tests/models."""

import json
import sys
from pathlib import Path

from torch import nn

from numbers_from_hash import hash_tensor

CHANNELS = 2
# Side that was learned, side that is asked for, and how.
CASES = ((5, 3, True, 0), (5, 8, True, 0), (14, 4, True, 0), (5, 3, False, 0.1), (5, 8, False, 0.1), (37, 16, False, 0.1))


def case(learned: int, side: int, antialias: bool, offset: float) -> dict:
    grid = hash_tensor(learned, (1, learned, learned, CHANNELS), 1.0).double().permute(0, 3, 1, 2)
    factor = (side + offset) / learned
    how = {"scale_factor": (factor, factor)} if offset else {"size": (side, side)}
    moved = nn.functional.interpolate(grid, mode="bicubic", antialias=antialias, **how)
    values = [float(f"{v:.7g}") for v in moved.permute(0, 2, 3, 1).flatten().tolist()]
    return {"learned": learned, "side": side, "antialias": antialias, "offset": offset, "values": values}


if __name__ == "__main__":
    cases = [case(*given) for given in CASES]
    (Path(sys.argv[1]) / "positions.json").write_text(json.dumps(cases) + "\n")
