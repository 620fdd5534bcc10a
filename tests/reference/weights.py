"""weights.py OUT: small .pth files, zip and legacy, plain and odd, with what a reader must get from them.

OUT/fixtures.safetensors has the values of every tensor under `<prefix><name>`, float16 and bfloat16 widened to
float32; OUT/manifest.json says which file has which prefix, which files a reader must refuse, and of each tensor shape,
type and, where they are finite floats, norm.
"""

import json
import os
import sys
from collections import OrderedDict
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from numbers_from_hash import hash_tensor

State = dict[str, Tensor]


class RunsCode:
    """Unpickling this would call os.getcwd()."""

    def __reduce__(self):  # noqa: ANN204
        return os.getcwd, ()


def small_net() -> nn.Module:
    net = nn.Sequential(OrderedDict(conv=nn.Conv2d(3, 4, 3), bn=nn.BatchNorm2d(4), fc=nn.Linear(4, 2)))
    for i, (name, value) in enumerate(net.state_dict().items()):
        offset = 1.0 if name == "bn.running_var" else 0.0
        value.copy_(hash_tensor(i + 1, tuple(value.shape), 0.5, offset) if value.ndim else torch.tensor(7))
    return net


def views() -> State:
    """Strides, offsets and storages that tensors share."""
    base = hash_tensor(20, (6, 8), 1.0)
    image = hash_tensor(21, (2, 3, 4, 5), 1.0)
    return {
        "base": base,
        "same": base,
        "row_2": base[2],
        "transposed": base.t(),
        "inner": base[1:4, 2:7],
        "every_second": base[::2, 1::3],
        "expanded": base[0, :1].expand(3, 4),
        "channels_last": image.to(memory_format=torch.channels_last),
        "permuted": image.permute(3, 1, 0, 2),
    }


def types() -> State:
    values = hash_tensor(22, (3, 5), 4.0)
    extremes = torch.tensor([0.0, -0.0, 6e-8, -5.97e-8, 6.1e-5, 65504.0, float("inf"), -float("inf"), float("nan")])
    return {
        "float32": values,
        "float64": values.double() / 3,
        "float16": values.half(),
        "float16_extremes": extremes.half(),
        "bfloat16": values.bfloat16(),
        "bfloat16_extremes": extremes.bfloat16(),
        "int64": torch.tensor([0, -1, 2**53 + 1, -(2**63), 2**63 - 1]),
        "int32": torch.tensor([-(2**31), 2**31 - 1], dtype=torch.int32),
        "int16": torch.tensor([-(2**15), 2**15 - 1], dtype=torch.int16),
        "int8": torch.tensor([-128, 127], dtype=torch.int8),
        "uint8": torch.tensor([0, 255], dtype=torch.uint8),
        "bool": torch.tensor([True, False, True]),
        "scalar": torch.tensor(2.5),
        "empty": torch.empty(0, 3),
    }


def cases() -> dict[str, tuple[object, State, str]]:
    """By prefix: what is saved, the tensors in it, and what is special about it."""
    net = small_net()
    state = net.state_dict()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.001, momentum=0.9)
    wrapped = {"epoch": 3, "best_acc": 0.95, "arch": "small", "state_dict": state, "optimizer": optimizer.state_dict()}
    parameters = dict(net.named_parameters())
    half, brain = (
        {k: v.to(dtype) if v.is_floating_point() else v for k, v in state.items()}
        for dtype in (torch.float16, torch.bfloat16)
    )
    return {
        "plain": (state, state, "a module's state_dict(): an OrderedDict with the attribute _metadata"),
        "dict": (dict(state), state, "a plain dict"),
        "parameters": (parameters, parameters, "nn.Parameter values"),
        "wrapped": (wrapped, state, "under the key state_dict, among other things"),
        "module": ({f"module.{k}": v for k, v in state.items()}, state, "every key prefixed with module."),
        "fp16": (half, half, "float16"),
        "bf16": (brain, brain, "bfloat16"),
        "views": (views(),) * 2 + ("shared storage, offsets, strides, an expanded (stride 0) tensor",),
        "types": (types(),) * 2 + ("every usual type, a scalar and an empty tensor",),
    }


def write_rejects(out: Path, state: State) -> list[str]:
    """Files that run code, and files cut off; torch.load(weights_only=True) refuses them too."""
    torch.save({"fc.weight": state["fc.weight"], "extra": RunsCode()}, out / "reject-code-zip.pth")
    torch.save({"extra": RunsCode()}, out / "reject-code-legacy.pth", _use_new_zipfile_serialization=False)
    for form in ("zip", "legacy"):
        data = (out / f"plain-{form}.pth").read_bytes()
        (out / f"reject-truncated-{form}.pth").write_bytes(data[: len(data) * 3 // 4])
    rejects = sorted(path.name for path in out.glob("reject-*.pth"))
    for file in rejects:
        try:
            torch.load(out / file, weights_only=True)
        except Exception:  # noqa: BLE001
            continue
        raise AssertionError(f"torch.load accepts {file}")
    return rejects


def describe(value: Tensor) -> dict:
    entry: dict = {"shape": list(value.shape), "dtype": str(value.dtype).removeprefix("torch.")}
    if value.is_floating_point() and value.numel() and value.isfinite().all():
        entry["l2"] = value.double().norm().item()
    return entry


def main() -> None:
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    values: State = {}
    files = []
    for name, (content, saved, about) in cases().items():
        for key, value in saved.items():
            wide = value.float() if value.dtype in (torch.float16, torch.bfloat16) else value
            values[f"{name}/{key}"] = wide.detach().clone().contiguous()
        for form in ("zip", "legacy"):
            file = f"{name}-{form}.pth"
            torch.save(content, out / file, _use_new_zipfile_serialization=form == "zip")
            torch.load(out / file, weights_only=True)
            files.append({"file": file, "prefix": f"{name}/", "about": about})
    save_file(values, out / "fixtures.safetensors")
    tensors = {name: describe(value) for name, value in values.items()}
    manifest = {"files": files, "reject": write_rejects(out, small_net().state_dict()), "tensors": tensors}
    (out / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")


if __name__ == "__main__":
    main()
