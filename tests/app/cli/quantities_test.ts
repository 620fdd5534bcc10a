import assert from "node:assert/strict";
import { formatSize, parseDuration, parseSize } from "../../../app/cli/quantities.ts";

Deno.test("ages and sizes are read in the units people use", () => {
  assert.deepEqual(["90s", "5m", "12h", "30d", "2w", "1.5 h"].map(parseDuration), [
    90,
    300,
    43_200,
    2_592_000,
    1_209_600,
    5400,
  ]);
  assert.deepEqual(["10GB", "500mb", "1.5 kB", "7B"].map(parseSize), [10e9, 500e6, 1500, 7]);
  for (const wrong of ["", "30", "d", "-1d", "3 years", "1e3GB"]) {
    assert.equal(parseDuration(wrong), undefined, wrong);
    assert.equal(parseSize(wrong), undefined, wrong);
  }
});

Deno.test("a size is written in the unit that leaves few digits", () => {
  const sizes = [0, 999, 1000, 12_345, 9_870_000, 123_456_789, 5e12];
  assert.deepEqual(sizes.map(formatSize), [
    "0 B",
    "999 B",
    "1.0 kB",
    "12 kB",
    "9.9 MB",
    "123 MB",
    "5.0 TB",
  ]);
});
