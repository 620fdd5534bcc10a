/** Steps that go on where an earlier attempt ended. */
import assert from "node:assert/strict";
import { Checkpoints } from "../../../pipeline/process/checkpoints.ts";
import { gc } from "../../../pipeline/upkeep/gc.ts";
import { definePipeline } from "../../../pipeline/graph.ts";
import { run, type RunOptions } from "../../../pipeline/run.ts";
import type { RunRecord } from "../../../pipeline/run_record.ts";
import { Folder, schemaOf, statuses, stepOf, STEPS, writeText } from "../rig.ts";

const NEVER = { at: -1, how: "throw" };

const count = {
  ...writeText("count"),
  module: new URL("count.ts", STEPS),
  parameters: schemaOf({ to: 3, stop: NEVER, other: 0 }),
  notInKey: ["stop"],
  outputs: ["numbers.txt", "counted.json"],
  notInDigest: ["counted.json"],
  checkpointsAcross: ["to"],
  permissions: () => ({ run: true as const }), // to kill itself
};
const pipeline = definePipeline([count]);

const runTo = (folder: Folder, to: number, more: Partial<RunOptions> & { stop?: object } = {}) =>
  run(pipeline, { ...folder, ...more, parameters: { count: { to, stop: more.stop ?? NEVER } } });

const fileOf = (record: RunRecord, name: string) =>
  Deno.readTextFileSync(`${stepOf(record, "count").artifact}/${name}`);
const countedIn = (record: RunRecord): number[] => JSON.parse(fileOf(record, "counted.json"));

for (const how of ["die", "throw"]) {
  Deno.test(`a step that ${how}s goes on at its last checkpoint, to the same result`, async () => {
    using folder = new Folder();
    const first = await runTo(folder, 5, { stop: { at: 3, how } });
    assert.deepEqual(statuses(first), { count: "failed" });
    const second = await runTo(folder, 5);
    assert.deepEqual(countedIn(second), [3, 4]);
    using elsewhere = new Folder();
    const unbroken = await runTo(elsewhere, 5);
    assert.deepEqual(countedIn(unbroken), [0, 1, 2, 3, 4]);
    assert.equal(fileOf(second, "numbers.txt"), fileOf(unbroken, "numbers.txt"));
  });
}

Deno.test("a step asked for more does only what is new; asked for less, it begins anew", async () => {
  using folder = new Folder();
  const counted = [];
  for (const to of [2, 6, 3, 4, 7]) counted.push(countedIn(await runTo(folder, to)));
  assert.deepEqual(counted, [[0, 1], [2, 3, 4, 5], [0, 1, 2], [3], [6]]);
});

Deno.test("other parameters, code or input have checkpoints of their own; force begins anew", async () => {
  using folder = new Folder();
  await runTo(folder, 2);
  const other = await run(pipeline, {
    ...folder,
    parameters: { count: { to: 3, stop: NEVER, other: 1 } },
  });
  assert.deepEqual(countedIn(other), [0, 1, 2]);
  const flagged = definePipeline([{
    ...count,
    denoArguments: () => ["--v8-flags=--stack-size=900"],
  }]);
  const parameters = { count: { to: 3, stop: NEVER } };
  assert.deepEqual(countedIn(await run(flagged, { ...folder, parameters })), [0, 1, 2]);
  assert.deepEqual(countedIn(await runTo(folder, 3, { force: true })), [0, 1, 2]);
});

Deno.test("two runs that share checkpoints take turns, and the second goes on from the first", async () => {
  using folder = new Folder();
  const records = await Promise.all([runTo(folder, 4), runTo(folder, 8)]);
  const counted = records.flatMap(countedIn).toSorted((a, b) => a - b);
  // The shorter one may come second: then it begins anew.
  const shorterFirst = countedIn(records[0]).length === 4 && countedIn(records[1])[0] === 4;
  assert.equal(counted.length, shorterFirst ? 8 : 12);
  assert.equal(fileOf(records[1], "numbers.txt"), "0\n1\n2\n3\n4\n5\n6\n7\n");
});

Deno.test("a damaged checkpoint is passed over for the one before it", async () => {
  using folder = new Folder();
  await runTo(folder, 3);
  const [step] = [...Deno.readDirSync(`${folder.store}/checkpoints/count`)];
  const states = `${folder.store}/checkpoints/count/${step.name}/states`;
  assert.deepEqual([...Deno.readDirSync(states)].map(({ name }) => name).sort(), ["2", "3"]);
  Deno.writeTextFileSync(`${states}/3/state/numbers.txt`, "0\n1\n3\n");
  assert.deepEqual(countedIn(await runTo(folder, 4)), [2, 3]);
  Deno.truncateSync(`${states}/4/tree.json`, 10);
  Deno.removeSync(`${states}/3`, { recursive: true });
  const record = await runTo(folder, 5);
  assert.deepEqual(countedIn(record), [0, 1, 2, 3, 4]);
  assert.equal(fileOf(record, "numbers.txt"), "0\n1\n2\n3\n4\n");
});

Deno.test("a checkpoint saved beside the work is whole, in order, and tells its failure to the next", async () => {
  const folder = await Deno.makeTempDir();
  const checkpoints = new Checkpoints(folder);
  const write = (text: string, after: Promise<void>) => async (folder: string) => {
    await after;
    await Deno.writeTextFile(`${folder}/state.txt`, text);
  };
  const writing = Promise.withResolvers<void>();
  assert.equal(await checkpoints.saveBeside(1, write("one", writing.promise)), undefined);
  assert.equal(await checkpoints.latest(), undefined, "there is none before it is whole");
  const second = checkpoints.saveBeside(2, write("two", Promise.resolve()));
  writing.resolve();
  assert.equal((await second)?.position, 1);
  const last = await checkpoints.saved();
  assert.deepEqual(last, await checkpoints.latest());
  assert.equal(await Deno.readTextFile(`${last!.path}/state.txt`), "two");

  const full = () => Promise.reject(new Error("the disk is full"));
  assert.equal((await checkpoints.saveBeside(3, full))?.position, 2);
  await assert.rejects(checkpoints.saveBeside(4, write("four", Promise.resolve())), /full/);
  await assert.rejects(checkpoints.saved(), /full/);
  assert.deepEqual(await checkpoints.latest(), last);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("no other step may read a step's checkpoints, and a step without any is told", async () => {
  using folder = new Folder();
  await runTo(folder, 1);
  const [{ name }] = [...Deno.readDirSync(`${folder.store}/checkpoints/count`)];
  const path = `${folder.store}/checkpoints/count/${name}/run.json`;
  const reader = {
    ...writeText("reader"),
    module: new URL("misbehave.ts", STEPS),
    parameters: schemaOf({ way: "read", path }),
  };
  const { error } = stepOf(await run(definePipeline([reader]), folder), "reader");
  assert.match(error!.message, /^Requires read access to .*run\.json/);
  assert.throws(() => new Checkpoints(undefined), /declare checkpointsAcross/);
});

Deno.test("gc keeps the checkpoints of kept results and of the newest runs, and no others", async () => {
  using folder = new Folder();
  const whats = async () => (await gc(folder.store, { keepRuns: 1 })).map(({ what }) => what);
  await runTo(folder, 1);
  await run(pipeline, { ...folder, parameters: { count: { to: 9, stop: NEVER, other: 1 } } });
  assert.deepEqual(await whats(), ["manifest", "artifact", "checkpoints"]);
  // A run that failed has checkpoints, but no result: the newest one is still the other run's.
  await runTo(folder, 3, { stop: { at: 2, how: "throw" } });
  assert.deepEqual(await whats(), []);
  assert.deepEqual(countedIn(await runTo(folder, 3)), [2]);
  assert.deepEqual(await whats(), ["manifest", "artifact", "checkpoints"]);
  // Of a cached result, too.
  await runTo(folder, 3);
  assert.deepEqual(await whats(), []);
  assert.deepEqual(countedIn(await runTo(folder, 4)), [3]);
});

Deno.test("what is not in the digest may differ without rerunning what follows, which cannot read it", async () => {
  using folder = new Folder();
  const after = writeText("after", [], {
    inputs: ["count"],
    module: new URL("copy_input.ts", STEPS),
  });
  const withAfter = definePipeline([count, {
    ...after,
    parameters: schemaOf({ file: "numbers.txt" }),
  }]);
  const first = await run(withAfter, folder);
  // The same numbers, counted anew.
  const second = await run(withAfter, { ...folder, force: ["count"] });
  assert.deepEqual(statuses(second), { count: "ran", after: "cached" });
  assert.equal(fileOf(first, "numbers.txt"), fileOf(second, "numbers.txt"));
  const third = await run(withAfter, {
    ...folder,
    parameters: { after: { file: "counted.json" } },
  });
  assert.match(stepOf(third, "after").error!.message, /counted\.json.*notInDigest/);
});
