/** The network that docs/networks.md adds is torchvision's. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { hashedTensors, referenceBatch, sample } from "../../bench/certify/reference_model.ts";
import { mnasnet } from "../../docs/network_example/mnasnet.ts";
import { Model } from "../../models/model.ts";
import { parameterSpecs } from "../../models/parameter_specs.ts";
import { activateBackend } from "../../backend/activate.ts";

const ROOT = new URL("../../", import.meta.url);
const { input_stream, size, shapes, logits: expected } = JSON.parse(
  await Deno.readTextFile(new URL("tests/fixtures/docs/mnasnet1_0.json", ROOT)),
);

Deno.test("the page quotes the network as it is, but for where it lies", async () => {
  const page = await Deno.readTextFile(new URL("docs/networks.md", ROOT));
  const file = await Deno.readTextFile(new URL("docs/network_example/mnasnet.ts", ROOT));
  const [, code] = page.match(/^```ts\n(\/\*\*\n \* MNASNet.*?)^```/ms)!;
  const inModels = (text: string) =>
    text.replaceAll("../../models/", "./").replace(/\s+/g, " ").replace(
      /{ (.*?),? } from/g,
      "{ $1 } from",
    );
  assert.equal(inModels(code), inModels(file));
});

Deno.test("its parameters have torchvision's names and shapes", () => {
  const ours = parameterSpecs(mnasnet, 1000).map(({ name, shape }) => [name, shape]);
  assert.deepEqual(Object.fromEntries(ours), shapes);
});

Deno.test("it has torchvision's logits", async () => {
  await activateBackend("wasm");
  const model = new Model(mnasnet, 1000, hashedTensors(mnasnet, shapes, 1000));
  const { images } = referenceBatch(input_stream, size, 0);
  const logits = model.predict(images);
  const values = sample(await logits.data(), expected.length);
  const largest = Math.max(...expected.map(Math.abs));
  values.forEach((value, i) =>
    assert.ok(
      Math.abs(value - expected[i]) < 1e-5 * largest,
      `logit ${i}: ${value}, ${expected[i]}`,
    )
  );
  tf.dispose([images, logits]);
  model.dispose();
});
