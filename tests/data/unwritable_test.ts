import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { describeError } from "../../app/cli/errors.ts";
import { nameUnwritten } from "../../data/unwritable.ts";
import { messageOf } from "../../pipeline/errors.ts";
import { remedyFor } from "../../pipeline/process/disk_full.ts";

const ignore = !existsSync("/dev/full");
if (ignore) console.log("unwritable: this system has no /dev/full to write to");

Deno.test("a full disk is explained with the path and a remedy, other errors stay as they are", {
  ignore,
}, async () => {
  using full = await Deno.open("/dev/full", { write: true });
  const error = await full.write(new Uint8Array(9)).catch((error) => nameUnwritten(error, "a.bin"));
  assert.equal((error as Error).message, "a.bin could not be written");
  // As people read it, of a command and of a step.
  const said = /a\.bin could not be written.*No space left.*: the disk is full: free some space/;
  assert.match(describeError(error, false), said);
  assert.match(messageOf(error) + remedyFor(error), said);
  const other = new Error("something else");
  assert.equal(nameUnwritten(other, "a.bin"), other);
});
