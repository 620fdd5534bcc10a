/** Sums of rows that come and go give what looking at all of them gives. */
import assert from "node:assert/strict";
import { Generator } from "../../../data/torch_random.ts";
import { matrix } from "../../../training/probe/matrix.ts";
import { RunningScaler } from "../../../training/probe/running_scaler.ts";
import { fitStandardScaler } from "../../../training/probe/standardise.ts";

Deno.test("rows come and go: mean and scale are those of the rows that are left, constants too", () => {
  const random = new Generator(1), columns = 5;
  const row = (i: number) => [
    random.uniformDouble() * 4 - 2,
    1e4 + random.uniformDouble(), // varies little beside what it is
    7.3,
    0,
    i < 20 ? 1000 * random.uniformDouble() : 0.1, // constant once those are gone
  ];
  const features = matrix(60, columns, Array.from({ length: 60 }, (_, i) => row(i)).flat());
  const running = new RunningScaler(columns);
  for (let i = 0; i < 60; i++) running.count(features, i, 1);
  for (let i = 0; i < 20; i++) running.count(features, i, -1);
  const rows = Int32Array.from({ length: 40 }, (_, i) => 20 + i);
  const actual = running.scaler(features, rows), expected = fitStandardScaler(features, rows);
  for (let d = 0; d < columns; d++) {
    assert.ok(
      Math.abs(actual.mean[d] - expected.mean[d]) <= 1e-12 * Math.abs(expected.mean[d]) + 1e-13,
    );
    assert.ok(Math.abs(actual.scale[d] / expected.scale[d] - 1) < 1e-9, `scale of ${d}`);
  }
  assert.equal(actual.scale[4], 1);
});
