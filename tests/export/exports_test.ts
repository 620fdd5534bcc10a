/** Every export is loaded by the programs it is for, and computes there what it computes here. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { activateBackend } from "../../backend/activate.ts";
import { parseDescription } from "../../inference/description.ts";
import { onnxBytes } from "../../export/onnx.ts";
import { OPSET } from "../../export/onnx_schema.ts";
import { tfjsFiles } from "../../export/tfjs.ts";
import { exportPytorch, exportSafetensors } from "../../export/torch.ts";
import { parameterSpecs } from "../../models/parameter_specs.ts";
import { findArchitecture } from "../../models/registry.ts";
import { convertStateDict } from "../../weights/convert.ts";
import { readMetadata } from "../../weights/metadata.ts";
import { readStateDict } from "../../weights/read.ts";
import { WeightsError } from "../../weights/tensor.ts";
import { CLASSES, ownLogits, PHOTOS, randomModel, randomPhotos, SIDE } from "./random_model.ts";
import { findPython } from "./runtimes.ts";

/** One of each kind of block; registers and positions on another grid are DINOv2's. */
const NAMES = [
  "resnet18",
  "mobilenet_v2",
  "mobilenet_v3_small",
  "mobilenetv4_conv_small",
  "mobilenetv4_conv_medium",
  "efficientnet_lite0",
  "efficientnet_b0",
  "regnet_y_400mf",
  "convnext_tiny",
  "swin_t",
  "deit_tiny",
  "dinov2_vits14_reg",
];

/** Two float32 programs add in another order: a share of the largest logit. */
function assertNear(actual: ArrayLike<number>, expected: readonly number[], what: string): void {
  const largest = Math.max(...expected.map(Math.abs));
  assert.ok(largest > 0.1, `${what}: logits of ${expected} tell nothing`);
  assert.equal(actual.length, expected.length);
  const off = Math.max(...expected.map((value, i) => Math.abs(value - actual[i])));
  assert.ok(off <= 1e-4 * largest, `${what} is off by ${off} of ${largest}`);
}

/** Whether stock tfjs takes half a minute on a CPU: windows of 7×7 are most of a small photo's padding. */
const isSlow = (name: string) => name === "swin_t";

const python = await findPython();

Deno.test({
  name:
    "torch's modules load safetensors and .pth strictly, onnxruntime the ONNX file: same logits",
  ignore: !python,
  async fn() {
    const folder = await Deno.makeTempDir();
    await Deno.writeFile(`${folder}/photos`, new Uint8Array(randomPhotos().buffer));
    const expected = new Map<string, number[]>();
    for (const name of NAMES) {
      const model = randomModel(name);
      await exportSafetensors(model, `${folder}/${name}.safetensors`);
      await exportPytorch(model, `${folder}/${name}.pth`);
      await Deno.writeFile(`${folder}/${name}.onnx`, onnxBytes(model));
      const logits = await ownLogits(model);
      for (const end of ["safetensors", "pth", "onnx"]) {
        expected.set(`${folder}/${name}.${end}`, logits);
      }
    }
    const { success, stdout, stderr } = await new Deno.Command(python!, {
      args: [
        new URL("./score_in_python.py", import.meta.url).pathname,
        `${folder}/photos`,
        String(SIDE),
        String(CLASSES.length),
        ...[...expected.keys()].map((path) => `${path.match(/([^/]+)\.\w+$/)![1]}=${path}`),
      ],
    }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
    const lines = new TextDecoder().decode(stdout).trim().split("\n");
    assert.equal(lines.length, expected.size);
    for (const line of lines) {
      const { path, logits } = JSON.parse(line);
      assertNear(logits, expected.get(path)!, path);
    }
    await Deno.remove(folder, { recursive: true });
  },
});

for (const name of NAMES) {
  Deno.test(`the ONNX file of ${name} has our logits in onnxruntime's wasm`, async () => {
    const ort = await import("onnxruntime-web/wasm");
    ort.env.wasm.numThreads = 1;
    const model = randomModel(name);
    const session = await ort.InferenceSession.create(onnxBytes(model));
    const nhwc = randomPhotos();
    const nchw = new Float32Array(nhwc.length);
    const pixels = SIDE * SIDE;
    for (let photo = 0; photo < PHOTOS; photo++) {
      for (let i = 0; i < pixels; i++) {
        for (let c = 0; c < 3; c++) {
          nchw[(photo * 3 + c) * pixels + i] = nhwc[(photo * pixels + i) * 3 + c];
        }
      }
    }
    const images = new ort.Tensor("float32", nchw, [PHOTOS, 3, SIDE, SIDE]);
    const { logits } = await session.run({ images });
    assert.deepEqual([...logits.dims], [PHOTOS, CLASSES.length]);
    assertNear(logits.data as Float32Array, await ownLogits(model), name);
    await session.release();
  });

  const tfjs = isSlow(name) ? "tfjs on our backend" : "plain tfjs";
  Deno.test(`the tfjs files of ${name} have our logits in ${tfjs}`, async () => {
    const model = randomModel(name);
    const files = tfjsFiles(model);
    const { modelTopology, weightsManifest, signature, userDefinedMetadata } = JSON.parse(
      new TextDecoder().decode(files.get("model.json")),
    );
    if (isSlow(name)) await activateBackend("wasm");
    else await tf.setBackend("cpu");
    const [{ paths, weights }] = weightsManifest;
    for (const path of paths) assert.ok(files.get(path)!.length <= 4 << 20, path);
    const weightData = await new Blob(paths.map((path: string) => files.get(path)!)).arrayBuffer();
    const graph = await tf.loadGraphModel({
      load: () => Promise.resolve({ modelTopology, signature, weightSpecs: weights, weightData }),
    });
    const photos = tf.tensor4d(randomPhotos(), [PHOTOS, SIDE, SIDE, 3]);
    const logits = graph.predict(photos) as tf.Tensor;
    assert.deepEqual(logits.shape, [PHOTOS, CLASSES.length]);
    const values = await logits.data();
    tf.dispose([photos, logits]);
    graph.dispose();
    assertNear(values, await ownLogits(model), name);
    assert.deepEqual(userDefinedMetadata.graft, model.description);
  });

  Deno.test(`what was exported of ${name} comes back bit by bit, with its description`, async () => {
    const folder = await Deno.makeTempDir();
    const model = randomModel(name);
    await exportSafetensors(model, `${folder}/model.safetensors`);
    await exportPytorch(model, `${folder}/model.pth`);
    await Deno.writeFile(`${folder}/model.onnx`, onnxBytes(model));
    const specs = parameterSpecs(findArchitecture(name), CLASSES.length);
    for (const file of ["model.safetensors", "model.pth", "model.onnx"]) {
      const path = `${folder}/${file}`;
      assert.deepEqual(convertStateDict(await readStateDict(path), specs), model.parameters);
      assert.deepEqual(parseDescription(await readMetadata(path)), model.description, file);
    }
    await Deno.remove(folder, { recursive: true });
  });
}

Deno.test("equal models give equal files", async () => {
  const folder = await Deno.makeTempDir();
  const files: Uint8Array[] = [];
  for (const time of ["first", "second"]) {
    const model = randomModel("mobilenet_v2");
    await exportPytorch(model, `${folder}/${time}.pth`);
    files.push(await Deno.readFile(`${folder}/${time}.pth`));
  }
  assert.ok(files[0].every((byte, i) => byte === files[1][i]));
  assert.equal(files[0].length, files[1].length);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a damaged ONNX file is refused by name", async () => {
  const path = await Deno.makeTempFile({ suffix: ".onnx" });
  const bytes = onnxBytes(randomModel("mobilenet_v2"));
  await Deno.writeFile(path, bytes.subarray(0, bytes.length / 2));
  await assert.rejects(
    readStateDict(path),
    (error) => error instanceof WeightsError && error.message.includes(path),
  );
  assert.equal(await readMetadata(path).catch(() => "refused"), "refused");
  await Deno.remove(path);
});

Deno.test("ONNX's operators are of a version that all runtimes have", () => {
  assert.equal(OPSET, 17);
});
