import assert from "node:assert/strict";
import { changesBetween, describeChange } from "../../../pipeline/explain/changes.ts";
import { definePipeline } from "../../../pipeline/graph.ts";
import type { Needs } from "../../../pipeline/executor.ts";
import { plan } from "../../../pipeline/explain/plan.ts";
import { run } from "../../../pipeline/run.ts";
import { why } from "../../../pipeline/explain/why.ts";
import type { Fingerprint } from "../../../pipeline/fingerprint.ts";
import { Folder, misbehave, schemaOf, stepOf, STEPS, writeText } from "../rig.ts";

const pipeline = definePipeline([
  writeText("a", [], { parameters: schemaOf({ text: "a", deep: { lr: 1, list: [1] } }) }),
  writeText("b", ["a"]),
  writeText("c", ["b"]),
  writeText("d"),
]);

const briefly = (entries: Awaited<ReturnType<typeof plan>>) =>
  entries.map(({ step, status, reason }) => [step, status, reason]);

Deno.test("a plan for an empty store runs everything, and makes no store", async () => {
  using folder = new Folder();
  assert.deepEqual(briefly(await plan(pipeline, folder)), [
    ["a", "would_run", "it never ran"],
    ["b", "would_run", "it never ran"],
    ["c", "would_run", "it never ran"],
    ["d", "would_run", "it never ran"],
  ]);
  assert.throws(() => Deno.statSync(folder.store), Deno.errors.NotFound);
});

Deno.test("a plan says what an executor would ask for, of the steps that would run", async () => {
  using folder = new Folder();
  await run(pipeline, { ...folder, targets: ["a"] });
  const steps = [
    writeText("a", [], { parameters: schemaOf({ text: "a", deep: { lr: 1, list: [1] } }) }),
    writeText("large", ["a"], { resources: () => ({ cpu: 3 }), timeLimit: () => 60 }),
    writeText("fetching", ["a"], { permissions: () => ({ net: ["example.com"] }) }),
  ];
  const executor = { describe: (needs: Needs) => JSON.stringify(needs) };
  const entries = await plan(definePipeline(steps), { ...folder, executor });
  assert.deepEqual(entries.map(({ asks }) => asks && JSON.parse(asks)), [
    undefined,
    { resources: { cpu: 3 }, timeLimit: 60, here: false },
    { resources: {}, here: true },
  ]);
});

Deno.test("a plan says what a run then does, and why", async () => {
  using folder = new Folder();
  const first = await run(pipeline, folder);
  const cached = await plan(pipeline, folder);
  assert.deepEqual(
    briefly(cached),
    ["a", "b", "c", "d"].map((step) => [step, "cached", "nothing changed"]),
  );
  assert.equal(cached[0].artifact, stepOf(first, "a").artifact);
  assert.equal(cached[0].seconds, stepOf(first, "a").seconds);

  const changed = { ...folder, parameters: { b: { text: "B" } } };
  assert.deepEqual(briefly(await plan(pipeline, changed)), [
    ["a", "cached", "nothing changed"],
    ["b", "would_run", `text: "b" → "B"`],
    ["c", "would_run", "b has to run first"],
    ["d", "cached", "nothing changed"],
  ]);
  const digest = (await plan(pipeline, folder))[1].digest!;
  assert.deepEqual((await plan(pipeline, changed)).map(({ why, changes }) => [why, changes]), [
    ["unchanged", []],
    ["changed", [{ kind: "parameter", name: "text", before: `"b"`, after: `"B"` }]],
    ["changed", [{ kind: "input", name: "b", before: digest, after: undefined }]],
    ["unchanged", []],
  ]);
  const { steps } = await run(pipeline, changed);
  const reasons = Object.fromEntries(steps.map(({ step, reason }) => [step, reason]));
  assert.equal(reasons.b, `text: "b" → "B"`);
});

Deno.test("a plan shows force, and only the targets", async () => {
  using folder = new Folder();
  await run(pipeline, folder);
  const entries = await plan(pipeline, { store: folder.store, targets: ["b"], force: true });
  assert.deepEqual(briefly(entries), [["a", "cached", "nothing changed"], [
    "b",
    "would_run",
    "forced",
  ]]);
});

Deno.test("of a forced step that never ran, plan and run say the same", async () => {
  using folder = new Folder();
  const forced = { ...folder, targets: ["d"], force: true };
  const [planned] = await plan(pipeline, forced);
  const { steps: [ran] } = await run(pipeline, forced);
  assert.deepEqual([planned.reason, ran.reason], ["forced", "forced"]);
});

Deno.test("a plan names what cannot run, and what waits for it", async () => {
  using folder = new Folder();
  const blocked = definePipeline([
    misbehave("read", "", { externals: () => ["/no/such/file"] }),
    writeText("after", ["step"]),
    writeText("apart"),
    { ...writeText("lost"), module: new URL("nowhere.ts", STEPS) },
  ]);
  const entries = await plan(blocked, folder);
  assert.match(entries.pop()!.reason, /^Module not found "file:.*nowhere\.ts"/);
  assert.deepEqual(briefly(entries), [
    ["step", "blocked", "it reads /no/such/file, which does not exist"],
    ["after", "blocked", "it needs step, which is blocked"],
    ["apart", "would_run", "it never ran"],
  ]);
});

Deno.test("why names the parameters that differ from the nearest entry, not from the last", async () => {
  using folder = new Folder();
  const withDeep = (deep: object) => ({ store: folder.store, parameters: { a: { deep } } });
  const first = await run(pipeline, { ...withDeep({ lr: 1, list: [1] }), targets: ["a"] });
  await run(pipeline, { ...withDeep({ lr: 5, list: [7], more: true }), targets: ["a"] });
  const { status, reason, changes, nearest } = await why(
    pipeline,
    "a",
    withDeep({ lr: 2, list: [1] }),
  );
  assert.equal(status, "would_run");
  assert.equal(reason, "deep.lr: 1 → 2");
  assert.deepEqual(changes, [{ kind: "parameter", name: "deep.lr", before: "1", after: "2" }]);
  assert.equal(nearest!.run, first.id);
  assert.equal(nearest!.key, first.steps[0].key);
});

Deno.test("why tells of a damaged artifact, and the next run makes it anew", async () => {
  using folder = new Folder();
  const { artifact } = stepOf(await run(pipeline, folder), "a");
  Deno.removeSync(`${artifact}/text.txt`);
  const { reason, changes } = await why(pipeline, "a", folder);
  assert.equal(reason, "its artifact is damaged: text.txt is missing");
  assert.deepEqual(changes, []);
  const again = await run(pipeline, folder);
  assert.deepEqual(stepOf(again, "a").status, "ran");
  assert.equal(Deno.readTextFileSync(`${artifact}/text.txt`), "a");
  assert.equal((await why(pipeline, "a", folder)).status, "cached");
});

const fingerprint: Fingerprint = {
  schema: 2,
  step: "train",
  module: "train.ts",
  files: { "a.ts": "1", "b.ts": "1", "gone.ts": "1" },
  packages: { "long@4.0.0": "x", "long@5.3.2": "y", "@scope/pkg@1.0.0_peer@2.0.0": "z" },
  parameters: { lr: 0.1, "old name": null },
  outputs: ["a"],
  notInDigest: [],
  inputs: { data: "1", weights: "1" },
  externals: { "/photos": "1" },
  environment: { MIRROR: null },
  device: "wasm",
  denoArguments: [],
};

const described = (after: Partial<Fingerprint>) =>
  changesBetween(fingerprint, { ...fingerprint, ...after }).map(describeChange);

Deno.test("every kind of change is found and told in words", () => {
  const cases: [Partial<Fingerprint>, string[]][] = [
    [{}, []],
    [{ parameters: { lr: 0.2, seed: 0 } }, ["lr: 0.1 → 0.2", "old name is gone", "seed 0 is new"]],
    [{ files: { "a.ts": "2", "b.ts": "1", "c.ts": "1" } }, [
      "a.ts changed",
      "c.ts is new",
      "gone.ts is gone",
    ]],
    [{ packages: { "long@4.0.0": "x", "@scope/pkg@1.1.0_peer@2.0.0": "z" } }, [
      "@scope/pkg: 1.0.0 → 1.1.0",
      "long: 4.0.0, 5.3.2 → 4.0.0",
    ]],
    [{ packages: { ...fingerprint.packages, "long@4.0.0": "w" } }, ["long@4.0.0: x → w"]],
    [{ inputs: { data: "2", weights: "" } }, [
      "data gave another result",
      "weights has to run first",
    ]],
    [{ externals: { "/photos": "2" } }, ["/photos changed"]],
    [{ externals: { "/others": "1" } }, [
      "/others is read now, and was not before",
      "/photos is not read any more",
    ]],
    [{ environment: { MIRROR: "1" } }, [
      "the variable MIRROR was not set, or did not matter, when the earlier result was made",
    ]],
    [{ device: "webgpu" }, ["device: wasm → webgpu"]],
    [{ outputs: ["a", "b"] }, ["outputs: a → a b"]],
    [{ denoArguments: ["--v8-flags=x"] }, ["denoArguments --v8-flags=x is new"]],
    [{ module: "t.ts" }, ["module: train.ts → t.ts"]],
  ];
  for (const [after, words] of cases) assert.deepEqual(described(after), words);
});

Deno.test("a reason of many changes stays one line", async () => {
  using folder = new Folder();
  const many = (n: number) => ({
    store: folder.store,
    targets: ["a"],
    parameters: { a: { deep: Object.fromEntries([..."abcde"].map((name) => [name, n])) } },
  });
  await run(pipeline, many(1));
  const [{ reason }] = await plan(pipeline, many(2));
  assert.equal(reason, "deep.a: 1 → 2; deep.b: 1 → 2; deep.c: 1 → 2; and 2 more");
});
