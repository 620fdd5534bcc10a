import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { explainDiskFull } from "../../../data/download/disk_full.ts";

const ignore = !existsSync("/dev/full");
if (ignore) console.log("disk_full: this system has no /dev/full to write to");

Deno.test("a full disk is explained with the path, other errors stay as they are", {
  ignore,
}, async () => {
  using full = await Deno.open("/dev/full", { write: true });
  const error = await full.write(new Uint8Array(9)).catch((error) =>
    explainDiskFull(error, "a.bin")
  );
  assert.match((error as Error).message, /disk is full: a\.bin could not be written\. Free space/);
  const other = new Error("something else");
  assert.equal(explainDiskFull(other, "a.bin"), other);
});
