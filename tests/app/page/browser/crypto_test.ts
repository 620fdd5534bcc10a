import assert from "node:assert/strict";
import * as crypto from "node:crypto";
import { createHash } from "../../../../app/page/browser/crypto.ts";

Deno.test("hashes in a page are those of node:crypto", () => {
  for (const text of ["", "a", "Käfer 日本 \u{1f41d}", "x".repeat(1000)]) {
    assert.equal(
      createHash("sha256").update(text).digest("hex"),
      crypto.createHash("sha256").update(text).digest("hex"),
    );
  }
});
