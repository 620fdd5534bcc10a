"""From start to printed label of one photo, as a small PyTorch program does it. Arguments: model, photo."""

import sys
from pathlib import Path

import torch
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "reference"))
from torchvision_import import models, transforms  # noqa: E402

name, photo = sys.argv[1:]
model = getattr(models, name)(weights=None, num_classes=2).eval()
prepare = transforms.Compose([
    transforms.Resize(256),
    transforms.CenterCrop(224),
    transforms.ToTensor(),
    transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
])
with torch.inference_mode():
    probabilities = model(prepare(Image.open(photo).convert("RGB"))[None]).softmax(1)[0]
print(photo, int(probabilities.argmax()), float(probabilities.max()))
