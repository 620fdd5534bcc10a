/** `--recipe best` as a user runs it, on photos that the test makes, and its graph. */
import assert from "node:assert/strict";
import { activateBackend } from "../../backend/activate.ts";
import { openDataset } from "../../data/dataset.ts";
import { evaluationCrop } from "../../data/transforms.ts";
import { loadModel } from "../../inference/load_model.ts";
import { predictorOf } from "../../inference/predictor.ts";
import { argmax } from "../../models/logits.ts";
import { BRANCHES } from "../../models/manifest.ts";
import { inputsOf } from "../../pipeline/declaration.ts";
import { definePipeline } from "../../pipeline/graph.ts";
import { run } from "../../pipeline/run.ts";
import { readFeatures } from "../../tasks/artifacts/features.ts";
import { modelFile } from "../../tasks/artifacts/model.ts";
import { graftPipeline } from "../../tasks/pipeline.ts";
import { PROBE } from "../../training/recipes.ts";
import { schemaOf, stepOf } from "../pipeline/rig.ts";
import { writePhoto, writePhotoFolder } from "./generated_photos.ts";
import { graft, type Where } from "./graft.ts";
import { artifactOf, readJson, statusesOf } from "./pipeline/finished_run.ts";
import { writeRandomWeights } from "./random_weights.ts";

const FLAGS = [
  "--recipe=best",
  "--data=photos",
  "--weights=weights.safetensors",
  "--model=mobilenet_v2",
  "--backend=wasm",
  "--store=store",
  "--epochs=1",
  "--folds=3",
];

async function withPhotos(test: (folder: string, at: Where) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await writePhotoFolder(`${folder}/photos`, { train: 6, val: 3 });
    await writeRandomWeights(`${folder}/weights.safetensors`, "mobilenet_v2");
    await test(folder, { cwd: folder });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("recipe best fits a head to features, finetunes from it, and all behind copes", () =>
  withPhotos(async (folder, at) => {
    const both = await graft(["run", ...FLAGS, "--json"], at);
    assert.equal(both.code, 0, both.stderr);
    assert.equal(statusesOf(both).compute_features, "ran");
    const probed = artifactOf(both, "train_frozen");
    const { C, folds, learningCurve, converged } = await readJson(`${probed}/probe.json`);
    assert.ok(converged && folds === 3 && PROBE.penalties.includes(C));
    assert.deepEqual(learningCurve.map(({ share }: { share: number }) => share), [0.25, 0.5, 1]);

    // What the model says of a photo is what the head says of its features.
    await activateBackend("wasm");
    using dataset = await openDataset(artifactOf(both, "build_datasets"));
    const features = artifactOf(both, "compute_features");
    const manifest = await modelFile.read(probed);
    const model = await loadModel(manifest, `${probed}/best.safetensors`);
    const { resize, size } = manifest.preprocessing;
    let right = 0;
    for (const split of ["train", "val"] as const) {
      const { features: { data, columns }, labels } = await readFeatures(features, split, dataset);
      const crops = dataset.photos(split).map((_, i) =>
        evaluationCrop(dataset.readPhoto(split, i), resize, size)
      );
      const outputs = await predictorOf(model, manifest.preprocessing)(crops);
      outputs.forEach((output, i) => {
        assert.deepEqual(
          Array.from(output.features),
          Array.from(data.subarray(i * columns, (i + 1) * columns)),
        );
        if (split === "val" && argmax(output.logits) === labels[i]) right++;
      });
    }
    model.dispose();
    assert.equal(manifest.training!.valAccuracy, right / 6);
    const metrics = await readJson(`${artifactOf(both, "evaluate")}/metrics.json`);
    assert.equal(metrics.branches.frozen.correct, right);

    const one = await graft(["run", ...FLAGS, "--branch=frozen", "--json"], at);
    assert.equal(one.code, 0, one.stderr);
    const { evaluate: _evaluate, predict: _predict, ...before } = statusesOf(one);
    assert.ok("train_frozen" in before && !("train_finetune" in before));
    for (const [step, status] of Object.entries(before)) assert.equal(status, "cached", step);
    const alone = await readJson(`${artifactOf(one, "evaluate")}/metrics.json`);
    assert.ok(!("comparison" in alone));
    // No photos were kept to test by: each of those to train on was left out once.
    assert.equal(alone.branches.frozen.cross_validated.total, 12);
    assert.deepEqual(alone.branches, { frozen: metrics.branches.frozen });
    assert.match(await Deno.readTextFile(`${folder}/store/report.html`), /compute_features/);

    await writePhoto(`${folder}/mine.png`, 99, 0);
    const said = await graft(["predict", "mine.png", "--store=store"], at);
    assert.equal(said.code, 0, said.stderr);
    assert.match(said.stdout + said.stderr, /with frozen mobilenet_v2 taught photos/);
    const exported = await graft(["export", "--format=safetensors", "--store=store"], at);
    assert.equal(exported.code, 0, exported.stderr);
    const card = await Deno.readTextFile(`${folder}/exported/safetensors/README.md`);
    assert.match(card, /a logistic regression fitted to convergence/);
  }));

Deno.test("a photo that was looked at before is not looked at again, and gives the same", () =>
  withPhotos(async (folder, at) => {
    const features = async (...more: string[]) => {
      const outcome = await graft(["run", "compute_features", ...FLAGS, "--json", ...more], at);
      assert.equal(outcome.code, 0, outcome.stderr);
      const [said] = outcome.json.filter(({ type, step, text }) =>
        type === "step_log" && step === "compute_features" && text.startsWith("mobilenet_v2")
      );
      const path = `${artifactOf(outcome, "compute_features")}/features.safetensors`;
      return { said: said.text, bytes: await Deno.readFile(path) };
    };
    assert.equal((await features()).said, "mobilenet_v2: 1280 features of 18 photos");
    await writePhoto(`${folder}/photos/train/blue/new.png`, 201, 2);
    await writePhoto(`${folder}/photos/val/red/new.png`, 202, 0);
    const { said, bytes } = await features();
    assert.equal(said, "mobilenet_v2: 1280 features of 20 photos, 2 of them new");
    const afresh = await features("--force");
    assert.equal(afresh.said, "mobilenet_v2: 1280 features of 20 photos");
    assert.deepEqual(afresh.bytes, bytes);
  }));

Deno.test("where classes are uneven, it is said that rare ones count as much, unless they are not to", () =>
  withPhotos(async (folder, at) => {
    for (let i = 2; i < 6; i++) await Deno.remove(`${folder}/photos/train/red/${i}.png`);
    const probe = async (...more: string[]) => {
      const flags = ["train_frozen", ...FLAGS, "--branch=frozen", "--folds=2", "--json", ...more];
      const outcome = await graft(["run", ...flags], at);
      assert.equal(outcome.code, 0, outcome.stderr);
      const bytes = await Deno.readFile(`${artifactOf(outcome, "train_frozen")}/best.safetensors`);
      return { said: outcome.stdout, bytes };
    };
    const balanced = await probe();
    assert.match(
      balanced.said,
      /of blue 6 photos to train on, of red 2: rare classes count as much .*--balance loss/,
    );
    const plain = await probe("--balance=none");
    assert.doesNotMatch(plain.said, /rare classes/);
    assert.notDeepEqual(plain.bytes, balanced.bytes);
  }));

Deno.test("photos that cannot be cross-validated are named, with what to do", () =>
  withPhotos(async (folder, at) => {
    const probe = (...more: string[]) =>
      graft(["run", "train_frozen", ...FLAGS, "--branch=frozen", ...more], at);
    const many = await probe("--folds=40");
    assert.match(many.stderr, /12 photos cannot be divided into 40 parts: .* \(--folds 12\)/);
    for (let i = 1; i < 6; i++) await Deno.remove(`${folder}/photos/train/red/${i}.png`);
    const single = await probe();
    assert.equal(single.code, 1);
    assert.match(single.stderr, /red has one photo, which cannot .*add photos of red, leave/);
    assert.match(single.stderr, /--recipe quick/);
  }));

Deno.test("settings decide which steps there are, and what follows takes the chosen network", () => {
  const names = (...shape: Parameters<typeof graftPipeline>) =>
    graftPipeline(...shape).steps.map(({ name }) => name);
  assert.deepEqual(
    names([], { best: false, branches: ["frozen"], backbones: [], folds: 2 }),
    ["download_data", "convert_weights", "build_datasets", "train_frozen", "evaluate", "predict"],
  );
  // Finetuning starts from the head that the other branch fits.
  assert.ok(
    names([], { best: true, branches: ["finetune"], backbones: [], folds: 2 }).includes(
      "train_frozen",
    ),
  );
  const { steps } = graftPipeline([], {
    best: true,
    branches: BRANCHES,
    backbones: ["a", "b"],
    folds: 2,
  });
  const inputs = new Map(steps.map((step) => [step.name, inputsOf(step)]));
  assert.ok(!inputs.has("convert_weights"));
  assert.deepEqual(inputs.get("compute_features_b"), {
    build_datasets: "build_datasets",
    convert_weights: "convert_weights_b",
  });
  assert.equal(inputs.get("compute_features")!.convert_weights, "choose_backbone");
  assert.equal(inputs.get("train_frozen")!.convert_weights, "choose_backbone");
});

Deno.test("a network that cannot be had is named, and is no verdict for the next time", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const helper = (path: string) => JSON.stringify(new URL(`../../${path}`, import.meta.url).href);
    // Networks that see the label through more or less noise; "late" comes when its file is there.
    await Deno.writeTextFile(
      `${folder}/stub.ts`,
      `import { runStep } from ${helper("pipeline/process/step.ts")};
      import { writeFeatures } from ${helper("tasks/artifacts/features.ts")};
      await runStep(async ({ parameters: { noise, file }, output }) => {
        if (file) Deno.statSync(file);
        const photos = Array.from({ length: 40 }, (_, i) => ({
          path: i + ".png", split: "train", label: i % 2, width: 1, height: 1, sha256: "", offset: 3 * i,
        }));
        await Deno.writeTextFile(output + "/dataset.json", JSON.stringify({
          schema: 1, classes: ["a", "b"], exifOrientation: true, photos }));
        await Deno.writeFile(output + "/train.pack", new Uint8Array(120));
        await Deno.writeFile(output + "/val.pack", new Uint8Array(0));
        await Deno.writeTextFile(output + "/weights.safetensors", "of " + noise);
        await Deno.writeTextFile(output + "/model.json", "{}");
        await writeFeatures(output, new Map([["train", {
          photos: Int32Array.from(photos.keys()),
          data: Float32Array.from(photos, ({ label }, i) => label + noise * Math.sin(97 * i * i)),
        }]]));
      });`,
    );
    const stub = (name: string, noise: number, file = "") => ({
      name,
      module: new URL(`file://${folder}/stub.ts`),
      parameters: schemaOf({ noise, file }),
      inputs: [],
      outputs: ["model.json"],
      permissions: () => ({ read: [`${folder}/late`] }),
    });
    const backbones = ["noisy", "clear", "late"];
    const [choose] = graftPipeline([], { best: true, branches: BRANCHES, backbones, folds: 0 })
      .steps
      .filter(({ name }) => name === "choose_backbone");
    const noises = { noisy: 3, clear: 0.4, late: 0.1 };
    const pipeline = definePipeline([
      stub("build_datasets", 0),
      ...Object.entries(noises).flatMap(([name, noise]) =>
        ["convert_weights", "compute_features"].map((step) =>
          stub(`${step}_${name}`, noise, name === "late" ? `${folder}/late` : "")
        )
      ),
      choose,
    ]);
    const options = {
      store: `${folder}/store`,
      parameters: { choose_backbone: { backbones, seed: 0, recipe: { ...PROBE, folds: 4 } } },
    };
    const choiceOf = async () => {
      const record = await run(pipeline, options);
      assert.equal(record.status, "done", JSON.stringify(record.steps));
      const { artifact, status } = stepOf(record, "choose_backbone");
      const weights = await Deno.readTextFile(`${artifact}/weights.safetensors`);
      return { ...await readJson(`${artifact}/choice.json`), weights, status };
    };
    const { chosen, unreached, weights, scores } = await choiceOf();
    assert.deepEqual([chosen, unreached, weights], ["clear", ["late"], "of 0.4"]);
    assert.deepEqual(scores.map(({ name }: { name: string }) => name), ["clear", "noisy"]);
    assert.equal((await choiceOf()).status, "cached");
    await Deno.writeTextFile(`${folder}/late`, "");
    const all = await choiceOf();
    assert.deepEqual([all.chosen, all.unreached, all.weights], ["late", [], "of 0.1"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
