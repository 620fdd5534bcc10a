"""What others make of a division of `prepare.py`: a line of JSON for each, done once.

    peers.py --data DIR --weights mobilenet_v2-b0353104.pth --out FILE [--tools …] [--sets …] [--divisions …]

sklearn: LogisticRegression on standardised features of the frozen network, C by 5-fold log loss;
fastai: `fine_tune(4)` as its book has it (chapter 5); fastai_best: 8 epochs in batches of 16, the epoch that
val likes best; torchvision: the transfer learning tutorial whole, both branches, the one that val likes
better. All have the same photos, the same pretrained file, and choose by val alone.
"""
import argparse
import contextlib
import copy
import json
import os
import pathlib
import random
import sys
import time

import numpy as np
import torch
import torchvision
from PIL import Image
from torch import nn
from torchvision import transforms

MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
EVAL = transforms.Compose([
    transforms.Resize(256), transforms.CenterCrop(224), transforms.ToTensor(), transforms.Normalize(MEAN, STD),
])
TRAIN = transforms.Compose([
    transforms.RandomResizedCrop(224), transforms.RandomHorizontalFlip(), transforms.ToTensor(),
    transforms.Normalize(MEAN, STD),
])


class Photos(torch.utils.data.Dataset):
    def __init__(self, options, division, part, transform):
        self.paths = [options.data / division["set"] / path for path in division[part]]
        self.labels = [division["classes"].index(path.split("/")[0]) for path in division[part]]
        self.transform = transform

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, index):
        with Image.open(self.paths[index]) as image:
            return self.transform(image.convert("RGB")), self.labels[index]


def pretrained(options):
    model = torchvision.models.mobilenet_v2()
    model.load_state_dict(torch.load(options.weights, weights_only=True))
    return model


def loader(options, photos, batch, shuffle=False):
    return torch.utils.data.DataLoader(
        photos, batch, shuffle=shuffle, num_workers=options.workers, persistent_workers=options.workers > 0
    )


@torch.no_grad()
def answers(options, model, photos):
    model.eval()
    return torch.cat([model(x.to(options.device)).cpu() for x, _ in loader(options, photos, 64)]).numpy()


def figures(logits, labels):
    right = logits.argmax(1) == np.array(labels)
    return {"accuracy": float(right.mean()), "right": "".join(str(int(each)) for each in right)}


def sklearn(options, division, seed):
    from sklearn.linear_model import LogisticRegressionCV
    from sklearn.model_selection import StratifiedKFold
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = pretrained(options).to(options.device)
    model.classifier = nn.Identity()
    parts = {part: Photos(options, division, part, EVAL) for part in ("train", "val", "test")}
    features = {part: answers(options, model, photos) for part, photos in parts.items()}
    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    probe = make_pipeline(
        StandardScaler(),
        LogisticRegressionCV(Cs=np.logspace(-6, 5, 12), cv=folds, scoring="neg_log_loss", max_iter=1000),
    )
    probe.fit(features["train"], parts["train"].labels)

    def logits(part):
        scores = probe.decision_function(features[part])
        return np.stack([-scores, scores], 1) if scores.ndim == 1 else scores

    return {part: figures(logits(part), parts[part].labels) for part in ("val", "test")}


def torchvision_tutorial(options, division, seed):
    torch.manual_seed(seed)
    parts = {
        part: Photos(options, division, part, TRAIN if part == "train" else EVAL) for part in ("train", "val", "test")
    }
    train, val = (loader(options, parts[part], 4, True) for part in ("train", "val"))
    results = {}
    for branch in ("finetune", "frozen"):
        model = pretrained(options)
        if branch == "frozen":
            for parameter in model.parameters():
                parameter.requires_grad = False
        model.classifier[1] = nn.Linear(model.last_channel, len(division["classes"]))
        model = model.to(options.device)
        learned = [parameter for parameter in model.parameters() if parameter.requires_grad]
        optimizer = torch.optim.SGD(learned, lr=0.001, momentum=0.9)
        scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=7, gamma=0.1)
        criterion, best, kept = nn.CrossEntropyLoss(), 0.0, copy.deepcopy(model.state_dict())
        for _ in range(25):
            model.train()
            for x, y in train:
                optimizer.zero_grad()
                criterion(model(x.to(options.device)), y.to(options.device)).backward()
                optimizer.step()
            scheduler.step()
            model.eval()
            with torch.no_grad():
                hits = sum((model(x.to(options.device)).argmax(1).cpu() == y).sum().item() for x, y in val)
            if hits / len(parts["val"]) > best:
                best, kept = hits / len(parts["val"]), copy.deepcopy(model.state_dict())
        model.load_state_dict(kept)
        results[branch] = {
            part: figures(answers(options, model, parts[part]), parts[part].labels) for part in ("val", "test")
        }
    taken = max(results, key=lambda branch: results[branch]["val"]["accuracy"])
    return {"branch": taken, "branches": results, **results[taken]}


def fastai(options, division, seed, epochs=4, batch=64, best=False):
    from fastai.vision.all import (
        CategoryBlock, DataBlock, ImageBlock, Normalize, RandomResizedCrop, SaveModelCallback, accuracy,
        aug_transforms, default_split, model_meta, set_seed, vision_learner,
    )

    set_seed(seed)
    root = options.data / division["set"]
    rows, chosen_by = division["train"] + division["val"], set(division["val"])
    block = DataBlock(
        blocks=(ImageBlock, CategoryBlock(vocab=division["classes"])),
        get_x=lambda path: root / path,
        get_y=lambda path: path.split("/")[0],
        splitter=lambda items: (
            [i for i, path in enumerate(items) if path not in chosen_by],
            [i for i, path in enumerate(items) if path in chosen_by],
        ),
        item_tfms=RandomResizedCrop(224, min_scale=0.5),
        batch_tfms=[*aug_transforms(), Normalize.from_stats(MEAN, STD)],
    )
    loaders = block.dataloaders(rows, bs=batch, num_workers=options.workers, device=torch.device(options.device))
    architecture = torchvision.models.mobilenet_v2
    # What fastai knows of an architecture: this one's last layers are cut off by their position.
    model_meta[architecture] = {"cut": -1, "split": default_split}
    # Its own address of the weights cannot be reached everywhere: the same file is loaded into the body.
    learner = vision_learner(loaders, architecture, pretrained=False, metrics=accuracy)
    learner.model[0][0].load_state_dict(pretrained(options).features.state_dict())
    learner.freeze()
    callbacks = [SaveModelCallback(monitor="accuracy", fname=f"best-{os.getpid()}")] if best else []
    learner.path = pathlib.Path(options.scratch)
    with learner.no_bar(), learner.no_logging():
        learner.fine_tune(epochs, cbs=callbacks)
    out = {}
    for part in ("val", "test"):
        given = learner.dls.test_dl(division[part], with_labels=False)
        logits, _ = learner.get_preds(dl=given)
        labels = [division["classes"].index(path.split("/")[0]) for path in division[part]]
        out[part] = figures(logits.numpy(), labels)
    return out


def fastai_best(options, division, seed):
    return fastai(options, division, seed, epochs=8, batch=16, best=True)


TOOLS = {
    "sklearn": sklearn,
    "fastai": fastai,
    "fastai_best": fastai_best,
    "torchvision": torchvision_tutorial,
}

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--weights", required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--tools", default=",".join(TOOLS))
    parser.add_argument("--sets", default="hymenoptera,stamps,solar2,solar4")
    parser.add_argument("--divisions", default="0")
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin nothing after so many")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--scratch", default="/tmp")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    began, done = time.time(), set()
    if options.out.exists():
        for line in options.out.read_text().splitlines():
            with contextlib.suppress(ValueError):
                run = json.loads(line)
                done.add((run["tool"], run["set"], run["division"]))
    for number in map(int, options.divisions.split(",")):
        for name in options.sets.split(","):
            division = json.loads((options.data / "divisions" / f"{name}-{number}.json").read_text())
            for tool in options.tools.split(","):
                if (tool, name, number) in done or time.time() - began > options.seconds:
                    continue
                random.seed(number)
                started = time.time()
                result = TOOLS[tool](options, division, number)
                run = {
                    "bench": "accuracy", "tool": tool, "set": name, "division": number, "model": "mobilenet_v2",
                    "device": options.device, "threads": options.threads, **result, "seconds": time.time() - started,
                }
                with options.out.open("a") as file:
                    file.write(json.dumps(run) + "\n")
                print(tool, name, number, result["val"]["accuracy"], result["test"]["accuracy"],
                      f"{run['seconds']:.1f} s", file=sys.stderr, flush=True)
