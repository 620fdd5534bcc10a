import assert from "node:assert/strict";
import { type AccuracyRun, accuracyRun, readRuns } from "../../../bench/accuracy/accuracy_run.ts";
import { accuracyTable } from "../../../bench/accuracy/accuracy_table.ts";
import { type FinetuneRun, finetuneRun, keyOf } from "../../../bench/accuracy/finetune_run.ts";
import { finetuneTable } from "../../../bench/accuracy/finetune_table.ts";
import { VARIANTS } from "../../../bench/accuracy/variants.ts";

const cellsOf = (line: string) => line.split("|").slice(1, -1).map((cell) => cell.trim());
const rowsOf = (table: string, first: string) =>
  table.split("\n").map(cellsOf).filter(([name]) => name === first);

function accuracyOf(tool: string, set: string, division: number, right: string): AccuracyRun {
  const accuracy = right.replaceAll("0", "").length / right.length;
  const common = { bench: "accuracy" as const, model: "m", device: "d", val: { accuracy: 1 } };
  return { ...common, tool, set, division, test: { accuracy, right }, seconds: 10 * division };
}

Deno.test("tools are compared with best on the divisions that both did", () => {
  const table = accuracyTable([
    accuracyOf("best", "birds", 1, "1111"),
    accuracyOf("best", "cars", 1, "10"),
    accuracyOf("other", "birds", 1, "1100"),
    accuracyOf("other", "birds", 2, "0000"),
  ]);
  const [accuracy, difference, seconds] = rowsOf(table, "other, m");
  assert.deepEqual(accuracy.slice(1), ["25.0% (2)", "–", "–"]);
  assert.match(difference[1], /^\+50\.0 \(/);
  assert.deepEqual(seconds.slice(1), ["15 s", "–", ""]);
  assert.deepEqual(rowsOf(table, "best, m")[0].slice(1), ["100.0% (1)", "50.0% (1)", "75.0%"]);
});

function finetuned(set: string, variant: string, right: readonly string[]): FinetuneRun {
  const [start, ...epochs] = right.map((right, i) => {
    const score = { loss: 1 - i / 10, accuracy: i / 10 };
    const accuracy = right.replaceAll("0", "").length / right.length;
    return { lr: 1, train: score, val: score, test: { loss: 1, accuracy, right } };
  });
  return {
    bench: "finetune",
    ...{ set, division: 0, seed: 0, variant, model: "m", backend: "wasm", C: 1, seconds: 1 },
    recipe: VARIANTS.get("lr 1e-4")!,
    photos: { train: 1, val: 1, test: 4 },
    start,
    epochs,
  };
}

Deno.test("variants are listed by what they gain on test over the start, set by set", () => {
  const table = finetuneTable([
    finetuned("birds", "worse", ["1100", "1000"]),
    finetuned("birds", "better", ["1100", "0000", "1110"]),
    finetuned("cars", "better", ["1100", "1111"]),
  ]);
  const names = table.split("\n").map((line) => cellsOf(line)[0]);
  assert.ok(names.indexOf("better") < names.indexOf("worse"));
  assert.deepEqual(rowsOf(table, "better")[0].slice(1, 4), ["25.00 (1)", "50.00 (1)", "37.50"]);
  assert.deepEqual(rowsOf(table, "worse")[0].slice(1, 4), ["-25.00 (1)", "–", "-25.00"]);
});

Deno.test("lines that were cut off, and files that are not there, are no runs", async () => {
  const path = await Deno.makeTempFile();
  const runs = [accuracyOf("a", "birds", 0, "1"), accuracyOf("b", "birds", 0, "0")];
  const lines = runs.map((run) => JSON.stringify(run)).join("\n");
  await Deno.writeTextFile(path, lines.slice(0, -9));
  assert.deepEqual(await readRuns([path, `${path}.none`], accuracyRun), [runs[0]]);
  assert.deepEqual(await readRuns([path], finetuneRun), []);
  await Deno.remove(path);
});

Deno.test("a run is told from others by set, division, seed and variant", () => {
  const run = finetuned("birds", "slow", ["1"]);
  const others = [{ set: "cars" }, { division: 1 }, { seed: 1 }, { variant: "fast" }];
  const keys = [run, ...others.map((other) => ({ ...run, ...other }))].map(keyOf);
  assert.equal(new Set(keys).size, keys.length);
  const slower = { ...run, seconds: 9 };
  assert.equal(keyOf(slower), keys[0]);
});
