import assert from "node:assert/strict";
import { mermaid } from "../../../app/cli/dag.ts";
import { definePipeline } from "../../../pipeline/graph.ts";

Deno.test("a flowchart has every step with its state and time, and an arrow for every input", () => {
  const module = new URL("file:///step.ts");
  const pipeline = definePipeline([
    { name: "fetch", module, inputs: [], outputs: [] },
    { name: "train", module, inputs: ["fetch"], outputs: [] },
    { name: "score", module, inputs: ["fetch", "train"], outputs: [] },
  ]);
  const entry = (step: string, status: "cached" | "would_run", seconds?: number) => ({
    step,
    status,
    seconds,
    reason: "",
    changes: [],
  });
  const chart = mermaid(pipeline, [
    entry("fetch", "cached", 2.5),
    entry("train", "would_run", 61),
    entry("score", "would_run"),
  ]).split("\n");
  assert.equal(chart[0], "flowchart LR");
  assert.ok(chart.includes(`  s0["fetch<br><i>cached, 2.5 s</i>"]:::cached`));
  assert.ok(chart.includes(`  s1["train<br><i>would run, about 1 min 1 s</i>"]:::would_run`));
  assert.ok(chart.includes(`  s2["score<br><i>would run</i>"]:::would_run`));
  assert.deepEqual(chart.filter((line) => line.includes("-->")), [
    "  s0 --> s1",
    "  s0 --> s2",
    "  s1 --> s2",
  ]);
});
