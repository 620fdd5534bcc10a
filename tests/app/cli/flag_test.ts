import assert from "node:assert/strict";
import * as v from "valibot";
import { factsOf, flag, grouped, integer, repeated, toggle } from "../../../app/cli/flag.ts";

const cups = integer(1);
const N = { value: "N", help: "how many" };

Deno.test("an absent flag is its default, undefined without one, and missed where it is required", () => {
  const flags = v.object({
    plain: flag(cups, N),
    four: flag(cups, { ...N, default: "4" }),
    off: toggle({ help: "switch" }),
    none: repeated(N),
  });
  assert.deepEqual(v.parse(flags, {}), { four: 4, off: false, none: [] });
  const required = v.object({ cups: flag(cups, { ...N, required: true }) });
  assert.equal(v.safeParse(required, {}).success, false);
  assert.deepEqual(v.parse(required, { cups: "2" }), { cups: 2 });
});

Deno.test("a flag keeps what it was told, without its default, which its schema has", () => {
  assert.deepEqual(factsOf(flag(cups, { ...N, axis: "list", default: "4" })), {
    ...N,
    axis: "list",
  });
  assert.deepEqual(factsOf(repeated(N)), { ...N, multiple: true });
  assert.deepEqual(factsOf(toggle({ help: "switch", passing: true })), {
    help: "switch",
    passing: true,
  });
});

Deno.test("a group's flags are as they were, under its name", () => {
  const flags = grouped("Tea", { cups: flag(cups, { ...N, default: "4" }) });
  assert.deepEqual(factsOf(flags.entries.cups), { ...N, group: "Tea" });
  assert.deepEqual([v.parse(flags, {}), v.parse(flags, { cups: "2" })], [{ cups: 4 }, { cups: 2 }]);
});
