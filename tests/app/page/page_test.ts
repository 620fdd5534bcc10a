/** The page in a real browser: the same answers as here, for anyone's hands, eyes and file names. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import * as tf from "@tensorflow/tfjs";
import { decodeImage } from "../../../data/decode.ts";
import { preprocessPhoto } from "../../../data/preprocess.ts";
import { Model } from "../../../models/model.ts";
import { findArchitecture } from "../../../models/registry.ts";
import { SECURITY_HEADERS } from "../../../app/page/security_headers.ts";
import { calibrated } from "../../../inference/calibration.ts";
import photoFiles from "../../../bench/certify/fixtures/data/photo_files.json" with {
  type: "json",
};
import heifFiles from "../../fixtures/data/heif_photo_files.json" with { type: "json" };
import type { Said } from "../../../app/serve/server.ts";
import { CLASSES, randomModel } from "../../export/random_model.ts";
import { findChromium } from "../../export/runtimes.ts";
import { writePhoto } from "../../tasks/generated_photos.ts";
import { filesOf, launch, openPage, TestServer } from "./open_page.ts";

const chromium = await findChromium();
const model = { ...randomModel("mobilenet_v2"), reviews: true };

interface PhotoFile {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** Every fifth of the files that decoders are tested with: all formats; and some larger ones. */
async function photos(): Promise<PhotoFile[]> {
  const files = [...photoFiles, ...heifFiles]
    .filter((_, i) => i % 5 === 0)
    .map(({ name, file }) => ({ name, bytes: Uint8Array.fromBase64(file) }));
  const path = await Deno.makeTempFile();
  for (const channel of [0, 2] as const) {
    await writePhoto(path, 7 + channel, channel);
    files.push({ name: `noise ${channel}.png`, bytes: await Deno.readFile(path) });
  }
  await Deno.remove(path);
  return files;
}

/** What this program says: probabilities in the order of the classes. */
async function ownProbabilities(files: PhotoFile[]): Promise<number[][]> {
  await tf.setBackend("cpu");
  const { description, parameters } = model;
  const own = new Model(findArchitecture("mobilenet_v2"), CLASSES.length, parameters);
  const { size } = description.preprocessing;
  const all: number[][] = [];
  for (const { bytes } of files) {
    const image = await decodeImage(bytes, { exifOrientation: true });
    const input = preprocessPhoto(image, description.preprocessing);
    const [{ logits }] = await own.outputs(tf.tensor4d(input, [1, size, size, 3]));
    all.push(calibrated(logits, description.temperature));
  }
  own.dispose();
  return all;
}

Deno.test({
  name: "Chromium gives every kind of photo the probabilities that it has here, within 1e-3",
  ignore: !chromium,
  async fn(t) {
    const files = await photos();
    assert.ok(files.length >= 20);
    const expected = await ownProbabilities(files);
    const reports: { bytes: number; said: Said }[] = [];
    await using server = await TestServer.start(
      await filesOf(model),
      SECURITY_HEADERS,
      (photo, said) => {
        reports.push({ bytes: photo.length, said });
        return Promise.resolve();
      },
    );
    const browser = await launch(chromium!);
    const { page, trouble, requests } = await openPage(browser, server.url);
    await page.context().grantPermissions(["camera"]);

    await t.step("it computes by our kernels, on all cores", async () => {
      const cores = navigator.hardwareConcurrency;
      const words = cores > 1 ? `WebAssembly on ${cores} cores` : "WebAssembly on one core";
      assert.ok((await page.textContent("#machine"))!.includes(words));
    });

    await t.step("probabilities agree", async () => {
      await page.setInputFiles(
        "#files",
        files.map(({ name, bytes }) => ({
          name,
          mimeType: "image/any",
          buffer: Buffer.from(bytes),
        })),
      );
      await page.waitForFunction(
        (count) => document.querySelectorAll("article button:not([hidden])").length === count,
        files.length,
      );
      const cards = await page.locator("article").evaluateAll((articles) =>
        articles.reverse().map((article) => ({
          label: article.querySelector("h2")!.textContent,
          listed: Array.from(article.querySelectorAll<HTMLElement>("li"), (item) => ({
            label: item.firstElementChild!.textContent!,
            probability: Number(item.dataset.probability),
          })),
        }))
      );
      const spread = new Set(expected.map(([first]) => first.toFixed(3)));
      assert.ok(spread.size > 5, "the photos are all alike to this model, which tells nothing");
      files.forEach(({ name }, i) => {
        const { label, listed } = cards[i];
        const best = expected[i].indexOf(Math.max(...expected[i]));
        assert.equal(label, CLASSES[best], name);
        for (const { label, probability } of listed) {
          const wanted = expected[i][CLASSES.indexOf(label)];
          const off = Math.abs(probability - wanted);
          assert.ok(off < 1e-3, `${name}: ${label} ${probability}, not ${wanted}`);
        }
      });
    });

    await t.step(
      "what a photo is that the model got wrong can be said, by the keyboard",
      async () => {
        const select = page.locator("article select").first();
        assert.equal(
          await select.locator("option").count(),
          CLASSES.length,
          "its own class is none",
        );
        const predicted = await page.locator("article h2").first().textContent();
        await select.focus();
        await select.press("ArrowDown");
        await page.waitForFunction(() =>
          document.getElementById("status")!.textContent!.includes("kept for the review")
        );
        const [{ bytes, said }] = reports;
        assert.equal(bytes, files.at(-1)!.bytes.length);
        assert.equal(said.predicted, predicted);
        assert.ok(CLASSES.includes(said.label) && said.label !== predicted);
      },
    );

    await t.step("a heat map is shown and hidden by the keyboard", async () => {
      const button = page.getByRole("button", { name: "Show what the model looked at" }).first();
      const pixels = () =>
        page.locator("article canvas").first().evaluate((canvas) =>
          (canvas as HTMLCanvasElement).toDataURL()
        );
      const plain = await pixels();
      await button.press("Enter");
      assert.equal(await button.getAttribute("aria-pressed"), "true");
      assert.notEqual(await pixels(), plain);
      await button.press("Enter");
      assert.equal(await pixels(), plain);
    });

    await t.step("Tab leads from the photos to the camera", async () => {
      await page.getByLabel("Choose photos").focus();
      await page.keyboard.press("Tab");
      assert.equal(await page.evaluate(() => document.activeElement!.id), "camera");
    });

    await t.step("the camera is watched, and a frame of it becomes a photo", async () => {
      const camera = page.getByRole("button", { name: "camera" });
      const before = await page.locator("article").count();
      await camera.click();
      await page.locator("#live-classes li").first().waitFor();
      assert.equal(await camera.textContent(), "Stop the camera");
      await page.getByRole("button", { name: "Take this photo" }).click();
      await page.locator("article").nth(before).waitFor();
      await page.locator("article", { hasText: "camera.png, " }).waitFor();
      await camera.click();
      assert.equal(await page.locator("#live").isVisible(), false);
    });

    await t.step("names are text, whatever they contain", async () => {
      assert.equal(await page.title(), 'Ants, bees "2" <b> or ça | va?');
      const name = "<img src=x onerror=alert(1)>.jpg";
      await page.setInputFiles("#files", [
        { name, mimeType: "image/jpeg", buffer: Buffer.from("no photo") },
      ]);
      await page.getByRole("heading", { name: "This is no photo that can be read" }).waitFor();
      assert.ok((await page.textContent("article .file"))!.startsWith(`${name}: not an image`));
      assert.ok((await page.textContent("#status"))!.startsWith(name));
      assert.equal(await page.locator("article img, h1 b, article b").count(), 0);
    });

    await t.step("nothing fails, and nothing is asked of others", () => {
      assert.deepEqual(trouble, []);
      assert.deepEqual(
        requests.filter((url) => !url.startsWith(server.url) && !/^(data|blob):/.test(url)),
        [],
      );
    });

    for (const backend of ["webgl", "cpu"]) {
      await t.step(
        `${backend} serves browsers without WebGPU and WebAssembly's vectors`,
        async () => {
          const { page } = await openPage(browser, `${server.url}?backend=${backend}`);
          const { name, bytes } = files[0];
          await page.setInputFiles("#files", [
            { name, mimeType: "image/any", buffer: Buffer.from(bytes) },
          ]);
          await page.locator("article button:not([hidden])").waitFor();
          const items = await page.locator("article li").evaluateAll((items) =>
            items.map((item) =>
              [
                item.firstElementChild!.textContent!,
                Number((item as HTMLElement).dataset.probability),
              ] as const
            )
          );
          for (const [label, probability] of items) {
            const wanted = expected[0][CLASSES.indexOf(label)];
            assert.ok(Math.abs(probability - wanted) < 1e-3, `${label}: ${probability}, ${wanted}`);
          }
        },
      );
    }

    await browser.close();
  },
});

Deno.test({
  name: "on a host that sends no headers the page computes on one core",
  ignore: !chromium,
  async fn() {
    await using server = await TestServer.start(await filesOf(model), {});
    const browser = await launch(chromium!);
    const { page, trouble } = await openPage(browser, server.url);
    assert.match((await page.textContent("#machine"))!, /WebAssembly on one core/);
    assert.deepEqual(trouble, []);
    await browser.close();
  },
});

Deno.test("the page's files need nothing that is not among them, and ask hosts for isolation", async () => {
  const files = await filesOf(model);
  const text = (name: string) => new TextDecoder().decode(files.get(name));
  const named = Array.from(
    text("index.html").matchAll(/(?:src|href)="(?!data:)([^"]+)"/g),
    (m) => m[1],
  );
  assert.ok(named.length > 1);
  for (const name of named) assert.ok(files.has(name), name);
  for (const name of files.keys()) assert.doesNotMatch(name, /\.\.|^\//);
  assert.match(text("_headers"), /Cross-Origin-Embedder-Policy: require-corp/);
  assert.deepEqual(JSON.parse(text("model.json")).classes, CLASSES);
});
