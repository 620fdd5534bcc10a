/** A step that reads a part of an input depends on that part, and sees no other. */
import assert from "node:assert/strict";
import { defineStep } from "../../pipeline/declaration.ts";
import { plan } from "../../pipeline/explain/plan.ts";
import { definePipeline } from "../../pipeline/graph.ts";
import { run } from "../../pipeline/run.ts";
import { Folder, schemaOf, statuses, STEPS, writeText } from "./rig.ts";

/** `all` writes files, of which `part` reads those that are named, and `whole` all. */
const pipeline = (...read: string[]) =>
  definePipeline([
    defineStep({
      name: "all",
      module: new URL("write_files.ts", STEPS),
      parameters: schemaOf({ files: {} }),
      inputs: [],
      outputs: ["text.txt"],
    }),
    writeText("part", ["all"], { reads: { all: read } }),
    writeText("whole", ["all"]),
  ]);
const parameters = (files: Record<string, string>) => ({ all: { files } });
const first = parameters({ "text.txt": "a", "more/one.txt": "b", "more.txt": "c" });

Deno.test("a step runs again when what it reads of an input changes, and for nothing else in it", async () => {
  using folder = new Folder();
  const store = folder.store;
  const graph = pipeline("text.txt", "more");
  const statusesAfter = async (files: Record<string, string>) => {
    const planned = await plan(graph, { store, parameters: parameters(files) });
    const { part } = statuses(await run(graph, { store, parameters: parameters(files) }));
    return [planned.find(({ step }) => step === "part")!.status, part];
  };
  assert.deepEqual(statuses(await run(graph, { store, parameters: first })), {
    all: "ran",
    part: "ran",
    whole: "ran",
  });
  const again = await plan(graph, { store, parameters: first });
  assert.deepEqual(again.map(({ status }) => status), ["cached", "cached", "cached"]);
  const other = { "text.txt": "a", "more/one.txt": "b", "more.txt": "changed", "new.txt": "d" };
  const { part, whole } = statuses(await run(graph, { store, parameters: parameters(other) }));
  assert.deepEqual({ part, whole }, { part: "cached", whole: "ran" });
  assert.deepEqual(await statusesAfter(other), ["cached", "cached"]);
  for (const path of ["more/one.txt", "more/two.txt"]) {
    assert.deepEqual((await statusesAfter({ ...other, [path]: "changed" }))[1], "ran");
  }
});

Deno.test("a step may not read the rest of an input", async () => {
  using folder = new Folder();
  const record = await run(pipeline("more"), {
    store: folder.store,
    parameters: first,
    keepGoing: true,
  });
  const { status, error } = record.steps.find(({ step }) => step === "part")!;
  assert.equal(status, "failed");
  assert.match(error!.message, /^Requires read access to ".*text\.txt"/);
  assert.equal(statuses(record).whole, "ran");
});

Deno.test("what is read of a step that is no input is refused by name", () => {
  assert.throws(
    () => definePipeline([writeText("a"), writeText("b", ["a"], { reads: { c: ["text.txt"] } })]),
    /step "b" reads of "c", which is no input of it/,
  );
});
