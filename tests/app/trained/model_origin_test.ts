import assert from "node:assert/strict";
import { randomModel } from "../../export/random_model.ts";
import {
  describeModel,
  describeOrigin,
  listClasses,
  originOf,
  shortRunName,
  timeAgo,
} from "../../../app/trained/model_origin.ts";

import { MadeUpStore } from "../home/made_up_store.ts";

const NOW = Date.parse("2026-11-27T12:00:00Z");
const ago = (time: string) => timeAgo(Date.parse(time), NOW);

Deno.test("how long ago is told in the largest unit that has passed whole", () => {
  assert.equal(ago("2026-11-27T11:59:01Z"), "just now");
  assert.equal(ago("2026-11-27T12:30:00Z"), "just now", "clocks differ");
  assert.equal(ago("2026-11-27T11:59:00Z"), "1 minute ago");
  assert.equal(ago("2026-11-27T11:00:01Z"), "59 minutes ago");
  assert.equal(ago("2026-11-27T09:00:00Z"), "3 hours ago");
  assert.equal(ago("2026-11-26T12:00:00Z"), "1 day ago");
  assert.equal(ago("2026-10-28T12:00:00Z"), "30 days ago");
});

Deno.test("a run's name is cut where no other run's has the rest", () => {
  const ids = [
    "2026-11-27T01-29-32.123Z",
    "2026-11-27T01-30-01.000Z",
    "2026-11-27T01-30-02.000Z",
    "2026-11-27T01-31-05.001Z",
    "2026-11-27T01-31-05.002Z",
  ];
  assert.deepEqual(ids.map((id) => shortRunName(id, ids)), [
    "2026-11-27T01-29",
    "2026-11-27T01-30-01",
    "2026-11-27T01-30-02",
    ids[3],
    ids[4],
  ]);
});

Deno.test("a run is told with the names that it was given, and when it was", () => {
  const origin = { run: "2026-11-27T09-00", names: ["hens", "best"], started: "2026-11-27T09:00Z" };
  assert.equal(describeOrigin(origin, NOW), "run 2026-11-27T09-00 [hens, best] (3 hours ago)");
  assert.equal(
    describeOrigin({ ...origin, names: [] }, NOW),
    "run 2026-11-27T09-00 (3 hours ago)",
  );
});

Deno.test("of many classes the first are named and the others counted, never one alone", () => {
  assert.equal(listClasses(["ants", "bees"]), "ants, bees");
  assert.equal(listClasses([..."abcde"]), "a, b, c, d, e");
  assert.equal(listClasses([..."abcdef"]), "a, b, c, d and 2 more");
});

Deno.test("a model is told by what it is, what it was taught, how good it is, and its run", () => {
  const manifest = {
    ...randomModel("mobilenet_v2").description,
    classes: ["ants", "bees"],
  };
  const training = { ...manifest.training!, branch: "frozen" as const, valAccuracy: 0.5 };
  const model = { ...manifest, training };
  const started = new Date(Date.now() - 3.5 * 3600e3).toISOString();
  const origin = { data: "hens", run: "2026-11-27T09-00", names: [], started };
  assert.equal(
    describeModel(model, { accuracy: 147 / 153, total: 153 }, origin),
    "frozen mobilenet_v2 taught hens (ants, bees), 96.1% of 153 val photos, " +
      "run 2026-11-27T09-00 (3 hours ago)",
  );
  const of = (accuracy: number) => ({ accuracy, total: 200 });
  assert.match(
    describeModel(model, { ...of(1), test: of(0.9) }, origin),
    /, 90\.0% of 200 test ph/,
  );
  assert.match(
    describeModel(model, { ...of(1), cross_validated: of(0.8) }, origin),
    /, 80\.0% of 200 photos \(cross-validated\),/,
  );
  assert.equal(
    describeModel(model, undefined, undefined),
    "frozen mobilenet_v2 taught photos (ants, bees), val accuracy 50.0%",
  );
});

Deno.test("a model is dated by the run that made it, and has the names of all runs that have it", async () => {
  await using made = await MadeUpStore.make();
  const maker = await made.evaluated(["ants", "bees"], "hens");
  const { key } = maker.steps.find(({ step }) => step === "train_finetune")!;
  const at = "2020-01-01T00:00:00.000Z";
  const manifest = { key: key!, made: { run: maker.id, at, seconds: 1, deno: "", platform: "" } };
  const { id } = await made.store.runs.begin();
  const later = await made.record(id, "done", maker.steps);
  await made.store.runs.pin("later", id);
  const origin = await originOf(made.path, manifest);
  assert.equal(maker.id.startsWith(origin!.run), true);
  assert.deepEqual(origin!.names.sort(), ["hens", "later"]);
  assert.equal(origin!.started, maker.started);
  assert.equal(origin!.data, "hens <b>");
  const asked = await originOf(made.path, manifest, later);
  assert.ok(later.id.startsWith(asked!.run), "the run that was asked for is the one that is named");
  assert.equal(asked!.started, maker.started);
  const gone = { ...manifest, made: { ...manifest.made, run: "2019-01-01T00-00-00.000Z" } };
  assert.deepEqual(
    [
      (await originOf(made.path, gone))!.started,
      later.id.startsWith((await originOf(made.path, gone))!.run),
    ],
    [at, true],
  );
  assert.equal(await originOf(made.path, { ...gone, key: "none" }), undefined);
});
