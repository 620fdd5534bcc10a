import assert from "node:assert/strict";
import type { Check } from "../../bench/certify/check.ts";

/** That there are checks, and each keeps its bound. */
export function assertKept(checks: Check[]): void {
  assert.ok(checks.length > 0, "nothing was compared");
  for (const { what, worst, difference, bound, ok } of checks) {
    assert.ok(ok, `${what}${worst ? ` (${worst})` : ""} is off by ${difference} > ${bound}`);
  }
}
