/** What a step declares as secret reaches its process, and nothing that is kept or shown. */
import assert from "node:assert/strict";
import type { StepDeclaration } from "../../../pipeline/declaration.ts";
import { sha256 } from "../../../pipeline/digest.ts";
import { why } from "../../../pipeline/explain/why.ts";
import { definePipeline } from "../../../pipeline/graph.ts";
import { listRuns, runArtifact } from "../../../pipeline/upkeep/history.ts";
import { verify } from "../../../pipeline/upkeep/verify.ts";
import { walk } from "../../../pipeline/store/read_tree.ts";
import { Folder, misbehave, runCollecting, statuses, stepOf, writeText } from "../rig.ts";

/** Its text is all secret; what was concealed begins with a dash. */
const conceal: StepDeclaration["conceal"] = (parameters) => {
  const { text } = parameters as { text: string };
  const isSecret = !text.startsWith("-");
  return {
    parameters: { text: isSecret ? `-${sha256(text).slice(0, 8)}` : text },
    secrets: isSecret ? [text] : [],
  };
};
const pipeline = definePipeline([writeText("a", [], { conceal })]);
const telling = (folder: Folder, text: string) => ({
  store: folder.store,
  parameters: { a: { text } },
});

/** Everything in a store but artifacts, which are the step's own. */
function kept(store: string): string {
  return walk(store).files.filter((path) => !path.startsWith("artifacts/"))
    .map((path) => `${path}\n${Deno.readTextFileSync(`${store}/${path}`)}`).join("\n");
}

Deno.test("a secret is in no manifest, record, reason, event or log, and still decides the key", async () => {
  using folder = new Folder();
  const one = await runCollecting(pipeline, telling(folder, 'first "SECRET"'));
  const { artifact } = stepOf(one.record, "a");
  assert.equal(Deno.readTextFileSync(`${artifact}/text.txt`), 'first "SECRET"');
  const again = await runCollecting(pipeline, telling(folder, 'first "SECRET"'));
  assert.deepEqual(statuses(again.record), { a: "cached" });
  const two = await runCollecting(pipeline, telling(folder, "second SECRET"));
  const [before, after] = ['first "SECRET"', "second SECRET"].map((text) =>
    `"-${sha256(text).slice(0, 8)}"`
  );
  assert.equal(stepOf(two.record, "a").reason, `text: ${before} → ${after}`);
  const told = JSON.stringify([one, again, two]) + kept(folder.store);
  assert.ok(told.includes("wrote …"), "what it logged");
  assert.doesNotMatch(told, /SECRET/);
});

Deno.test("a secret that the step's error repeats is hidden, in its stack and its log, too", async () => {
  using folder = new Folder();
  const step = misbehave("SECRET way", "", {
    conceal: (parameters) => ({
      parameters: { ...parameters as object, way: "-" },
      secrets: ["SECRET way"],
    }),
  });
  const { record, events } = await runCollecting(definePipeline([step]), folder);
  assert.deepEqual(statuses(record), { step: "failed" });
  assert.doesNotMatch(JSON.stringify([record, events]) + kept(folder.store), /SECRET/);
});

Deno.test("what an earlier version kept is taken out of the store, which gives what it gave", async () => {
  using folder = new Folder();
  const open = definePipeline([writeText("a"), writeText("b", ["a"])]);
  const withConceal = definePipeline([writeText("a", [], { conceal }), writeText("b", ["a"])]);
  const long = `long SECRET ${"very ".repeat(30)}`; // cut in the reason for the next
  const told = ['old "SECRET"', "other SECRET", long, "last SECRET"]
    .map((text) => telling(folder, text));
  const runs = [];
  for (const options of told) runs.push((await runCollecting(open, options)).record);
  assert.match(kept(folder.store), /SECRET/);
  await runCollecting(withConceal, telling(folder, "new SECRET"));
  const left = kept(folder.store).split("\n").filter((line) => line.includes("SECRET"));
  assert.deepEqual(left, []);
  assert.deepEqual(await verify(folder.store), []);
  const records = (await listRuns(folder.store)).slice(1).reverse();
  assert.deepEqual(records.map(({ id }) => id), runs.map(({ id }) => id));
  for (const [i, record] of records.entries()) {
    const artifact = await runArtifact(folder.store, record, "a");
    assert.equal(artifact?.path, stepOf(runs[i], "a").artifact);
  }
  assert.equal(stepOf(records[1], "a").reason, 'text: "…" → "…"');
  // Once is enough.
  const before = Deno.readTextFileSync(`${folder.store}/cache/concealed.json`);
  assert.equal(before, '["a"]');
});

Deno.test("what an earlier version kept is not repeated", async () => {
  using folder = new Folder();
  const open = definePipeline([writeText("a")]);
  await runCollecting(open, telling(folder, "old SECRET"));
  for (const text of ["new SECRET", "old SECRET"]) {
    const { reason, changes } = await why(pipeline, "a", telling(folder, text));
    assert.ok(reason.length > 0);
    assert.doesNotMatch(JSON.stringify([reason, changes]), /SECRET/);
  }
});
