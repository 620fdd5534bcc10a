"""Asks ONNX files that take photos, as their users do, and runs the code of model cards.

Argument: a folder. Prints a line of JSON for each file.onnx and photo.png in it, with what onnxruntime
says and which integer operators it fused; and one for each card.py, with what it printed.
"""

import collections
import contextlib
import io
import json
import os
import pathlib
import sys

import numpy
import onnx
import onnxruntime
from PIL import Image

os.chdir(sys.argv[1])
here = pathlib.Path(".")
for path in sorted(here.glob("*.onnx")):
    onnx.checker.check_model(onnx.load(path), full_check=True)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = "optimized"
    session = onnxruntime.InferenceSession(str(path), options)
    ops = collections.Counter(node.op_type for node in onnx.load("optimized").graph.node)
    if session.get_inputs()[0].name != "photos":
        continue
    for photo in sorted(here.glob("*.png")):
        pixels = numpy.asarray(Image.open(photo).convert("RGB"))
        outputs = ["probabilities", "labels", "none_of_these"]
        values = session.run(outputs, {"photos": pixels[None]})
        probabilities, labels, unlike = [value[0] for value in values]
        said = {"probabilities": probabilities.tolist(), "label": labels, "unlike": bool(unlike)}
        print(json.dumps({"file": path.stem, "photo": photo.stem, "ops": ops, **said}))
for path in sorted(here.glob("card_*.py")):
    out = io.StringIO()
    scope = {"images": numpy.zeros((2, 3, 32, 32), numpy.float32)}
    with contextlib.redirect_stdout(out):
        exec(path.read_text(), scope)
    logits = scope["logits"].shape if "logits" in scope else None
    print(json.dumps({"card": path.stem, "printed": out.getvalue(), "logits": logits}))
