"""models.py OUT [MODEL...]: what the models compute and learn, for tests/models.

For each model and side of the input: logits in evaluation, then one and five SGD steps of batch 4 in both branches,
with a head of two classes, in float32 and float64. Weights, inputs and heads come from a hash and are not stored.
Where ReLUs are, PyTorch's float32 error after five steps of finetuning at 64 pixels is that of the worst of four of its
ways: in one of them MobileNetV3-Small, RegNet and ResNet-50 go to another side, which the others do not tell of.
Large tensors are sampled: element i of 32, or of 6, is the flat element (i * 104729) % numel.
"""

import copy
import json
import sys
from pathlib import Path

import torch
from torch import Tensor, nn

from efficientnet_lite import EfficientNetLite
from numbers_from_hash import fill_with_hash, hash_tensor
from torchvision_import import StochasticDepth, models

HEAD = {
    "resnet18": "fc",
    "resnet34": "fc",
    "mobilenet_v2": "classifier.1",
    "efficientnet_lite0": "_fc",
    "efficientnet_lite1": "_fc",
    "efficientnet_lite2": "_fc",
    "resnet50": "fc",
    "resnet101": "fc",
    "mobilenet_v3_small": "classifier.3",
    "mobilenet_v3_large": "classifier.3",
    "mobilenetv4_conv_small": "classifier",
    "mobilenetv4_conv_medium": "classifier",
    "regnet_y_400mf": "fc",
    "efficientnet_b0": "classifier.1",
    "efficientnet_v2_s": "classifier.1",
    "convnext_tiny": "classifier.2",
    "swin_t": "head",
    "deit_tiny": "head",
    "deit_small": "head",
    "vit_b_16": "heads.head",
    "dinov2_vits14": "head",
    "dinov2_vits14_reg": "head",
}
# Memory format, and whether oneDNN computes.
WAYS = [(memory_format, one_dnn) for one_dnn in (True, False) for memory_format in (torch.contiguous_format, torch.channels_last)]
BATCH, STEPS, STRIDE, HEAD_STREAM, THREADS = 4, 5, 104729, 9000, 2
# The first models' fixtures keep more of each tensor.
MANY_SAMPLES = ("resnet18", "resnet34", "mobilenet_v2", "efficientnet_lite0", "efficientnet_lite1", "efficientnet_lite2")
# Model, side of the input, and the stream of the input. Where a ReLU's input is within rounding of zero a gradient
# jumps, and which way differs between any two float32 programs: at 64 pixels the streams are those that
# input_streams.py found to stay furthest from it. At 224 there is always such a ReLU.
CASES = (
    ("resnet18", 64, 5079),
    ("resnet18", 224, 5000),
    ("mobilenet_v2", 64, 5205),
    ("mobilenet_v2", 224, 5000),
    ("resnet34", 64, 5063),
    ("efficientnet_lite0", 64, 5632),
    ("efficientnet_lite0", 224, 5000),
    ("convnext_tiny", 64, 5000),
    ("convnext_tiny", 224, 5000),
    # Maps of 18, 9, 5 and 3 pixels: none fills its windows, two are odd where they are merged.
    ("swin_t", 72, 5000),
    ("swin_t", 224, 5000),
    ("deit_tiny", 64, 5000),
    ("deit_tiny", 224, 5000),
    ("deit_small", 224, 5000),
    ("vit_b_16", 224, 5000),
    ("dinov2_vits14", 56, 5000),
    ("dinov2_vits14", 224, 5000),
    ("dinov2_vits14_reg", 56, 5000),
    ("efficientnet_lite1", 64, 5000),
    ("efficientnet_lite2", 64, 5000),
    ("resnet50", 64, 5006),
    ("resnet101", 64, 5000),
    ("mobilenet_v3_small", 64, 5002),
    ("mobilenet_v3_large", 64, 5047),
    ("mobilenetv4_conv_small", 64, 5000),
    ("mobilenetv4_conv_medium", 64, 5019),
    ("regnet_y_400mf", 64, 5073),
    ("efficientnet_b0", 64, 5000),
    ("efficientnet_v2_s", 64, 5000),
)


def architecture(name: str) -> nn.Module:
    if name.startswith("efficientnet_lite"):
        return EfficientNetLite(int(name[-1]))
    if name.startswith("deit"):
        import timm  # which not everyone has who asks for the others

        return timm.create_model(f"{name}_patch16_224", dynamic_img_size=True)
    if name.startswith("mobilenetv4"):
        import timm

        return timm.create_model(name)
    if name.startswith("dinov2"):
        from dinov2 import dinov2

        return dinov2(name)
    return getattr(models, name)(weights=None)


def build(name: str) -> nn.Module:
    model = architecture(name)
    with torch.no_grad():
        fill_with_hash(model)
    return model


def two_classes(model: nn.Module, name: str, frozen: bool) -> nn.Module:
    """A copy with a head from the hash and no dropout and stochastic depth, whose masks no other program can repeat."""
    model = copy.deepcopy(model)
    if frozen:
        model.requires_grad_(False)
    features = model.get_submodule(HEAD[name]).in_features
    head = nn.Linear(features, 2)
    with torch.no_grad():
        head.weight.copy_(hash_tensor(HEAD_STREAM, (2, features), features**-0.5))
        head.bias.copy_(hash_tensor(HEAD_STREAM + 1, (2,), features**-0.5))
    model.set_submodule(HEAD[name], head)
    for module in model.modules():
        if isinstance(module, nn.Dropout | StochasticDepth):
            module.p = 0.0
    return model.train()


def jumps(model: nn.Module) -> bool:
    """Whether there are gradients that jump where rounding takes an input across."""
    return any(isinstance(module, nn.ReLU | nn.ReLU6 | nn.Hardswish) for module in model.modules())


def train(model: nn.Module, inputs: Tensor, labels: Tensor, steps: int) -> list[float]:
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=0.001, momentum=0.9)
    losses = []
    for step in range(steps):
        optimizer.zero_grad()
        loss = criterion(model(inputs.roll(step, 0)), labels.roll(step, 0))
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def sample(value: Tensor, count: int, digits: int) -> list[float]:
    flat = value.detach().reshape(-1)
    if flat.numel() > count:
        flat = flat[torch.arange(count) * STRIDE % flat.numel()]
    return [float(f"{v:.{digits}g}") for v in flat.tolist()]


def compare(rounded: list[Tensor], f64: Tensor, few: bool) -> dict:
    """The float64 values, their size, and how far PyTorch's own float32 is from them."""
    error = max((f32.detach().double() - f64.detach()).abs().max().item() for f32 in rounded)
    largest = f64.detach().abs().max().item()
    if not few:
        return {"values": sample(f64, 32, 9), "max_abs": largest, "f32_error_max": error}
    values = sample(f64, 6, 8)
    return {"values": values, "max_abs": float(f"{largest:.4g}"), "f32_error_max": float(f"{error:.4g}")}


def fixture(name: str, size: int, stream: int) -> dict:
    model, few = build(name), name not in MANY_SAMPLES
    inputs = hash_tensor(stream, (BATCH, 3, size, size), 2.0)
    labels = torch.arange(BATCH) % 2
    exact = copy.deepcopy(model).double()
    with torch.no_grad():
        logits = compare([model.eval()(inputs)], exact.eval()(inputs.double()), few)
    result: dict = {"input_stream": stream, "logits": logits}
    for branch, frozen in (("finetune", False), ("frozen", True)):
        for steps in (1, STEPS):
            f64 = two_classes(model, name, frozen).double()
            exact_losses = train(f64, inputs.double(), labels, steps)
            entry: dict = {"losses": exact_losses, "f32_loss_error": 0.0}
            rounded = []
            several = steps == STEPS and not frozen and size < 224 and jumps(model)
            torch.set_num_threads(1 if several else THREADS)
            for memory_format, one_dnn in WAYS if several else WAYS[:1]:
                f32 = two_classes(model, name, frozen).to(memory_format=memory_format)
                with torch.backends.mkldnn.flags(enabled=one_dnn):
                    losses = train(f32, inputs.to(memory_format=memory_format), labels, steps)
                errors = [abs(a - b) for a, b in zip(losses, exact_losses, strict=True)]
                entry["f32_loss_error"] = max(entry["f32_loss_error"], *errors)
                rounded.append(f32)
            if steps == 1:
                pairs = zip(rounded[0].named_parameters(), f64.parameters(), strict=True)
                entry["gradients"] = {k: compare([p.grad], q.grad, few) for (k, p), q in pairs if p.grad is not None}
            states = [f32.state_dict() for f32 in rounded]
            entry["state"] = {
                k: compare([state[k] for state in states], v, few) for k, v in f64.state_dict().items() if v.ndim > 0
            }
            if frozen or steps == 1:  # the convolutions stay as they were, or are given by their gradients
                entry["state"] = {k: v for k, v in entry["state"].items() if "running" in k or k.startswith(HEAD[name])}
            if entry["f32_loss_error"] < 0.005:  # else rounding errors have taken over: nothing to compare with
                result[f"{branch}_{steps}"] = entry
    return result


def main() -> None:
    out, names = Path(sys.argv[1]), sys.argv[2:] or list(HEAD)
    torch.set_num_threads(THREADS)
    for name in names:
        state = build(name).state_dict()
        shapes = {key: list(value.shape) for key, value in state.items() if value.ndim > 0}
        (out / f"{name}.shapes.json").write_text(json.dumps(shapes) + "\n")
    for name, size, stream in CASES:
        if name not in names:
            continue
        (out / f"{name}.{size}.json").write_text(json.dumps(fixture(name, size, stream)) + "\n")


if __name__ == "__main__":
    main()
