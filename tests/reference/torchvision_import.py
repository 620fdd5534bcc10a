"""The one place that imports torchvision.

Its compiled operators need CUDA libraries that a CPU machine lacks; nothing here uses them, so where they do not load,
the two that `import torchvision` looks up are declared empty.
"""

from importlib.util import find_spec
from pathlib import Path

import torch


def _compiled_operators_load() -> bool:
    spec = find_spec("torchvision")
    if spec is None or spec.origin is None:
        raise ImportError("torchvision is not installed: see README.md")
    for library in Path(spec.origin).parent.glob("_C*.so"):
        try:
            torch.ops.load_library(str(library))
            return True
        except OSError:
            pass
    return False


if not _compiled_operators_load():
    _stubs = torch.library.Library("torchvision", "DEF")
    for _name in ("nms", "qnms"):
        _stubs.define(f"{_name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

from torchvision import datasets, models, transforms  # noqa: E402
from torchvision.ops import StochasticDepth  # noqa: E402

__all__ = ["StochasticDepth", "datasets", "models", "transforms"]
