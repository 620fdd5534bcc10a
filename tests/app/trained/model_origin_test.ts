import assert from "node:assert/strict";
import { openStore } from "../../../pipeline/implementations.ts";
import type { RunRecord } from "../../../pipeline/run_record.ts";
import { randomModel } from "../../export/random_model.ts";
import {
  describeModel,
  describeOrigin,
  listClasses,
  originOf,
  shortRunName,
  timeAgo,
} from "../../../app/trained/model_origin.ts";

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
  const origin = { run: "2026-11-27T09-00", names: ["hens", "best"], made: "2026-11-27T09:00Z" };
  assert.equal(describeOrigin(origin, NOW), "run 2026-11-27T09-00 [hens, best] (3 hours ago)");
  assert.equal(
    describeOrigin({ ...origin, names: [] }, NOW),
    "run 2026-11-27T09-00 (3 hours ago)",
  );
});

Deno.test("a model is of the run that made it, of a run that was asked for, or of one that has it", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const store = openStore(folder);
    using _inUse = await store.use();
    const records: RunRecord[] = [];
    for (const status of ["ran", "cached"] as const) {
      const { id } = await store.runs.begin();
      const step = { step: "train_frozen", status, reason: "", seconds: 1, key: "a key" };
      const record = {
        id,
        pipeline: "graft",
        status: "done",
        started: "",
        seconds: 1,
        targets: [],
        parameters: {},
        steps: [step],
      } satisfies RunRecord;
      await store.runs.write(record);
      records.push(record);
    }
    const [made, later] = records;
    const manifest = (run: string) => ({
      key: "a key",
      made: { run, at: "2026-11-27T09:00Z", seconds: 1, deno: "", platform: "" },
    });
    const nameOf = async (run: string, asked?: RunRecord) => {
      const origin = (await originOf(folder, manifest(run), asked))!;
      assert.equal(origin.made, "2026-11-27T09:00Z");
      return records.find(({ id }) => id.startsWith(origin.run))!.id;
    };
    assert.equal(await nameOf(made.id), made.id);
    assert.equal(await nameOf(made.id, later), later.id);
    assert.equal(await nameOf("a run that is gone"), later.id);
    const unknown = await originOf(folder, { ...manifest("gone"), key: "another" });
    assert.equal(unknown, undefined);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
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
  const made = new Date(Date.now() - 3.5 * 3600e3).toISOString();
  const origin = { data: "hens", run: "2026-11-27T09-00", names: [], made };
  assert.equal(
    describeModel(model, { accuracy: 147 / 153, total: 153 }, origin),
    "frozen mobilenet_v2 taught hens (ants, bees), 96.1% of 153 val photos, " +
      "run 2026-11-27T09-00 (3 hours ago)",
  );
  assert.equal(
    describeModel(model, undefined, undefined),
    "frozen mobilenet_v2 taught photos (ants, bees), val accuracy 50.0%",
  );
});
