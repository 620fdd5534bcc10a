import assert from "node:assert/strict";
import { short } from "../../report/number.ts";

Deno.test("an axis shows few digits, and powers of ten where zeros would pile up", () => {
  assert.deepEqual(
    [0, 0.2, 0.30000000000000004, 12.5, 99999, 1e5, 0.001, 0.0001, 2.5e-7, -0.4].map(short),
    ["0", "0.2", "0.3", "12.5", "100000", "1e5", "0.001", "1e-4", "2.5e-7", "-0.4"],
  );
});
