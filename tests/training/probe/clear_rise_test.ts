import assert from "node:assert/strict";
import { hashUniform } from "../../../bench/certify/hash_numbers.ts";
import { risesClearly } from "../../../training/probe/clear_rise.ts";

const before = hashUniform(600, 1000).map((u) => 0.5 + 0.5 * u);
const all = [...before.keys()];
const raised = (by: number, noise: number) =>
  before.map((loss, i) => loss + by + noise * hashUniform(601, 1000)[i]);

Deno.test("a rise of a tenth in all photos is clear, and none or a fall is not", () => {
  assert.equal(risesClearly(before, raised(0.05, 0.1), all), true);
  assert.equal(risesClearly(before, before, all), false);
  assert.equal(risesClearly(before, raised(-0.2, 0.1), all), false);
});

Deno.test("a rise of a fiftieth is never clear, however sure", () => {
  assert.equal(risesClearly(before, raised(0.01, 0), all), false);
});

Deno.test("a rise in a few photos, or in photos of which half fell, is not clear", () => {
  assert.equal(risesClearly(before, raised(0.05, 0.1), all.slice(0, 6)), false);
  assert.equal(risesClearly(before, raised(0.05, 3), all), false);
});

Deno.test("photos that were not asked are not looked at", () => {
  const now = raised(0.1, 0);
  now.fill(NaN, 500);
  assert.equal(risesClearly(before, now, all.slice(0, 500)), true);
});
