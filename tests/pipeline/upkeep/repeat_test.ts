import assert from "node:assert/strict";
import { definePipeline } from "../../../pipeline/graph.ts";
import { repeat } from "../../../pipeline/upkeep/repeat.ts";
import { run } from "../../../pipeline/run.ts";
import { Folder, misbehave, schemaOf, STEPS, writeText } from "../rig.ts";

/** Writes the time, and a text that stays; counts how often it ran, if it may. */
const moody = (folder: Folder, notInDigest: string[]) => {
  const step = new URL("../../../pipeline/process/step.ts", import.meta.url);
  const code = folder.write(
    "moody.ts",
    `import { runStep } from "${step}";
     await runStep(async (c) => {
       await Deno.writeTextFile(c.output + "/text.txt", "moody");
       await Deno.writeTextFile(c.output + "/time.txt", String(performance.now()));
       await Deno.writeTextFile("${folder.path}/ran.txt", "x", { append: true });
     });`,
  );
  return writeText("moody", ["a"], {
    module: new URL(`file://${code}`),
    parameters: undefined,
    outputs: ["text.txt", "time.txt"],
    notInDigest,
    permissions: () => ({ write: [`${folder.path}/ran.txt`] }),
  });
};

Deno.test("a step that gives the same twice is called deterministic, and was run twice", async () => {
  using folder = new Folder();
  const pipeline = definePipeline([writeText("a"), moody(folder, ["time.txt"])]);
  const found = await repeat(pipeline, "moody", folder);
  assert.deepEqual(found, {
    step: "moody",
    deterministic: true,
    differences: [],
    isStored: undefined,
  });
  assert.equal(folder.read("ran.txt"), "xx");
  assert.deepEqual([...Deno.readDirSync(`${folder.store}/tmp`)], []);
  const { steps } = await run(pipeline, folder);
  assert.deepEqual(steps.map(({ status }) => status), ["cached", "ran"]);
  assert.equal((await repeat(pipeline, "moody", folder)).isStored, true);
});

Deno.test("files that differ between two runs are named, and so is a stored result that nobody gets again", async () => {
  using folder = new Folder();
  const pipeline = definePipeline([writeText("a"), moody(folder, [])]);
  await run(pipeline, folder);
  const { deterministic, differences, isStored } = await repeat(pipeline, "moody", folder);
  assert.deepEqual([deterministic, differences, isStored], [false, ["time.txt"], false]);
});

Deno.test("a step with checkpoints is repeated from its beginning", async () => {
  using folder = new Folder();
  const pipeline = definePipeline([{
    ...writeText("count"),
    module: new URL("count.ts", STEPS),
    parameters: schemaOf({ to: 3, stop: { at: -1, how: "throw" } }),
    outputs: ["counted.json"],
    checkpointsAcross: ["to"],
  }]);
  await run(pipeline, folder);
  // What it counted itself would differ, had it gone on from a checkpoint.
  assert.deepEqual(await repeat(pipeline, "count", folder), {
    step: "count",
    deterministic: true,
    differences: [],
    isStored: true,
  });
});

Deno.test("a step that fails cannot be repeated, and says why", async () => {
  using folder = new Folder();
  const pipeline = definePipeline([misbehave("throw"), writeText("after", ["step"])]);
  for (const step of ["step", "after"]) {
    await assert.rejects(repeat(pipeline, step, folder), /^Error: step failed: the outer thing/);
  }
});
