import assert from "node:assert/strict";
import * as v from "valibot";
import { expectation, optionsOf } from "../../../app/cli/expectation.ts";
import { duration, type Flag, flag, integer, number, text } from "../../../app/cli/flag.ts";

Deno.test("what a schema takes is said in words, also of a flag made of it", () => {
  const share = v.pipe(v.number(), v.minValue(0), v.ltValue(1));
  const safe = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
  for (
    const [schema, words] of [
      [integer(1), "a whole number from 1"],
      [integer(0, 9), "a whole number from 0 to 9"],
      [number(safe), "a whole number from 1"],
      [number(share), "a number from 0 below 1"],
      [v.picklist(["a", "b"]), "one of a, b"],
      [duration, "an age such as 30d or 12h"],
      [text, "a value"],
      [v.union([integer(1), v.literal("auto")]), "a whole number from 1, or auto"],
      [v.string(), "a value"],
    ] as const
  ) {
    assert.equal(expectation(schema), words);
    assert.equal(expectation(flag(schema as Flag, { value: "X", help: "" })), words);
  }
});

Deno.test("options are those of a list of them, and of nothing else", () => {
  assert.deepEqual(optionsOf(flag(v.picklist(["a", "b"]), { value: "X", help: "" })), ["a", "b"]);
  assert.equal(optionsOf(text), undefined);
});
