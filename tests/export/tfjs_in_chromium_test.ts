import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { tfjsFiles } from "../../export/tfjs.ts";
import { launch, TestServer } from "../app/page/open_page.ts";
import { CLASSES, ownLogits, PHOTOS, randomModel, randomPhotos, SIDE } from "./random_model.ts";
import { findChromium } from "./runtimes.ts";

const chromium = await findChromium();
const TFJS = import.meta.resolve("@tensorflow/tfjs/dist/tf.min.js");

Deno.test({
  name: "plain tfjs in Chromium loads the tfjs export by its address: same logits",
  ignore: !chromium,
  async fn() {
    const model = randomModel("mobilenet_v2");
    const files = new Map([
      ...tfjsFiles(model),
      ["index.html", new TextEncoder().encode(`<script src="tf.js"></script>`)],
      ["tf.js", await Deno.readFile(fileURLToPath(TFJS))],
    ]);
    await using server = await TestServer.start(files, {});
    const browser = await launch(chromium!);
    const page = await browser.newPage();
    await page.goto(server.url);
    const logits = await page.evaluate(async ({ photos, shape }) => {
      // deno-lint-ignore no-explicit-any -- the page's own
      const { tf } = globalThis as any;
      await tf.setBackend("cpu");
      const graph = await tf.loadGraphModel("model.json");
      return Array.from(await graph.predict(tf.tensor4d(photos, shape)).data()) as number[];
    }, { photos: Array.from(randomPhotos()), shape: [PHOTOS, SIDE, SIDE, 3] });
    await browser.close();
    const expected = await ownLogits(model);
    assert.equal(logits.length, PHOTOS * CLASSES.length);
    const largest = Math.max(...expected.map(Math.abs));
    expected.forEach((value, i) => assert.ok(Math.abs(value - logits[i]) < 1e-4 * largest));
  },
});
