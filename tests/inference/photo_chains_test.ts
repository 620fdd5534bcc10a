import assert from "node:assert/strict";
import { activateBackend } from "../../backend/activate.ts";
import { cropPhoto } from "../../data/crop_photo.ts";
import { Croppers } from "../../data/croppers.ts";
import { CAN_CHAIN, FirstProcess } from "../../data/process_chain.ts";
import { manifestOf } from "../../inference/file_manifest.ts";
import { openModel } from "../../inference/open_model.ts";
import { PhotoChains } from "../../inference/photo_chains.ts";
import { type Output, predictorOf } from "../../inference/predictor.ts";
import { findArchitecture } from "../../models/registry.ts";
import { writeSafetensors } from "../../weights/safetensors.ts";
import { png } from "../data/image_files.ts";
import { scene } from "../data/scene.ts";
import { randomStateDict } from "../models/random_state_dict.ts";

const ignore = !CAN_CHAIN;
if (ignore) console.log("not tested: this system hands no pipe of one process to another");

const folder = await Deno.makeTempDir();
addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
const file = `${folder}/torch.safetensors`;
const architecture = "mobilenet_v2", classes = ["ant", "bee", "crab"];
await writeSafetensors(file, randomStateDict(findArchitecture(architecture), 3));
const described = manifestOf({ file, architecture, classes });
const view = { ...described.preprocessing, resize: 40, size: 32 };
const source = { manifest: { ...described, preprocessing: view }, file, layout: "torch" } as const;

/** What a predictor in this process says of crops. */
async function expected(crops: Uint8Array[]): Promise<Output[]> {
  await activateBackend("wasm", { threads: 1 });
  const model = await openModel(source);
  const outputs = await predictorOf(model, view)(crops);
  model.dispose();
  return outputs;
}

const breaking = { module: new URL("breaking_cropper.ts", import.meta.url) };
const chainsOf = (pairs: number) =>
  new PhotoChains(
    { source },
    pairs,
    { takeBefore: (options) => new FirstProcess(breaking).before(options) },
    [],
  );
const photoOf = (byte: number) => ({ ...view, photo: Uint8Array.of(byte) });
const cropOf = (byte: number) => new Uint8Array(3 * view.size ** 2).fill(byte);

Deno.test({
  name: "photos are answered as their crops are, and those refused that cannot be read",
  ignore,
  async fn() {
    using croppers = new Croppers(1);
    using chains = new PhotoChains({ source }, 1, croppers, []);
    const good = [png(scene(1, 96, 72)), png(scene(2, 50, 60)), png(scene(3, 40, 40))];
    await Deno.writeFile(`${folder}/a.png`, good[0]);
    const photos = [
      `${folder}/a.png`,
      `${folder}/gone.png`,
      good[1],
      good[1].slice(0, 60),
      good[2],
    ];
    const cut = await Promise.all(photos.map((photo) => cropPhoto({ photo, ...view })));
    const crops = cut.flatMap((photo) => "crop" in photo ? [photo.crop] : []);
    assert.equal(crops.length, 3);
    const outputs = await expected(crops);
    const answers = await chains.answer(photos.map((photo) => ({ ...view, photo })));
    assert.deepEqual(answers, cut.map((photo) => "crop" in photo ? outputs.shift() : photo));
    assert.deepEqual(await chains.answer([{ ...view, photo: `${folder}/gone.png` }]), [
      { refusal: "there is no such file" },
    ]);
  },
});

Deno.test({
  name: "a photo that breaks what decodes, or takes too long, is refused alone",
  ignore,
  async fn() {
    using chains = chainsOf(1);
    const [one, two, three] = await expected([cropOf(1), cropOf(2), cropOf(3)]);
    // Until all have started: what takes long then is no process that starts.
    assert.deepEqual(await chains.answer([photoOf(1)]), [one]);
    const refusal = "it breaks the decoder", page = { refusal: "it is a page" };
    const batches = [[1, 254, 2], [3, 252], [254]].map((bytes) =>
      chains.answer(bytes.map(photoOf))
    );
    assert.deepEqual(await Promise.all(batches), [
      [one, { refusal }, two],
      [three, page],
      [{ refusal }],
    ]);
    const late = { refusal: "it takes longer than 1 s to decode" };
    assert.deepEqual(await chains.answer([photoOf(255)], 1000), [late]);
    assert.deepEqual(await chains.answer([photoOf(2)]), [two]);
  },
});

Deno.test({
  name: "what ends a process that computes is no photo's fault",
  ignore,
  async fn() {
    using chains = chainsOf(1);
    await assert.rejects(
      chains.answer([photoOf(1), photoOf(253)]),
      /a process that computes ended: [^]*a crop of another size/,
    );
    const nowhere = { ...source, file: `${folder}/nowhere.safetensors` };
    using croppers = new Croppers(1);
    using without = new PhotoChains({ source: nowhere }, 1, croppers, []);
    await assert.rejects(
      without.answer([photoOf(1)]),
      /a process that computes ended: [^]*nowhere/,
    );
  },
});
