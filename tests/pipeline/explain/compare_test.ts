import assert from "node:assert/strict";
import { compareRuns, type StepComparison } from "../../../pipeline/explain/compare.ts";
import { gc } from "../../../pipeline/upkeep/gc.ts";
import { definePipeline } from "../../../pipeline/graph.ts";
import { run } from "../../../pipeline/run.ts";
import { Folder, writeText } from "../rig.ts";

const pipeline = definePipeline([writeText("a"), writeText("b", ["a"]), writeText("c")]);
const withTexts = (folder: Folder, a: string, b: string) => ({
  store: folder.store,
  parameters: { a: { text: a }, b: { text: b } },
});

Deno.test("two runs differ in the parameters, inputs and numbers of each step that differs", async () => {
  using folder = new Folder();
  const first = await run(pipeline, withTexts(folder, "one", "b"));
  const second = await run(pipeline, withTexts(folder, "three", "b"));
  const compared = await compareRuns(folder.store, first, second);
  assert.deepEqual(compared.map(({ step }) => step), ["a", "b"]);
  const [a, b] = compared;
  assert.deepEqual(a.changes, [
    { kind: "parameter", name: "text", before: `"one"`, after: `"three"` },
  ]);
  assert.deepEqual(a.figures, [{ name: "length", before: 3, after: 5 }]);
  assert.deepEqual(b.changes.map(({ kind, name }) => [kind, name]), [["input", "a"]]);
  assert.deepEqual(b.figures, []);
  assert.deepEqual(await compareRuns(folder.store, second, second), []);
});

Deno.test("runs without their artifacts are compared by their records", async () => {
  using folder = new Folder();
  const first = await run(pipeline, withTexts(folder, "one", "b"));
  const second = await run(pipeline, withTexts(folder, "three", "b"));
  await gc(folder.store, { maxSize: 0 });
  const [a] = await compareRuns(folder.store, first, second);
  assert.deepEqual(a.changes, [
    { kind: "parameter", name: "text", before: `"one"`, after: `"three"` },
  ]);
});

Deno.test("a step that only one run has is named as such", async () => {
  using folder = new Folder();
  const whole = await run(pipeline, folder);
  const part = await run(pipeline, { store: folder.store, targets: ["a"] });
  const names = (which: "before" | "after", compared: StepComparison[]) =>
    compared.filter(({ only }) => only === which).map(({ step }) => step).sort();
  assert.deepEqual(names("before", await compareRuns(folder.store, whole, part)), ["b", "c"]);
  assert.deepEqual(names("after", await compareRuns(folder.store, part, whole)), ["b", "c"]);
});
