import assert from "node:assert/strict";
import { v8FlagArguments } from "../../../backend/v8_flags.ts";

const ROOT = new URL("../../../", import.meta.url).pathname;

async function digestWith(flags: string[]): Promise<string> {
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", ...flags, "tests/backend/wasm/digest_networks.ts"],
    cwd: ROOT,
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

Deno.test("networks compute the same bits with and without the V8 flags", async () => {
  const memory = await Deno.makeTempFile();
  const flags = await v8FlagArguments(memory);
  await Deno.remove(memory);
  if (flags.length === 0) {
    console.log("skipped: this V8 does not have the flags");
    return;
  }
  const plain = await digestWith([]);
  assert.match(plain, /^[0-9a-f]{64}\n$/);
  assert.equal(await digestWith(flags), plain);
});
