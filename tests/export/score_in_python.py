"""Loads exported files as their users do, and prints each one's logits as a line of JSON.

Arguments: a file of float32 photos [n, side, side, 3], the side, the number of classes,
and MODEL=FILE for each file to load.
"""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "reference"))

import torch
from models import HEAD, architecture

photos_file, side, classes, *exports = sys.argv[1:]
photos = torch.frombuffer(bytearray(open(photos_file, "rb").read()), dtype=torch.float32)
photos = photos.reshape(-1, int(side), int(side), 3).permute(0, 3, 1, 2).contiguous()


def torch_logits(name, state):
    model = architecture(name)
    features = model.get_submodule(HEAD[name]).in_features
    model.set_submodule(HEAD[name], torch.nn.Linear(features, int(classes)))
    model.load_state_dict(state, strict=True)
    model.eval()
    with torch.inference_mode():
        return model(photos)


def onnx_logits(path):
    import onnx
    import onnxruntime

    onnx.checker.check_model(onnx.load(path), full_check=True)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    whole = session.run(["logits"], {"images": photos.numpy()})[0]
    # Any batch is taken: one photo alone has the logits that it has among others.
    alone = session.run(["logits"], {"images": photos[:1].numpy()})[0]
    assert abs(alone[0] - whole[0]).max() < 1e-4 * abs(whole).max()
    return torch.from_numpy(whole)


for export in exports:
    name, path = export.split("=", 1)
    if path.endswith(".pth"):
        logits = torch_logits(name, torch.load(path, weights_only=True, mmap=True))
    elif path.endswith(".safetensors"):
        from safetensors.torch import load_file

        logits = torch_logits(name, load_file(path))
    else:
        logits = onnx_logits(path)
    print(json.dumps({"path": path, "logits": logits.flatten().tolist()}))
