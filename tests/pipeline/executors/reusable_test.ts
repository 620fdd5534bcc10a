/** Steps that are declared reusable run in one process in turn, and see no more than in one of their own. */
import assert from "node:assert/strict";
import type { StepDeclaration } from "../../../pipeline/declaration.ts";
import { definePipeline } from "../../../pipeline/graph.ts";
import { run } from "../../../pipeline/run.ts";
import type { RunRecord } from "../../../pipeline/run_record.ts";
import { Folder, schemaOf, statuses, stepOf, STEPS } from "../rig.ts";

const ignore = Deno.build.os === "windows";
if (ignore) console.log("reusable steps: a process each on Windows, where links take a permission");

const reused = (
  name: string,
  inputs: StepDeclaration["inputs"] = [],
  more: Partial<StepDeclaration> = {},
): StepDeclaration => ({
  name,
  module: new URL("reused.ts", STEPS),
  parameters: schemaOf({ also: "", fail: false }),
  inputs,
  outputs: ["text.txt", "pid.txt"],
  notInDigest: ["pid.txt"],
  reusable: true,
  ...more,
});

const fileOf = (record: RunRecord, step: string, name: string) =>
  Deno.readTextFileSync(`${stepOf(record, step).artifact}/${name}`);
const pidOf = (record: RunRecord, step: string) => Number(fileOf(record, step, "pid.txt"));

/** Under the inputs' own names, all is the same to each. */
const chain = (...names: string[]) =>
  names.map((name, i) => reused(name, i === 0 ? [] : { before: names[i - 1] }));

Deno.test(
  "one process runs a chain of steps, each with its own inputs, output and log",
  { ignore },
  async () => {
    using folder = new Folder();
    const names = ["a", "b", "c", "d"];
    const record = await run(definePipeline(chain(...names)), folder);
    assert.equal(record.status, "done");
    assert.deepEqual(names.map((name) => fileOf(record, name, "text.txt")), [
      ".",
      "..",
      "...",
      "....",
    ]);
    // The inputs' files that are not in their digests may not be read: so `a`, which has none, differs.
    assert.equal(new Set(names.slice(1).map((name) => pidOf(record, name))).size, 1);
    const logs = names.map((name) =>
      Deno.readTextFileSync(`${folder.store}/runs/${record.id}/${name}.log`)
    );
    assert.deepEqual(logs, ["printed for \n", ...Array(3).fill("printed for before\n")]);
    assert.deepEqual([...Deno.readDirSync(`${folder.store}/tmp`)], []);
    for (const name of names) {
      assert.throws(() => Deno.kill(pidOf(record, name), "SIGCONT"), Deno.errors.NotFound);
    }
  },
);

Deno.test("a process of a step's own gives the same", async () => {
  using one = new Folder();
  using other = new Folder();
  const steps = chain("a", "b", "c");
  const apart = steps.map((step) => ({ ...step, reusable: false }));
  const [a, b] = [await run(definePipeline(steps), one), await run(definePipeline(apart), other)];
  assert.deepEqual(a.steps.map(({ key }) => key), b.steps.map(({ key }) => key));
  assert.equal(fileOf(a, "c", "text.txt"), fileOf(b, "c", "text.txt"));
  assert.equal(new Set(["a", "b", "c"].map((name) => pidOf(b, name))).size, 3);
});

Deno.test("a reused process may read its step's inputs alone, and of these what is in the digest", {
  ignore,
}, async () => {
  using folder = new Folder();
  const first = await run(definePipeline(chain("a", "b")), folder);
  const forbidden = {
    "another step's result": `${stepOf(first, "a").artifact}/text.txt`,
    "what is not in the digest": "INPUT/pid.txt",
    "its input by its own path": `${stepOf(first, "b").artifact}/text.txt`,
    "beside its folders": "INPUT/../../../../entries",
  };
  for (const [what, also] of Object.entries(forbidden)) {
    const pipeline = definePipeline([...chain("a", "b"), reused("c", { before: "b" })]);
    const record = await run(pipeline, { ...folder, parameters: { c: { also } } });
    assert.match(stepOf(record, "c").reason, /^Requires read access/, what);
  }
});

Deno.test(
  "no process is used again after a failure, an edit, or by a step with other permissions",
  { ignore },
  async () => {
    using folder = new Folder();
    const steps = [
      reused("a"),
      reused("fails", [], { parameters: schemaOf({ also: "", fail: true }) }),
      reused("other", [], { denoArguments: () => ["--v8-flags=--stack-size=900"] }),
      reused("b"),
    ];
    const record = await run(definePipeline(steps), { ...folder, jobs: 1, keepGoing: true });
    assert.deepEqual(statuses(record), { a: "ran", fails: "failed", other: "ran", b: "ran" });
    assert.equal(new Set(["a", "b", "other"].map((name) => pidOf(record, name))).size, 3);

    const path = folder.write(
      "step.ts",
      Deno.readTextFileSync(new URL("reused.ts", STEPS))
        .replace("../../../", new URL("../../../", STEPS).href),
    );
    const module = new URL(`file://${path}`);
    const edited = await run(definePipeline(chain("c", "d", "e").map((s) => ({ ...s, module }))), {
      ...folder,
      onEvent: (event) => {
        if (event.type !== "step_finished" || event.step !== "d") return;
        const text = Deno.readTextFileSync(path);
        Deno.writeTextFileSync(path, text.replace("}.`", "}!`"));
      },
    });
    const texts = ["c", "d", "e"].map((name) => fileOf(edited, name, "text.txt"));
    assert.deepEqual(texts, [".", "..", "..!"]);
  },
);

Deno.test("a step that keeps or knows something of its own has a process of its own", async () => {
  using folder = new Folder();
  const own: Partial<StepDeclaration> = { permissions: () => ({ sys: ["hostname"] }) };
  const steps = [reused("a", [], own), reused("b", [], own)];
  const record = await run(definePipeline(steps), { ...folder, jobs: 1 });
  assert.notEqual(pidOf(record, "a"), pidOf(record, "b"));
});
