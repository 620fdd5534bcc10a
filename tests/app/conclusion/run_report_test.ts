/** What is drawn of a run, on artifacts that the test makes up. */
import assert from "node:assert/strict";
import { drawRun } from "../../../app/conclusion/run_report.ts";
import type { RunRecord, StepRecord } from "../../../pipeline/run_record.ts";
import { curvesFile } from "../../../tasks/artifacts/history.ts";
import { writeFacts } from "../../../tasks/artifacts/facts.ts";
import { graftPipeline } from "../../../tasks/pipeline.ts";
import { factsOf } from "../../report/page_facts.ts";

const pipeline = graftPipeline([]);

const recordOf = (steps: StepRecord[], started = "2026-01-02T03:04:05.678Z"): RunRecord => ({
  id: started.replaceAll(":", "-"),
  pipeline: "graft",
  status: "done",
  started,
  seconds: 1,
  targets: [],
  parameters: {},
  steps,
});
const stepOf = (step: string, artifact: string, kind?: string): StepRecord => ({
  step,
  ...(kind && { kind }),
  status: "ran",
  reason: "it never ran",
  seconds: 1,
  artifact,
});
const epochOf = (loss: number) => ({
  epoch: 0,
  lr: 0.1,
  train: { loss, accuracy: 0.5 },
  val: { loss, accuracy: 0.5 },
});

async function trained(store: string, step: string, loss = 0.5): Promise<string> {
  const folder = `${store}/artifacts/${step}/${loss}`;
  await Deno.mkdir(folder, { recursive: true });
  await curvesFile.write(folder, {
    epochs: [epochOf(loss)],
    best: { epoch: 0, accuracy: 0.5 },
  });
  return folder;
}

async function evaluated(store: string, name: string, classes: string[]): Promise<string> {
  const folder = `${store}/artifacts/evaluate/${name}`;
  await Deno.mkdir(folder, { recursive: true });
  await writeFacts(folder, factsOf(classes));
  return folder;
}

async function inStore(use: (store: string) => Promise<void>): Promise<void> {
  const store = await Deno.makeTempDir();
  try {
    await use(store);
  } finally {
    await Deno.remove(store, { recursive: true });
  }
}

const fileOf = (path: string) => {
  const { mtime, ino } = Deno.statSync(path);
  return `${mtime?.getTime()} ${ino}`;
};

Deno.test("a run that only trained leaves its curves, and no page", () =>
  inStore(async (store) => {
    const steps = [
      stepOf("train_frozen", await trained(store, "train_frozen")),
      stepOf("train_finetune@lr=1", await trained(store, "train_finetune"), "train_finetune"),
    ];
    const { report, curves } = await drawRun(pipeline, store, recordOf(steps));
    assert.equal(report, undefined);
    assert.deepEqual(curves, [
      `${store}/pictures/curves_frozen.png`,
      `${store}/pictures/curves_finetune@lr=1.png`,
    ]);
    for (const path of curves) assert.ok((await Deno.stat(path)).size > 1000);
  }));

Deno.test("curves are drawn again when they are others, and only then", () =>
  inStore(async (store) => {
    const draw = async (loss: number) => {
      const step = stepOf("train_frozen", await trained(store, "train_frozen", loss));
      const { curves: [path] } = await drawRun(pipeline, store, recordOf([step]));
      return { file: fileOf(path), picture: await Deno.readFile(path) };
    };
    const first = await draw(0.5);
    assert.deepEqual(await draw(0.5), first);
    const other = await draw(0.25);
    assert.notDeepEqual(other.picture, first.picture);
    assert.deepEqual((await draw(0.5)).picture, first.picture);
  }));

Deno.test("the page is of the run; the evaluation in it is drawn once", () =>
  inStore(async (store) => {
    const ants = await evaluated(store, "a", ["ants", "bees"]);
    const kept = `${store}/cache/report.json`;
    const draw = async (artifact: string, started: string) => {
      const record = recordOf([stepOf("evaluate", artifact)], started);
      const { report } = await drawRun(pipeline, store, record);
      assert.equal(report, `${store}/report.html`);
      return await Deno.readTextFile(report);
    };
    const page = await draw(ants, "2026-01-02T03:04:05.678Z");
    assert.match(page, /<h1>ants and bees<\/h1>/);
    assert.match(page, /The run of 2026-01-02 03:04 \(UTC\)/);
    assert.match(page, /1 of 7 steps ran/);
    for (const id of ["result", "classes", "mistakes", "doubts", "looked", "training", "data"]) {
      assert.ok(page.includes(`<section id="${id}"`), id);
    }
    const drawn = fileOf(kept);
    const later = await draw(ants, "2026-02-03T04:05:06.789Z");
    assert.match(later, /The run of 2026-02-03 04:05/);
    assert.equal(later.replace("2026-02-03 04:05", "2026-01-02 03:04"), page);
    assert.equal(fileOf(kept), drawn);
    const wasps = await evaluated(store, "b", ["wasps", "flies"]);
    assert.match(await draw(wasps, "2026-03-04T05:06:07.890Z"), /<h1>wasps and flies<\/h1>/);
    // What is kept only saves time.
    await Deno.writeTextFile(kept, "{");
    assert.equal(await draw(ants, "2026-01-02T03:04:05.678Z"), page);
    const record = recordOf([stepOf("evaluate", ants)], "2026-01-02T03:04:05.678Z");
    await drawRun(pipeline, store, record, (text) => text.replace("<h1>", "<h1>asked: "));
    assert.match(Deno.readTextFileSync(`${store}/report.html`), /<h1>asked: ants and bees<\/h1>/);
    assert.equal(await draw(ants, "2026-01-02T03:04:05.678Z"), page, "what is kept stays as it is");
    const leftOver = [...Deno.readDirSync(store)].map(({ name }) => name).sort();
    assert.deepEqual(leftOver, ["artifacts", "cache", "report.html"]);
  }));

Deno.test("an evaluation of an earlier version is refused by the run's name, with the remedy", () =>
  inStore(async (store) => {
    const folder = `${store}/artifacts/evaluate/a`;
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeTextFile(`${folder}/report.html`, "<p>");
    await assert.rejects(
      drawRun(pipeline, store, recordOf([stepOf("evaluate", folder)])),
      /run 2026-01-02T03-04-05\.678Z .* earlier version of graft.*`deno task evaluate`/,
    );
  }));
