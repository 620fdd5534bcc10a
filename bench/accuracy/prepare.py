"""Photos and divisions of `deno task bench accuracy`, the same files for every tool.

    prepare.py OUT --hymenoptera hymenoptera_data.zip --elpv elpv_dataset-….whl --stamps FOLDER

Writes OUT/SET/CLASS/*.jpg (the shorter side at most 256 pixels, JPEG quality 85, upright as they lie,
on white where they are transparent) and OUT/divisions/SET-0.json and so on, each with the photos to
train on, to choose by (val) and to test by. Needs Pillow alone.
"""
import argparse
import io
import json
import pathlib
import random
import zipfile

from PIL import Image

SIDE, QUALITY = 256, 85
DIVISIONS = 10
SHARES = {"train": 0.6, "val": 0.15, "test": 0.25}
MOST = {"train": 600, "val": 150, "test": 500}
BATCH = 16
# Of stamps: a class needs photos for three parts.
FEWEST = 12


def write(image, path):
    if image.mode in ("RGBA", "LA", "P", "PA"):
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    image = image.convert("L" if image.mode in ("L", "I", "I;16") else "RGB")
    shrink = SIDE / min(image.size)
    if shrink < 1:
        size = [max(1, round(side * shrink)) for side in image.size]
        image = image.resize(size, Image.Resampling.BICUBIC)
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, "JPEG", quality=QUALITY, optimize=True)


def hymenoptera(archive, out):
    photos = zipfile.ZipFile(archive)
    for name in photos.namelist():
        parts = name.split("/")
        if "__MACOSX" in name or not name.lower().endswith((".jpg", ".jpeg")):
            continue
        write(Image.open(io.BytesIO(photos.read(name))), out / parts[-2] / (pathlib.Path(name).stem + ".jpg"))


def elpv(wheel, out2, out4):
    photos, folder = zipfile.ZipFile(wheel), "elpv_dataset/data/"
    rows = photos.read(folder + "labels.csv").decode().splitlines()
    for path, probability, _ in (row.split() for row in rows if row):
        image = Image.open(io.BytesIO(photos.read(folder + path)))
        percent = round(100 * float(probability))
        name = pathlib.Path(path).stem + ".jpg"
        write(image, out4 / f"defective_{percent:03}" / name)
        if percent in (0, 100):
            certain = out2 / ("defective" if percent else "functional") / name
            certain.parent.mkdir(parents=True, exist_ok=True)
            certain.symlink_to(pathlib.Path("../..") / out4.name / f"defective_{percent:03}" / name)


def stamps(folder, out):
    for path in sorted(pathlib.Path(folder).rglob("*.png")):
        parts = path.relative_to(folder).parts
        write(Image.open(path), out / parts[0] / ("-".join(parts[1:-1] + (path.stem,)) + ".jpg"))
    for kind in out.iterdir():
        if len(list(kind.iterdir())) < FEWEST:
            for path in kind.iterdir():
                path.unlink()
            kind.rmdir()


def divide(root, name, number):
    """Stratified: each class gives each part its share, in an order of chance."""
    chance = random.Random(f"{name} {number}")
    classes = sorted(path.name for path in (root / name).iterdir())
    photos = {kind: sorted(path.name for path in (root / name / kind).iterdir()) for kind in classes}
    total = sum(map(len, photos.values()))
    share = {part: min(SHARES[part], MOST[part] / total) for part in SHARES}
    parts = {part: [] for part in SHARES}
    for kind in classes:
        files = photos[kind][:]
        chance.shuffle(files)
        at = 0
        for part in ("test", "val", "train"):
            count = max(1, round(share[part] * len(files)))
            parts[part] += [f"{kind}/{file}" for file in files[at : at + count]]
            at += count
    # Whole batches alone: a GPU would compile its kernels again for each last, smaller one.
    for part in parts:
        most = classes[max(range(len(classes)), key=lambda i: len(photos[classes[i]]))]
        spare = [path for path in parts[part] if path.startswith(f"{most}/")]
        for path in chance.sample(spare, len(parts[part]) % BATCH):
            parts[part].remove(path)
    out = {"set": name, "division": number, "classes": classes}
    out |= {part: sorted(parts[part]) for part in ("train", "val", "test")}
    path = root / "divisions" / f"{name}-{number}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(out, indent=0) + "\n")
    return {part: len(parts[part]) for part in parts}


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--hymenoptera")
    parser.add_argument("--elpv")
    parser.add_argument("--stamps")
    options = parser.parse_args()
    out, sets = options.out, []
    if options.hymenoptera:
        hymenoptera(options.hymenoptera, out / "hymenoptera")
        sets.append("hymenoptera")
    if options.elpv:
        elpv(options.elpv, out / "solar2", out / "solar4")
        sets += ["solar2", "solar4"]
    if options.stamps:
        stamps(options.stamps, out / "stamps")
        sets.append("stamps")
    for name in sets:
        counts = [divide(out, name, number) for number in range(DIVISIONS)][0]
        kinds = {kind.name: len(list(kind.iterdir())) for kind in sorted((out / name).iterdir())}
        print(json.dumps({"set": name, "parts": counts, "classes": kinds}))
