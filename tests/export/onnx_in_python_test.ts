/** Files that take photos in Python's onnxruntime, with Pillow's pixels; and the code of their cards. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { activationRanges } from "../../export/activation_ranges.ts";
import { modelCard } from "../../export/model_card.ts";
import { onnxBytes } from "../../export/onnx.ts";
import { exportSafetensors } from "../../export/torch.ts";
import type { Form, Format } from "../../export/usage.ts";
import { preprocessPhoto } from "../../data/preprocess.ts";
import type { ModelDescription } from "../../inference/description.ts";
import { argmax } from "../../models/logits.ts";
import { encodePng } from "../../report/png.ts";
import { CLASSES, randomModel } from "./random_model.ts";
import { findPython } from "./runtimes.ts";
import { drawnPhoto, ownAnswers, tinyModel, withFamiliar } from "./tiny_model.ts";

const python = await findPython();

/** How far a probability may be, by precision. */
const TOLERANCE: Record<string, number> = { float32: 1e-5, float16: 2e-3, int8: 0.1 };

/** The first block of code of a model card. */
function codeOf(format: Format, file: string, description: ModelDescription, form: Form): string {
  return /```python\n(.*?)```/s.exec(modelCard(format, file, description, form))![1];
}

Deno.test({
  name: "Python's onnxruntime says of photos what predict says, and cards' code runs",
  ignore: !python,
  async fn() {
    const folder = await Deno.makeTempDir();
    await tf.setBackend("cpu");
    const sizes = [[48, 36], [30, 200], [200, 30], [1, 1], [20, 10], [301, 333]];
    const photos = sizes.map(([width, height], i) => drawnPhoto(width, height, i));
    for (const [i, photo] of photos.entries()) {
      await Deno.writeFile(`${folder}/${i}.png`, encodePng(photo));
    }
    const model = await withFamiliar(tinyModel(), photos.slice(0, 3), 0.003);
    const expected = await ownAnswers(model, photos);
    const { description, description: { preprocessing } } = model;
    const area = preprocessing.size ** 2;
    const ranges = await activationRanges(
      model,
      photos.map((photo) => {
        const pixels = preprocessPhoto(photo, preprocessing);
        return pixels.map((_, at) => pixels[(at % area) * 3 + Math.floor(at / area)]);
      }),
    );
    for (const [name, precision] of Object.entries({ float32: "float32", float16: "float16" })) {
      const options = { precision: precision as "float32" | "float16" };
      await Deno.writeFile(
        `${folder}/${name}.onnx`,
        onnxBytes(model, { input: "photos", ...options }),
      );
    }
    await Deno.writeFile(
      `${folder}/int8.onnx`,
      onnxBytes(model, { input: "photos", precision: ranges }),
    );
    await Deno.writeFile(`${folder}/tensors.onnx`, onnxBytes(model));
    await exportSafetensors(
      randomModel("mobilenet_v3_small"),
      `${folder}/half.safetensors`,
      "float16",
    );
    const half = randomModel("mobilenet_v3_small").description;
    const cards: Record<string, string> = {
      photos: codeOf("onnx", "float32.onnx", description, { input: "photos" }),
      tensors: codeOf("onnx", "tensors.onnx", description, { input: "tensors" }),
      half: codeOf("safetensors", "half.safetensors", half, { precision: "float16" }),
    };
    for (const [name, code] of Object.entries(cards)) {
      await Deno.writeTextFile(`${folder}/card_${name}.py`, code);
    }
    await Deno.copyFile(`${folder}/0.png`, `${folder}/photo.jpg`); // Pillow goes by the content
    const { success, stdout, stderr } = await new Deno.Command(python!, {
      args: [new URL("./onnx_in_python.py", import.meta.url).pathname, folder],
    }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
    const lines = new TextDecoder().decode(stdout).trim().split("\n").map((line) =>
      JSON.parse(line)
    );
    const said = lines.filter(({ file }) => file);
    assert.equal(said.length, 3 * photos.length);
    for (const { file, photo, probabilities, label, unlike, ops } of said) {
      const { probabilities: own, isOutOfDistribution } = expected[Number(photo)];
      own.forEach((probability, c) =>
        assert.ok(Math.abs(probability - probabilities[c]) < TOLERANCE[file], `${file} of ${photo}`)
      );
      if (file === "int8") assert.equal(ops.QLinearConv, 3, "its convolutions are of no integers");
      if (file !== "float32") continue;
      assert.equal(label, CLASSES[argmax(own)]);
      assert.equal(unlike, isOutOfDistribution);
    }
    const printed = new Map(lines.filter(({ card }) => card).map((line) => [line.card, line]));
    const [first] = expected;
    const best = argmax(first.probabilities);
    const [, label, probability] = /^(.*) ([\d.e-]+)\n$/s.exec(printed.get("card_photos").printed)!;
    assert.equal(label, CLASSES[best]);
    assert.ok(Math.abs(Number(probability) - first.probabilities[best]) < 1e-5);
    assert.deepEqual(printed.get("card_tensors").logits, [2, CLASSES.length]);
    assert.ok(printed.has("card_half"));
    await Deno.remove(folder, { recursive: true });
  },
});
