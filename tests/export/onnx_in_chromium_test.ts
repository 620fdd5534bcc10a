/** ONNX files that take photos, in a real browser: by the card's own code, of a canvas. */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { activateBackend } from "../../backend/activate.ts";
import { modelCard } from "../../export/model_card.ts";
import { onnxBytes } from "../../export/onnx.ts";
import { argmax } from "../../models/logits.ts";
import { findArchitecture } from "../../models/registry.ts";
import { launch, TestServer } from "../app/page/open_page.ts";
import { CLASSES, randomModel } from "./random_model.ts";
import { findChromium } from "./runtimes.ts";
import { drawnPhoto, ownAnswers, withFamiliar } from "./tiny_model.ts";

const chromium = await findChromium();
/** onnxruntime-web by one script, which fetches its WebAssembly from beside it. */
const ORT = dirname(fileURLToPath(import.meta.resolve("onnxruntime-web/wasm")));
const SCRIPT = "ort.wasm.bundle.min.mjs", KERNELS = "ort-wasm-simd-threaded.wasm";
const SIZES = [[90, 70], [200, 60], [64, 64]] as const;

const PAGE = `<!DOCTYPE html>
<script type="importmap">{ "imports": { "onnxruntime-web": "./ort.js" } }</script>
<script type="module" src="page.js"></script>`;

/** Asks about each photo of `photos`, drawn on a canvas, by the code that the card shows. */
const pageScript = (code: string) =>
  `import * as ort from "onnxruntime-web";
  ort.env.wasm.numThreads = 1;
  globalThis.ask = async ({ sides, levels }) => {
    const canvas = Object.assign(document.createElement("canvas"), sides);
    const context = canvas.getContext("2d");
    const pixels = new ImageData(Uint8ClampedArray.from(levels), sides.width, sides.height);
    context.putImageData(pixels, 0, 0);
    const said = [];
    const console = { log: (...values) => said.push(...values) };
    ${code.replace(/^import .*$/m, "")}
    return { label: said[0], probability: said[1], all: Array.from(probabilities.data) };
  };`;

Deno.test({
  name: "onnxruntime-web in Chromium says of a canvas what predict says: label and probabilities",
  ignore: !chromium,
  async fn() {
    await activateBackend("wasm");
    const photos = SIZES.map(([width, height], i) => drawnPhoto(width, height, i));
    const described = randomModel("mobilenet_v2");
    const { architecture: name, preprocessing } = described.description;
    const architecture = { ...findArchitecture(name), preprocessing };
    const model = await withFamiliar({ ...described, architecture }, photos, 0.1);
    const expected = await ownAnswers(model, photos);
    const card = modelCard("onnx", "model.onnx", model.description, { input: "photos" });
    const code = /```js\n(.*?)```/s.exec(card)![1];
    const text = (value: string) => new TextEncoder().encode(value);
    const files = new Map([
      ["index.html", text(PAGE)],
      ["page.js", text(pageScript(code))],
      ["model.onnx", onnxBytes(model, { input: "photos" }) as Uint8Array<ArrayBuffer>],
      ["ort.js", await Deno.readFile(join(ORT, SCRIPT))],
      [KERNELS, await Deno.readFile(join(ORT, KERNELS))],
    ]);
    await using server = await TestServer.start(files, {});
    const browser = await launch(chromium!);
    try {
      const page = await browser.newPage();
      page.on("pageerror", ({ message }) => console.error(message));
      await page.goto(server.url);
      await page.waitForFunction("globalThis.ask");
      for (const [i, { width, height, data }] of photos.entries()) {
        const levels = Array.from(
          { length: 4 * width * height },
          (_, at) => at % 4 === 3 ? 255 : data[3 * (at >> 2) + at % 4],
        );
        const { label, probability, all } = await page.evaluate(
          // deno-lint-ignore no-explicit-any -- the page's own
          (photo) => (globalThis as any).ask(photo),
          { sides: { width, height }, levels },
        ) as { label: string; probability: number; all: number[] };
        const best = argmax(expected[i].probabilities);
        assert.equal(label, CLASSES[best]);
        assert.ok(Math.abs(probability - expected[i].probabilities[best]) < 1e-3);
        all.forEach((value, c) =>
          assert.ok(Math.abs(value - expected[i].probabilities[c]) < 1e-3, `${i}: ${all}`)
        );
      }
    } finally {
      await browser.close();
    }
  },
});
