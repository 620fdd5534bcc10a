/** Photos that are seen whole, and smaller than the network's own: from packing to every answer. */
import assert from "node:assert/strict";
import { activateBackend } from "../../backend/activate.ts";
import { cropPhoto } from "../../data/crop_photo.ts";
import { openDataset } from "../../data/dataset.ts";
import { viewPhoto } from "../../data/transforms.ts";
import { loadClassifier } from "../../inference/load_classifier.ts";
import { loadModel } from "../../inference/load_model.ts";
import { predictorOf } from "../../inference/predictor.ts";
import { argmax } from "../../models/logits.ts";
import { modelFile } from "../../tasks/artifacts/model.ts";
import { readMetadata } from "../../weights/metadata.ts";
import { writePhotoFolder } from "./generated_photos.ts";
import { graft } from "./graft.ts";
import { artifactOf, readJson } from "./pipeline/finished_run.ts";
import { writeRandomWeights } from "./random_weights.ts";

Deno.test("--fit and --size are obeyed by features, evaluation, prediction and exports", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await writePhotoFolder(`${folder}/photos`, { train: 4, val: 3 });
    await writeRandomWeights(`${folder}/weights.safetensors`, "mobilenet_v2");
    const at = { cwd: folder };
    const flags = ["--recipe=quick", "--epochs=1", "--branch=frozen", "--data=photos"];
    const model = ["--weights=weights.safetensors", "--model=mobilenet_v2", "--backend=wasm"];
    const view = ["--fit=pad", "--size=64", "--store=store"];
    const run = await graft(["run", ...flags, ...model, ...view, "--json"], at);
    assert.equal(run.code, 0, run.stderr);
    const trained = artifactOf(run, "train_frozen");
    const manifest = await modelFile.read(trained);
    const { fit, size, resize } = manifest.preprocessing;
    assert.deepEqual({ fit, size, resize }, { fit: "pad", size: 64, resize: 64 });

    await activateBackend("wasm");
    using dataset = await openDataset(artifactOf(run, "build_datasets"));
    const loaded = await loadModel(manifest, `${trained}/best.safetensors`);
    const crops = dataset.photos("val").map((_, i) =>
      viewPhoto(dataset.readPhoto("val", i), manifest.preprocessing)
    );
    const outputs = await predictorOf(loaded, manifest.preprocessing)(crops);
    loaded.dispose();
    const evaluated = artifactOf(run, "evaluate");
    const said = await readJson(`${evaluated}/predictions.json`);
    outputs.forEach(({ logits }, i) => {
      logits.forEach((logit, k) => assert.ok(Math.abs(logit - said[i].frozen.logits[k]) < 1e-4));
    });
    const { branches } = await readJson(`${evaluated}/metrics.json`);
    const labels = dataset.photos("val").map(({ label }) => label);
    const right = outputs.filter(({ logits }, i) => argmax(logits) === labels[i]).length;
    assert.equal(branches.frozen.correct, right);
    const { model: seen, settings } = await readJson(`${evaluated}/facts.json`);
    assert.equal(seen.preprocessing.fit, "pad");
    assert.match(JSON.stringify(settings), /fit into 64×64/);

    // The margin is of the mean colour, on which the photo lies whole.
    const photo = `${folder}/photos/val/red/0.png`;
    const cut = await cropPhoto({ photo, ...manifest.preprocessing });
    assert.ok("crop" in cut);
    assert.deepEqual([...cut.crop.subarray(0, 3)], [124, 116, 104]);

    const asked = await graft(["predict", photo, "--store=store", "--json"], at);
    assert.equal(asked.code, 0, asked.stderr);
    const [{ probability }] = asked.json;
    const exported = await graft(["export", "--format=safetensors", "--store=store"], at);
    assert.equal(exported.code, 0, exported.stderr);
    const files = `${folder}/exported/safetensors`;
    const card = await Deno.readTextFile(`${files}/README.md`);
    assert.match(
      card,
      /ImageOps\.pad\(image, \(64, 64\),\s+method=.*BILINEAR, color=\(124, 116, 104\)/,
    );
    const [name] = [...Deno.readDirSync(files)].map(({ name }) => name)
      .filter((name) => name.endsWith(".safetensors"));
    const metadata = await readMetadata(`${files}/${name}`);
    assert.equal(JSON.parse(metadata.preprocessing).fit, "pad");
    using classifier = await loadClassifier(`${files}/${name}`);
    const answer = await classifier.predict(photo);
    assert.ok(Math.abs(answer.probability - probability) < 1e-4);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
