/** Earlier artifacts that a step may look into. */
import assert from "node:assert/strict";
import type { StepDeclaration } from "../../../pipeline/declaration.ts";
import { definePipeline } from "../../../pipeline/graph.ts";
import { run, type RunOptions } from "../../../pipeline/run.ts";
import { Folder, schemaOf, stepOf, STEPS } from "../rig.ts";

const looks: StepDeclaration = {
  name: "looks",
  module: new URL("look_back.ts", STEPS),
  parameters: schemaOf({ text: "" }),
  inputs: [],
  outputs: ["text.txt", "seen.json"],
  notInDigest: ["seen.json"],
  earlier: 2,
};

async function seen(folder: Folder, text: string, more: Partial<RunOptions> = {}, step = looks) {
  const record = await run(definePipeline([step]), {
    ...folder,
    ...more,
    parameters: { [step.name]: { text } },
  });
  const { artifact, status, reason } = stepOf(record, step.name);
  assert.equal(status, "ran", reason);
  return { seen: JSON.parse(await Deno.readTextFile(`${artifact}/seen.json`)), artifact };
}

Deno.test("a step sees the newest of its kind, the last one first, and none when it is forced", async () => {
  using folder = new Folder();
  assert.deepEqual((await seen(folder, "a")).seen, []);
  assert.deepEqual((await seen(folder, "b")).seen, ["a"]);
  assert.deepEqual((await seen(folder, "c")).seen, ["b", "a"]);
  const { artifact } = await seen(folder, "d");
  const other = { ...looks, name: "other" };
  assert.deepEqual((await seen(folder, "e", {}, other)).seen, []);
  assert.deepEqual((await seen(folder, "f", {}, { ...other, kind: "looks" })).seen, ["d", "c"]);
  await Deno.truncate(`${artifact}/text.txt`, 0);
  assert.deepEqual((await seen(folder, "g")).seen, ["f"]);
  assert.deepEqual((await seen(folder, "g", { force: ["looks"] })).seen, []);
});

Deno.test("a step that does not ask for them has none", async () => {
  using folder = new Folder();
  const { earlier: _, ...step } = looks;
  await seen(folder, "a", {}, step);
  assert.deepEqual((await seen(folder, "b", {}, step)).seen, []);
});
