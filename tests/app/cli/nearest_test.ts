import assert from "node:assert/strict";
import { nearest } from "../../../app/cli/nearest.ts";

Deno.test("a word is near another within two edits", () => {
  assert.equal(nearest("pipline", ["pipeline", "plan"]), "pipeline");
  assert.equal(nearest("xyzzy", ["pipeline", "plan"]), undefined);
  assert.equal(nearest("lpan", ["why", "plan"]), "plan");
});
