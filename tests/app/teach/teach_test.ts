/** The page that teaches, in a real browser, and its model beside the pipeline's own code. */
import assert from "node:assert/strict";
import { type Browser, chromium as playwright, type Page } from "playwright-core";
import { teachFiles } from "../../../app/teach/teach_files.ts";
import { serveTeach } from "../../../app/teach/teach.ts";
import { activateBackend } from "../../../backend/activate.ts";
import { openDataset } from "../../../data/dataset.ts";
import { DataLoader } from "../../../data/loader.ts";
import { Generator } from "../../../data/torch_random.ts";
import { buildDataset } from "../../../data/build_dataset.ts";
import { materialize } from "../../../data/sources/materialize.ts";
import { viewPhoto } from "../../../data/transforms.ts";
import { openFeatureExtractor } from "../../../inference/feature_extractor.ts";
import { loadClassifier } from "../../../inference/load_classifier.ts";
import { predictDataset } from "../../../inference/predict_dataset.ts";
import { Model } from "../../../models/model.ts";
import { dropoutSize } from "../../../models/parameter_specs.ts";
import { describedArchitecture, preprocessingFor } from "../../../models/seen_as.ts";
import { findArchitecture } from "../../../models/registry.ts";
import { calibrate, calibrated, type Labelled } from "../../../inference/calibration.ts";
import { labelsOf } from "../../../tasks/artifacts/features.ts";
import { finetune } from "../../../training/finetune.ts";
import { withHead } from "../../../training/head.ts";
import { fitProbe } from "../../../training/probe/fit_probe.ts";
import { matrix } from "../../../training/probe/matrix.ts";
import { decisionFunction } from "../../../training/probe/logistic_regression.ts";
import { FINETUNE, PROBE } from "../../../training/recipes.ts";
import { randomModel } from "../../export/random_model.ts";
import { findChromium } from "../../export/runtimes.ts";
import { writePhoto } from "../../tasks/generated_photos.ts";

const chromium = await findChromium();
const NETWORK = "mobilenet_v2", SIDE = 64, SHORT_SIDE = 384, SEED = 0;
const PHOTOS = 14;

const { parameters, description: { pretrained } } = randomModel(NETWORK);
const settings = {
  architecture: NETWORK,
  preprocessing: preprocessingFor(findArchitecture(NETWORK), { size: SIDE }),
  pretrained,
  recipe: { ...PROBE, balance: "auto" as const },
  finetune: { ...FINETUNE, epochs: 2, balance: "auto" as const },
  seed: SEED,
  splitSeed: SEED,
  shortSide: SHORT_SIDE,
};

Deno.test({
  name: "a page teaches what the pipeline teaches, and a reload loses nothing",
  ignore: !chromium,
  async fn(t) {
    /** Each goes on where the one before ended. */
    const step = async (name: string, fn: () => Promise<void>) => {
      if (!await t.step(name, fn)) throw new Error(`the rest was not tried: ${name}`);
    };
    const folder = await Deno.makeTempDir();
    const end = new AbortController();
    const server = await serveTeach(await teachFiles({ settings, parameters }), 0, end.signal);
    const url = `http://127.0.0.1:${server.addr.port}/`;
    const browser = await launch();
    try {
      const { page, trouble } = await open(browser, url);

      await step("photos are taught, and what they are is told", async () => {
        for (const [label, channel] of [[0, 0], [1, 2]] as const) {
          const files = Array.from({ length: PHOTOS }, (_, i) => `${folder}/${channel}-${i}.png`);
          await Promise.all(files.map((path, i) => writePhoto(path, 100 * label + i, channel)));
          await card(page, label).locator("input[type=file]").setInputFiles(files);
        }
        await inState(page, "settled");
        assert.match((await page.textContent("#measured"))!, /on \d+ of 28 photos/);
        assert.match((await page.textContent("#status"))!, /looked at/);
      });

      let expected: Awaited<ReturnType<typeof byPipeline>>;
      await step("its model answers as the one that the pipeline makes of its photos", async () => {
        const photos = await download(page, "photos", folder);
        const model = await unzipped(await download(page, "safetensors", folder), folder);
        expected = await byPipeline(photos, folder);
        await assertAnswers(`${model}/model.safetensors`, expected.frozen);
        const told = expected.frozen.map(({ probabilities: [p] }) => p.toFixed(2));
        assert.ok(new Set(told).size > 5);
        await assertFile(`${model}/README.md`, /## Accuracy/);
      });

      await step("so does the one whose layers are all trained in the page", async () => {
        await page.locator("#finetune").click();
        await page.locator("#stop-finetuning").click();
        await page.locator("#finetune-words", { hasText: "Stopped" }).waitFor();
        await page.locator("#finetune").click();
        await page.locator("#finetuned:not([hidden])").waitFor();
        assert.match(
          (await page.textContent("#finetune-words"))!,
          /of the \d+ photos kept aside/,
        );
        const zip = await download(page, "safetensors", folder, "[data-finetuned]");
        const finetuned = await unzipped(zip, folder);
        await assertAnswers(`${finetuned}/model.safetensors`, expected.finetuned);
        const moved = expected.finetuned.map(({ probabilities: [p] }, i) =>
          Math.abs(p - expected.frozen[i].probabilities[0])
        );
        assert.ok(Math.max(...moved) > 0.1, `${moved}`);
      });

      await step("ONNX and TensorFlow.js are handed out too, under the page's policy", async () => {
        const onnx = await unzipped(await download(page, "onnx", folder), folder);
        using own = await loadClassifier(`${onnx}/model.onnx`);
        assert.deepEqual(own.classes, ["class 1", "class 2"]);
        const tfjs = await unzipped(await download(page, "tfjs", folder), folder);
        await assertFile(`${tfjs}/model.json`, /graph-model/);
      });

      await step("the camera is recorded, and asked about meanwhile", async () => {
        await card(page, 1).locator(".record").click();
        await card(page, 1).locator(".thumbs button").nth(PHOTOS + 2).waitFor();
        await page.locator("#answers li").first().waitFor();
        await card(page, 1).locator(".record").click();
        await page.locator("#camera").click();
        assert.equal(await page.locator("#video").isHidden(), true);
      });

      await step("a photo is opened, moved and removed by the keyboard", async () => {
        await page.locator("body:not([data-busy=looking])").waitFor();
        const thumbs = card(page, 0).locator(".thumbs button");
        await thumbs.first().focus();
        await page.keyboard.press("ArrowRight");
        await page.keyboard.press("Enter");
        await page.locator("dialog[open]").waitFor();
        await page.locator("dialog .remove").focus();
        await page.keyboard.press("Enter");
        await untilCount(thumbs, PHOTOS - 1);
        await thumbs.first().focus();
        await page.keyboard.press("Enter");
        await page.locator("dialog select").selectOption({ label: "class 2" });
        await untilCount(thumbs, PHOTOS - 2);
      });

      await step(
        "classes are added and called otherwise, but not as folders cannot be",
        async () => {
          await page.locator("#class-name").fill("empty");
          await page.keyboard.press("Enter");
          await card(page, 2).waitFor();
          const name = card(page, 2).locator(".name");
          await name.fill("con");
          await name.press("Enter");
          await page.locator("#trouble", { hasText: "name of a device on Windows" }).waitFor();
          await name.fill("Käfer");
          await name.press("Enter");
        },
      );

      await step("files that are no photos are said to be none, and change nothing", async () => {
        await Deno.writeTextFile(`${folder}/notes.jpg`, "no photo");
        await card(page, 2).locator("input[type=file]").setInputFiles(`${folder}/notes.jpg`);
        await page.locator("#trouble", { hasText: "notes.jpg was left out" }).waitFor();
      });

      await step("it fits narrow and wide windows", async () => {
        for (const width of [390, 1280]) {
          await page.setViewportSize({ width, height: 800 });
          const wide: number = await page.evaluate("document.documentElement.scrollWidth");
          assert.ok(wide <= width, `${wide} in ${width}`);
        }
      });

      await step("a second page is told that there is one", async () => {
        const other = await page.context().newPage();
        await other.goto(url);
        await other.locator("#trouble", { hasText: "another tab" }).waitFor();
        await other.close();
      });

      await step("a reload finds classes, photos and what the network said of them", async () => {
        const before = await counts(page);
        assert.equal(before.length, 3);
        await page.reload();
        await page.locator("main:not([hidden])").waitFor();
        for (const [i, words] of before.entries()) {
          await card(page, i).locator(".count", { hasText: new RegExp(`^${words}`) }).waitFor();
        }
        assert.equal(await card(page, 2).locator(".name").inputValue(), "Käfer");
        await page.locator("#standing:not([hidden])").waitFor();
      });
      assert.deepEqual(trouble, []);
    } finally {
      await browser.close();
      end.abort();
      await server.finished;
      await Deno.remove(folder, { recursive: true });
    }
  },
});

function launch(): Promise<Browser> {
  return playwright.launch({
    executablePath: chromium!,
    args: [
      "--no-sandbox", // as root, which containers are
      "--enable-unsafe-swiftshader",
      "--use-fake-device-for-media-stream",
      "--use-fake-ui-for-media-stream",
    ],
  });
}

/** With what went wrong meanwhile. */
async function open(browser: Browser, url: string): Promise<{ page: Page; trouble: string[] }> {
  const context = await browser.newContext({ acceptDownloads: true });
  const page = await context.newPage();
  page.setDefaultTimeout(120_000); // the machine may be busy
  const trouble: string[] = [];
  page.on("pageerror", ({ message }) => trouble.push(message));
  page.on("console", (line) => line.type() === "error" && trouble.push(line.text()));
  await page.goto(url);
  await card(page, 1).waitFor();
  return { page, trouble };
}

const card = (page: Page, index: number) => page.locator("#classes article").nth(index);

const inState = (page: Page, state: string) => page.locator(`body[data-state=${state}]`).waitFor();

async function untilCount(elements: ReturnType<Page["locator"]>, count: number): Promise<void> {
  await elements.nth(count).waitFor({ state: "detached" });
  assert.equal(await elements.count(), count);
}

async function counts(page: Page): Promise<string[]> {
  const texts = await page.locator("#classes .count").allTextContents();
  return texts.map((text) => text.split(",")[0]);
}

/**
 * @param which of the buttons that hand it out
 * @returns the path of the file
 */
async function download(
  page: Page,
  what: string,
  folder: string,
  which = ":not([data-finetuned])",
): Promise<string> {
  const button = page.locator(`[data-what=${what}]${which}:not([disabled])`);
  const [file] = await Promise.all([page.waitForEvent("download"), button.click()]);
  const path = `${folder}/${file.suggestedFilename()}`;
  await file.saveAs(path);
  return path;
}

/** Archives of files without folders. */
async function unzipped(path: string, folder: string): Promise<string> {
  const { BlobReader, Uint8ArrayWriter, ZipReader } = await import("@zip.js/zip.js");
  const to = await Deno.makeTempDir({ dir: folder });
  const zip = new ZipReader(new BlobReader(new Blob([await Deno.readFile(path)])));
  for (const entry of await zip.getEntries()) {
    if (entry.directory) continue;
    await Deno.writeFile(`${to}/${entry.filename}`, await entry.getData(new Uint8ArrayWriter()));
  }
  await zip.close();
  return to;
}

async function assertFile(path: string, pattern: RegExp): Promise<void> {
  assert.match(await Deno.readTextFile(path), pattern);
}

interface Answer {
  path: string;
  probabilities: number[];
}

async function assertAnswers(model: string, expected: readonly Answer[]): Promise<void> {
  using own = await loadClassifier(model);
  assert.deepEqual(own.classes, ["class 1", "class 2"]);
  for (const { path, probabilities } of expected) {
    const { ranking } = await own.predict(path);
    const said = own.classes.map((name) =>
      ranking.find(({ label }) => label === name)!.probability
    );
    said.forEach((value, k) =>
      assert.ok(Math.abs(value - probabilities[k]) < 1e-4, `${path}: ${said}, ${probabilities}`)
    );
  }
}

/** Probabilities of all photos, by the rooms that the steps of `--recipe best` call one after the other. */
async function byPipeline(zip: string, folder: string) {
  const at = `${folder}/source`;
  const source = { kind: "zip", path: zip } as const;
  await materialize(source, at, { seed: SEED, parts: 3 });
  const datasets = await Deno.makeTempDir({ dir: folder });
  const options = { exifOrientation: true, alike: true, shortSide: SHORT_SIDE };
  await buildDataset(`${at}/photos`, datasets, options);
  using dataset = await openDataset(datasets);
  const architecture = describedArchitecture(settings);
  await activateBackend("wasm");
  using network = openFeatureExtractor(architecture, parameters);
  const featuresOf = async (split: "train" | "val") => {
    const all: number[] = [];
    for (const i of dataset.photos(split).keys()) {
      const crop = viewPhoto(await dataset.readPhoto(split, i), settings.preprocessing);
      all.push(...(await network.extract([crop]))[0]);
    }
    const rows = dataset.photos(split).length;
    const labels = labelsOf(dataset.photos(split), dataset.classes);
    return { features: matrix(rows, all.length / rows, all), ...labels };
  };
  const [train, val] = [await featuresOf("train"), await featuresOf("val")];
  const { classifier } = fitProbe(train, "auto", { nSplits: PROBE.folds, seed: SEED });
  const count = dataset.classes.length;
  const logitsOf = (of: typeof val) => {
    const logits = decisionFunction(classifier, of.features);
    return Array.from(of.labels, (label, i) => ({
      label,
      logits: Array.from(logits.subarray(i * count, (i + 1) * count)),
    }));
  };
  const answersBy = (logits: Record<"train" | "val", Labelled[]>): Answer[] => {
    const { temperature } = calibrate(logits.val, { onlyIfBetter: true });
    return (["train", "val"] as const).flatMap((split) =>
      logits[split].map(({ logits }, i) => ({
        path: `${at}/photos/${dataset.photos(split)[i].path}`,
        probabilities: calibrated(logits, temperature),
      }))
    );
  };
  const frozen = answersBy({ train: logitsOf(train), val: logitsOf(val) });

  const { coef: weight, intercept: bias } = classifier;
  const head = withHead(parameters, architecture, { weight, bias });
  const generator = new Generator(SEED), { mean, std, ...crops } = settings.preprocessing;
  const { batchSize, augmentation } = settings.finetune;
  const common = { batchSize, ...crops, normalization: { mean, std }, workers: 0, generator };
  const loaderOf = (split: "train" | "val", transform: "train" | "eval", shuffle: boolean) =>
    new DataLoader(dataset, {
      ...common,
      split,
      transform,
      shuffle,
      ...(transform === "train" && { augmentation, noisePerPhoto: dropoutSize(architecture) }),
    });
  const loaders = { train: loaderOf("train", "train", true), val: loaderOf("val", "eval", true) };
  const model = new Model(architecture, count, head);
  const { best } = await finetune(model, loaders, { recipe: settings.finetune });
  model.dispose();
  const tuned = new Model(architecture, count, best);
  const ask = (split: "train" | "val") => predictDataset(tuned, loaderOf(split, "eval", false));
  const finetuned = answersBy({ train: await ask("train"), val: await ask("val") });
  tuned.dispose();
  return { frozen, finetuned };
}
