import assert from "node:assert/strict";
import { expand, type Setting } from "../../pipeline/expand.ts";
import { definePipeline } from "../../pipeline/graph.ts";
import { plan } from "../../pipeline/explain/plan.ts";
import { run } from "../../pipeline/run.ts";
import { inputsOf } from "../../pipeline/declaration.ts";
import { Folder, runCollecting, statuses, stepOf, writeText } from "./rig.ts";

/** data → clean ─┬─► train ─► score, and weights → train. */
const pipeline = definePipeline([
  writeText("data"),
  writeText("weights"),
  writeText("clean", ["data"]),
  writeText("train", ["clean", "weights"]),
  writeText("score", ["clean", "train"]),
]);

/** Settings of models and seeds: the model changes the weights, the seed the training. */
const settings = (models: string[], seeds: number[]): Setting[] =>
  models.flatMap((model) =>
    seeds.map((seed) => ({
      labels: { model, seed: `${seed}` },
      parameters: { weights: { text: model }, train: { text: `seed ${seed}` } },
    }))
  );

Deno.test("settings share every step that they do not change, and instances are named by what does", () => {
  const { steps, parameters, instances } = expand(pipeline, settings(["a", "b"], [0, 1]));
  assert.deepEqual(steps.map(({ name }) => name), [
    "data",
    "weights@model=a",
    "weights@model=b",
    "clean",
    "train@model=a,seed=0",
    "train@model=a,seed=1",
    "train@model=b,seed=0",
    "train@model=b,seed=1",
    "score@model=a,seed=0",
    "score@model=a,seed=1",
    "score@model=b,seed=0",
    "score@model=b,seed=1",
  ]);
  const train = steps.find(({ name }) => name === "train@model=b,seed=0")!;
  assert.equal(train.kind, "train");
  assert.deepEqual(inputsOf(train), { clean: "clean", weights: "weights@model=b" });
  assert.deepEqual(parameters["train@model=b,seed=0"], { text: "seed 0" });
  assert.deepEqual(instances[2], {
    data: "data",
    weights: "weights@model=b",
    clean: "clean",
    train: "train@model=b,seed=0",
    score: "score@model=b,seed=0",
  });
  definePipeline(steps);
});

Deno.test("an axis without effect makes no instance, and equal values under two labels make one", () => {
  const parameters = { train: { text: "0.01" } };
  const { steps } = expand(pipeline, [
    { labels: { lr: "0.01", idle: "x" }, parameters },
    { labels: { lr: "1e-2", idle: "y" }, parameters },
  ]);
  assert.deepEqual(steps.map(({ name }) => name), pipeline.steps.map(({ name }) => name));
});

Deno.test("settings need not be a product: as few axes as suffice are named", () => {
  const setting = (lr: string, batch: string) => (
    { labels: { lr, batch }, parameters: { train: { text: `${lr} ${batch}` } } }
  );
  const names = (settings: Setting[]) =>
    expand(pipeline, settings).steps.map(({ name }) => name).filter((name) => /^train/.test(name));
  assert.deepEqual(names([setting("1", "4"), setting("2", "8")]), [
    "train@batch=4",
    "train@batch=8",
  ]);
  assert.deepEqual(names([setting("1", "4"), setting("2", "8"), setting("1", "8")]), [
    "train@lr=1,batch=4",
    "train@lr=2,batch=8",
    "train@lr=1,batch=8",
  ]);
});

Deno.test("labels of any length and letters give names of their own that a step may have", () => {
  const labels = ["../a", "..:a", "x".repeat(300), `${"x".repeat(300)}y`, "学習"];
  const { steps } = expand(
    definePipeline([writeText("train")]),
    labels.map((data) => ({ labels: { data }, parameters: { train: { text: data } } })),
  );
  assert.equal(new Set(definePipeline(steps).steps.map(({ name }) => name)).size, labels.length);
  assert.equal(steps[0].name, "train@data=..-a");
  assert.match(steps[1].name, /^train@data=..-a\+[0-9a-f]{12}$/);
});

Deno.test("two settings with the same labels are refused", () => {
  assert.throws(
    () => expand(pipeline, [0, 1].map((seed) => ({ ...settings(["a"], [seed])[0], labels: {} }))),
    { name: "PipelineError", message: /step "weights"|step "train": two settings/ },
  );
});

Deno.test("what one setting made alone, the expanded graph takes from the store, and the reverse", async () => {
  using folder = new Folder();
  const [first, second] = settings(["a"], [0, 1]);
  const alone = await run(pipeline, { store: folder.store, parameters: first.parameters });
  const { steps, parameters } = expand(pipeline, [first, second]);
  const { record, events } = await runCollecting(definePipeline(steps), {
    store: folder.store,
    parameters,
  });
  assert.deepEqual(statuses(record), {
    data: "cached",
    weights: "cached",
    clean: "cached",
    "train@seed=0": "cached",
    "train@seed=1": "ran",
    "score@seed=0": "cached",
    "score@seed=1": "ran",
  });
  const made = stepOf(record, "score@seed=1");
  assert.equal(stepOf(record, "score@seed=0").artifact, stepOf(alone, "score").artifact);
  assert.equal(
    Deno.readTextFileSync(`${made.artifact}/text.txt`),
    "data clean data clean a seed 1 score",
  );
  assert.equal(stepOf(record, "train@seed=1").reason, `text: "seed 0" → "seed 1"`);
  assert.equal(made.kind, "score");
  assert.ok(events.some((event) => event.type === "step_log" && event.step === "train@seed=1"));
  const later = await plan(pipeline, { store: folder.store, parameters: second.parameters });
  assert.ok(later.every(({ status }) => status === "cached"));
});

Deno.test("in a first run, no instance of a step is compared with another of the same run", async () => {
  using folder = new Folder();
  const { steps, parameters } = expand(pipeline, settings(["a", "b"], [0]));
  const record = await run(definePipeline(steps), { store: folder.store, parameters });
  assert.deepEqual([...new Set(record.steps.map(({ reason }) => reason))], ["it never ran"]);
});

Deno.test("a step calls its inputs as it likes; their order is that of these names, however declared", async () => {
  using folder = new Folder();
  const { steps } = await run(
    definePipeline([
      writeText("a"),
      writeText("b"),
      { ...writeText("both"), inputs: { second: "b", first: "a" } },
    ]),
    folder,
  );
  assert.equal(Deno.readTextFileSync(`${steps[2].artifact}/text.txt`), "a b both");
});

Deno.test("ten thousand settings expand in about a second", () => {
  const seeds = Array.from({ length: 5000 }, (_, i) => i);
  const started = performance.now();
  const { steps } = expand(pipeline, settings(["a", "b"], seeds));
  assert.equal(steps.length, 2 + 2 + 10_000 * 2);
  assert.ok(performance.now() - started < 5000);
});
