import assert from "node:assert/strict";
import { join } from "node:path";
import { digestMatches, formatPin, sha256OfFile } from "../../../data/download/digest.ts";
import { tempFolder } from "./temp_folder.ts";

// From FIPS 180-2: one million times "a".
const million = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

Deno.test("a file's SHA-256 is the standard's, over several reads", async () => {
  using folder = tempFolder();
  const path = join(folder.path, "a");
  Deno.writeTextFileSync(path, "a".repeat(1_000_000));
  assert.equal(await sha256OfFile(path), million);
});

Deno.test("a pin is a digest, its first 8 digits or more, or a list of these", () => {
  assert.ok(digestMatches(million, million));
  assert.ok(digestMatches("cdc76e5c", million));
  assert.ok(digestMatches(["00000000", "cdc76e5c"], million));
  assert.ok(!digestMatches("cdc76e5d", million));
  assert.ok(!digestMatches([], million));
  for (const pin of ["", "cdc76e5", "CDC76E5C", "cdc76e5g", million + "0"]) {
    assert.throws(() => digestMatches(pin, million), TypeError);
  }
  assert.equal(formatPin(["a", "b"]), "a or b");
});
