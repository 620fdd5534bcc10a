"""grad_cam.py OUT: what Grad-CAM shows of torchvision's models, for tests/training/grad_cam_test.ts.

Selvaraju et al. 2017, https://arxiv.org/abs/1610.02391, by autograd: the gradient of a class's logit with respect to
the last feature map, its mean over the map as each channel's weight, and the weighted sum's positive part. In float64,
and how far PyTorch's own float32 is from it. Weights and inputs come from a hash and are not stored.
"""

import copy
import json
import sys
from pathlib import Path

import torch
from torch import Tensor, nn

from models import build
from numbers_from_hash import hash_tensor

LAST_MAP = {
    "resnet18": "layer4",
    "mobilenet_v2": "features",
    "mobilenet_v3_small": "features",
    "efficientnet_b0": "features",
    "regnet_y_400mf": "trunk_output",
    "deit_tiny": "blocks.11.norm1",  # the tokens that the last attention reads
}
BATCH, SIZE, STREAM = 2, 128, 5000
# Asked for beside the likeliest class, which is where nothing is asked for.
CLASSES = dict.fromkeys(LAST_MAP, (7, 400)) | {"mobilenet_v3_small": (300, 500)}


def grad_cam(model: nn.Module, name: str, inputs: Tensor, classes: list[int]) -> tuple[Tensor, Tensor]:
    maps: list[Tensor] = []
    hook = model.get_submodule(LAST_MAP[name]).register_forward_hook(lambda *call: maps.append(call[2]))
    logits = model.eval()(inputs)
    hook.remove()
    asked = torch.tensor(classes).unsqueeze(1) if classes else logits.argmax(1, keepdim=True)
    (gradient,) = torch.autograd.grad(logits.gather(1, asked).sum(), maps)
    activations = maps[0]
    if activations.ndim == 3:  # tokens behind the first one, as a map
        side = int((activations.shape[1] - 1) ** 0.5)
        activations, gradient = (t[:, 1:].unflatten(1, (side, side)).permute(0, 3, 1, 2) for t in (activations, gradient))
    weights = gradient.mean((2, 3), keepdim=True)
    return asked.squeeze(1), (weights * activations).sum(1).relu().detach()


def fixture(name: str) -> dict:
    model = build(name)
    exact = copy.deepcopy(model).double()
    inputs = hash_tensor(STREAM, (BATCH, 3, SIZE, SIZE), 2.0)
    result: dict = {"input_stream": STREAM, "size": SIZE}
    for key, classes in (("likeliest", []), ("asked", list(CLASSES[name]))):
        _, f32 = grad_cam(model, name, inputs, classes)
        asked, f64 = grad_cam(exact, name, inputs.double(), classes)
        assert f64.amax((1, 2)).min() > 0, "a heat map is zero everywhere: choose another class"
        result[key] = {
            "classes": asked.tolist(),
            "shape": list(f64.shape),
            "values": [float(f"{v:.9g}") for v in f64.flatten().tolist()],
            "max_abs": f64.max().item(),
            "f32_error_max": (f32.double() - f64).abs().max().item(),
        }
    return result


if __name__ == "__main__":
    fixtures = {name: fixture(name) for name in LAST_MAP}
    (Path(sys.argv[1]) / "grad_cam.json").write_text(json.dumps(fixtures, indent=1) + "\n")
