"""Numbers that any language can recompute, so that a fixture need not store its inputs and weights."""

import math
import re

import numpy as np
import torch
from torch import Tensor, nn


def hash_uniform(stream: int, n: int) -> np.ndarray:
    """n float64 in [-1, 1), each exact in float32; see bench/certify/hash_numbers.ts for the same in TypeScript."""
    x = np.arange(n, dtype=np.uint32) + np.uint32(stream * 0x9E3779B1 & 0xFFFFFFFF)
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x7FEB352D)
    x ^= x >> np.uint32(15)
    x *= np.uint32(0x846CA68B)
    x ^= x >> np.uint32(16)
    return (x >> np.uint32(8)) / 2.0**23 - 1.0


def hash_tensor(stream: int, shape: tuple[int, ...], scale: float, offset: float = 0.0) -> Tensor:
    values = offset + scale * hash_uniform(stream, math.prod(shape))
    return torch.from_numpy(values.astype(np.float32).reshape(shape))


def ends_branch(name: str, norms: set[str]) -> bool:
    """Whether a batch norm is the last of a residual branch, by the ways in which models name it."""
    if re.search(r"(bn[23]|\.conv\.[23]|\.f\.c\.1|\.pw_proj\.bn)$", name):
        return True
    in_block = re.fullmatch(r"(.*\.block)\.(\d+)\.1", name)
    return in_block is not None and f"{in_block[1]}.{int(in_block[2]) + 1}.1" not in norms and (
        f"{in_block[1]}.{int(in_block[2]) + 2}.1" not in norms
    )


def fill_with_hash(model: nn.Module) -> None:
    """Plain weights of a sensible size: tensor i of the state dict (without the counters) is stream i + 1. Whole numbers,
    which are indices, stay.

    Convolutions and linear layers sqrt(6 / fan_in) * u, batch-norm weights and variances 1 + 0.5 u, the rest 0.1 u. The
    batch norm that ends a residual branch has 0.25 + 0.125 u, without which rounding errors grow from block to block.
    """
    norms = {name for name, module in model.named_modules() if isinstance(module, nn.BatchNorm2d)}
    last = {name for name in norms if ends_branch(name, norms)}
    state = {key: value for key, value in model.state_dict().items() if value.ndim > 0}
    for i, (key, value) in enumerate(state.items()):
        if not value.is_floating_point():
            continue
        module, _, kind = key.rpartition(".")
        if value.ndim > 1:
            filled = hash_tensor(i + 1, value.shape, math.sqrt(6 / (value.numel() / value.shape[0])))
        elif module in last and kind == "weight":
            filled = hash_tensor(i + 1, value.shape, 0.125, 0.25)
        elif kind in ("weight", "running_var"):
            filled = hash_tensor(i + 1, value.shape, 0.5, 1.0)
        else:
            filled = hash_tensor(i + 1, value.shape, 0.1)
        value.copy_(filled)
