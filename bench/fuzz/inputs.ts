/** Good files of every kind that is read, for mutations to begin with. */
import { fixturePath, readFixture } from "../certify/fixtures.ts";
import { onnxFile } from "./onnx_file.ts";
import { ARTIFACTS } from "./readers.ts";
import { zipFile } from "./zip_file.ts";

export interface Input {
  name: string;
  bytes: Uint8Array;
}

const utf8 = (text: string) => new TextEncoder().encode(text);

/** By reader. */
export async function inputs(): Promise<Record<string, Input[]>> {
  const photos = await readFixture<{ name: string; file: string }[]>("data/photo_files.json");
  const names = [...Deno.readDirSync(fixturePath("weights"))].map(({ name }) => name)
    .filter((name) => /\.(pth|safetensors)$/.test(name)).sort();
  const weights = names.map((name) => ({
    name,
    bytes: Deno.readFileSync(fixturePath(`weights/${name}`)),
  }));
  const two = [
    { name: "ants/1.txt", content: utf8("ant ".repeat(300)) },
    { name: "bees/1.txt", content: utf8("bee") },
  ];
  const labels = "images/a.png  1.0  mono\nimages/b.png\t0.5\tpoly\n# end\nc.png,0,mono\n";
  return {
    photo: photos.map(({ name, file }) => ({ name, bytes: Uint8Array.fromBase64(file) })),
    weights: [...weights, { name: "small.onnx", bytes: onnxFile() }],
    zip: [{ name: "two.zip", bytes: zipFile(two) }, { name: "one.zip", bytes: zipFile([two[0]]) }],
    dataset: [{ name: "dataset.json", bytes: utf8(JSON.stringify(DATASET)) }],
    labels: [{ name: "labels.csv", bytes: utf8(labels) }],
    ...Object.fromEntries(
      Object.keys(ARTIFACTS).map((name) => [name, [{ name, bytes: artifact(name) }]]),
    ),
  };
}

const photo = (path: string, split: string, label: number, height: number, offset: number) => ({
  ...{ path, split, label, width: 1, height, sha256: "00", offset },
});

/** Of photos of one column: 18 bytes of train, 12 of val. */
const DATASET = {
  schema: 1,
  classes: ["ants", "bees"],
  exifOrientation: false,
  photos: [
    photo("train/ants/1.png", "train", 0, 2, 0),
    photo("train/bees/2.png", "train", 1, 4, 6),
    photo("val/ants/3.png", "val", 0, 4, 0),
  ],
};

const best = { epoch: 1, accuracy: 0.9 };
const epoch = (seconds: object) => ({
  ...{ epoch: 1, lr: 0.001, train: { loss: 1, accuracy: 0.5, ...seconds } },
  val: { loss: null, accuracy: 0.9, ...seconds },
});
const share = { accuracy: 0.5, correct: 1, total: 2, interval: [0.1, 0.9] };
const around = { before: 1, after: 0.5 };
const score = {
  ...share,
  per_class: { ants: share, bees: share },
  confusion: [[1, 0], [1, 0]],
  calibration: { temperature: 1.5, ece: around, nll: around },
  unlike_beyond: null,
};
const comparison = { better: "equal", only_finetune_right: 0, only_frozen_right: 0, p_value: 1 };
const pretrained = { origin: "https://example.com", sha256: "00", licence: "BSD" };
const branch = { ...score, curves: { epochs: [epoch({})], best } };
const shown = {
  ...{ path: "a.jpg", image: "shown/worst_1.png", actual: "ants", predicted: "bees" },
  ...{ probability: 0.6, second: { label: "ants", probability: 0.4 } },
};

/** What the files hold, by name. */
const CONTENT: Record<string, unknown> = {
  "history.json": { epochs: [epoch({ seconds: 1 })], best },
  "curves.json": { epochs: [epoch({})], best },
  "facts.json": {
    classes: ["ants", "bees"],
    data: {
      ...{ origin: "photos", sha256: "00", exifOrientation: true },
      counts: { train: { ants: 1, bees: 1 }, val: { ants: 1 } },
      smallest: { width: 1, height: 1 },
      largest: { width: 2, height: 2 },
      leftOut: [{ path: "a.jpg", reason: "corrupt" }],
      findings: [{ severity: "warning", title: "t", remedy: "r", files: ["a.jpg"] }],
    },
    model: { architecture: "resnet18", pretrained, preprocessing: { resize: 256, size: 224 } },
    branches: { finetune: branch, frozen: branch },
    comparison,
    shown: "finetune",
    batch: [{ image: "shown/batch_1.png", title: "ants" }],
    worst: [shown],
    leastSure: [shown],
    explained: [{ ...shown, heat: { width: 1, height: 1, values: [0.5] } }],
    settings: [["epochs", "5"]],
  },
  "findings.json": {
    schema: 1,
    findings: [{ kind: "small", severity: "warning", title: "t", remedy: "r", files: ["a.jpg"] }],
  },
  "metrics.json": {
    branches: { finetune: score, frozen: score },
    comparison: { ...comparison, summary: "as good" },
  },
  "model.json": {
    ...{ schema: 2, architecture: "resnet18", classes: ["ants", "bees"] },
    preprocessing: { resize: 256, size: 224, mean: [0.5, 0.5, 0.5], std: [0.2, 0.2, 0.2] },
    pretrained,
  },
  "source.json": {
    ...{ kind: "folder", origin: "photos", sha256: "00" },
    counts: { train: { ants: 1, bees: 1 }, val: { ants: 1 } },
  },
};

const artifact = (name: string) => utf8(JSON.stringify(CONTENT[name], null, 2));
