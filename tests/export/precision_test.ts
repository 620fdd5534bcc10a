/** Files of fewer bits: what they say is near what the model says, and they come back as what they are. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { hashTensor } from "../../bench/certify/hash_numbers.ts";
import { activationRanges } from "../../export/activation_ranges.ts";
import type { ExportedModel } from "../../export/exported_model.ts";
import { halvesOf } from "../../export/halves.ts";
import { onnxBytes, type OnnxOptions } from "../../export/onnx.ts";
import { openOnnx } from "../../export/onnx_runtime.ts";
import { exportSafetensors } from "../../export/torch.ts";
import { describedModel } from "../../inference/described_model.ts";
import { Model } from "../../models/model.ts";
import { parameterSpecs } from "../../models/parameter_specs.ts";
import { convertStateDict } from "../../weights/convert.ts";
import { assertUnfolded } from "../../weights/folded_norms.ts";
import { readMetadata } from "../../weights/metadata.ts";
import type { NamedTensor } from "../../weights/parameter.ts";
import { readStateDict } from "../../weights/read.ts";
import { CLASSES, PHOTOS, randomModel, randomPhotos, SIDE } from "./random_model.ts";
import { TINY, TINY_TRANSFORMER, tinyModel } from "./tiny_model.ts";

const MODELS = [TINY, TINY_TRANSFORMER]
  .map((kind) => tinyModel({ size: SIDE, resize: SIDE }, kind));

/** [photos, 3, side, side] of [photos, side, side, 3]. */
function planes(pixels: Float32Array): Float32Array {
  const area = SIDE * SIDE;
  return pixels.map((_, at) => {
    const photo = Math.floor(at / (3 * area)), channel = Math.floor(at / area) % 3;
    return pixels[(photo * area + at % area) * 3 + channel];
  });
}

const images = planes(randomPhotos());

async function logitsOf(
  { architecture }: ExportedModel,
  parameters: ReadonlyMap<string, NamedTensor>,
) {
  await tf.setBackend("cpu");
  const model = new Model(architecture!, CLASSES.length, parameters);
  const photos = tf.tensor4d(randomPhotos(), [PHOTOS, SIDE, SIDE, 3]);
  const logits = tf.tidy(() => model.predict(photos));
  const values = await logits.data<"float32">();
  tf.dispose([photos, logits]);
  model.dispose();
  return values;
}

async function logitsInOnnx(bytes: Uint8Array): Promise<Float32Array> {
  const { session, ort } = await openOnnx(bytes);
  const tensor = new ort.Tensor("float32", images, [PHOTOS, 3, SIDE, SIDE]);
  const { logits } = await session.run({ images: tensor });
  await session.release();
  return logits.data as Float32Array;
}

async function readBack(
  { architecture }: ExportedModel,
  bytes: Uint8Array,
): Promise<Map<string, NamedTensor>> {
  const path = await Deno.makeTempFile({ suffix: ".onnx" });
  await Deno.writeFile(path, bytes);
  const specs = parameterSpecs(architecture!, CLASSES.length);
  try {
    return convertStateDict(await readStateDict(path), specs);
  } finally {
    await Deno.remove(path);
  }
}

/** Root mean square of what they differ by, as a share of that of the values. */
function distance(actual: ArrayLike<number>, expected: Float32Array): number {
  assert.equal(actual.length, expected.length);
  const squares = (values: Float32Array) => values.reduce((sum, value) => sum + value ** 2, 0);
  return Math.sqrt(squares(expected.map((value, i) => value - actual[i])) / squares(expected));
}

const ranges = (model: ExportedModel) =>
  activationRanges(
    model,
    Array.from(
      { length: PHOTOS },
      (_, i) => images.slice(i * 3 * SIDE * SIDE, (i + 1) * 3 * SIDE * SIDE),
    ),
  );

for (const model of MODELS) {
  const { name } = model.architecture!;

  Deno.test(`${name} of float16 says what it says, in onnxruntime and read back`, async () => {
    const bytes = onnxBytes(model, { precision: "float16" });
    const expected = await logitsOf(model, model.parameters);
    assert.ok(distance(await logitsInOnnx(bytes), expected) < 2e-3);
    assert.ok(distance(await logitsOf(model, await readBack(model, bytes)), expected) < 2e-3);
  });

  Deno.test(`${name} of int8 says nearly what it says, in onnxruntime and read back`, async () => {
    const bytes = onnxBytes(model, { precision: await ranges(model) });
    const expected = await logitsOf(model, model.parameters);
    const inOnnx = distance(await logitsInOnnx(bytes), expected);
    assert.ok(inOnnx < 0.1, `off by ${inOnnx}`);
    assert.ok(inOnnx > 1e-4, "it is no model of integers");
    const back = await readBack(model, bytes);
    assert.ok(distance(await logitsOf(model, back), expected) < 0.05);
    assertNearestIntegers(model, back);
  });
}

/** Each weight that came back is the nearest of 255 to the one that it was, with its norm folded in. */
function assertNearestIntegers(
  { architecture, parameters }: ExportedModel,
  back: ReadonlyMap<string, NamedTensor>,
): void {
  const [layer, norm] = architecture!.name === "tiny"
    ? ["depthwise.weight", "depthwise_norm"]
    : ["fc1.weight"];
  const [before, after] = [parameters.get(layer)!, back.get(layer)!];
  assert.deepEqual(after.shape, before.shape);
  const part = (what: string) => parameters.get(`${norm}.${what}`)!.data;
  // Of conv [h, w, in, out] and linear [in, out]; of depthwise [h, w, channels, 1].
  const channels = before.shape.at(-1)! > 1 ? before.shape.at(-1)! : before.shape.at(-2)!;
  for (let channel = 0; channel < channels; channel++) {
    const factor = norm
      ? part("weight")[channel] / Math.sqrt(part("running_var")[channel] + 1e-5)
      : 1;
    const of = ({ data }: NamedTensor) => [...data].filter((_, i) => i % channels === channel);
    const folded = of(before).map((value) => value * factor);
    const step = Math.max(...folded.map(Math.abs)) / 127;
    of(after).forEach((value, i) => {
      assert.ok(Math.abs(value - folded[i]) < 0.501 * step, `${layer} ${channel}: ${value}`);
      assert.ok(Math.abs(value / step - Math.round(value / step)) < 1e-3, "it is no integer");
    });
  }
}

Deno.test("files of fewer bits keep what tells photos of none of the classes, and take photos", async () => {
  const random = randomModel("mobilenet_v3_small");
  const preprocessing = { ...random.description.preprocessing, resize: 73 };
  const model: ExportedModel = {
    ...random,
    description: { ...random.description, preprocessing },
    outOfDistribution: {
      references: { data: hashTensor(7, [2048], 1), size: 1024 },
      threshold: 0.1,
    },
  };
  const path = await Deno.makeTempFile({ suffix: ".onnx" });
  const forms: OnnxOptions[] = [
    { input: "photos" },
    { input: "photos", precision: "float16" },
    { input: "photos", precision: await ranges(model) },
    { input: "tensors", precision: "float16" },
  ];
  for (const form of forms) {
    const bytes = onnxBytes(model, form);
    await Deno.writeFile(path, bytes);
    const described = describedModel(await readMetadata(path), path)!;
    assert.deepEqual(described.description, model.description);
    assert.deepEqual(described.postprocessing.outOfDistribution, model.outOfDistribution);
    if (form.input === "tensors") continue;
    const { session, ort } = await openOnnx(bytes);
    const photos = new ort.Tensor("uint8", new Uint8Array(2 * 50 * 70 * 3).fill(99), [
      2,
      50,
      70,
      3,
    ]);
    const { probabilities, labels } = await session.run({ photos });
    assert.deepEqual([...probabilities.dims], [2, CLASSES.length]);
    assert.equal(labels.data.length, 2);
    await session.release();
  }
  await Deno.remove(path);
});

Deno.test("safetensors of float16 have half the bytes, and vectors as they were", async () => {
  const model = randomModel("mobilenet_v3_small");
  const folder = await Deno.makeTempDir();
  await exportSafetensors(model, `${folder}/half.safetensors`, "float16");
  await exportSafetensors(model, `${folder}/whole.safetensors`);
  const size = async (name: string) => (await Deno.stat(`${folder}/${name}.safetensors`)).size;
  assert.ok(await size("half") < 0.55 * await size("whole"));
  const [half, whole] = [
    await readStateDict(`${folder}/half.safetensors`),
    await readStateDict(`${folder}/whole.safetensors`),
  ];
  assert.deepEqual([...half.keys()].sort(), [...whole.keys()].sort());
  for (const [name, { shape, data }] of whole) {
    const expected = shape.length > 1
      ? Float32Array.from(new Float16Array(data as Float32Array))
      : data;
    assert.deepEqual(half.get(name)!.data, expected, name);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("what is beyond float16 is refused by name", () => {
  assert.deepEqual([...halvesOf("w", Float32Array.of(65504, -1.5, Infinity))], [
    65504,
    -1.5,
    Infinity,
  ]);
  assert.throws(
    () => halvesOf("head.weight", Float32Array.of(1, 70000)),
    /head\.weight has 70000, .*--precision float32/,
  );
});

Deno.test("training does not start where batch norms were folded away", async () => {
  const path = await Deno.makeTempFile({ suffix: ".onnx" });
  for (const precision of ["float32", "float16"] as const) {
    await Deno.writeFile(path, onnxBytes(tinyModel(), { precision }));
    const metadata = await readMetadata(path);
    const check = () => assertUnfolded(metadata, path);
    if (precision === "float32") check();
    else assert.throws(check, /answers, but training cannot start from it.*--format safetensors/);
  }
  await Deno.remove(path);
});

Deno.test("without photos there are no scales to choose", async () => {
  await assert.rejects(activationRanges(tinyModel(), []), RangeError);
});
