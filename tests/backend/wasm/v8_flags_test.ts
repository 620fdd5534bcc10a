import assert from "node:assert/strict";
import { v8FlagArguments } from "../../../backend/v8_flags.ts";

const ROOT = new URL("../../../", import.meta.url).pathname;

const memory = await Deno.makeTempFile();
const flags = await v8FlagArguments(memory);
await Deno.remove(memory);
const ignore = flags.length === 0;
if (ignore) console.log("tests with the V8 flags are skipped: this V8 does not have them");

async function deno(...args: string[]): Promise<string> {
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  const printed = new TextDecoder().decode(stdout);
  assert.ok(success, printed.slice(-4000) + new TextDecoder().decode(stderr).slice(-4000));
  return printed;
}

Deno.test({
  name: "networks compute the same bits with and without the V8 flags",
  ignore,
  fn: async () => {
    const digest = (flags: string[]) =>
      deno("run", "-A", ...flags, "tests/backend/wasm/digest_networks.ts");
    const plain = await digest([]);
    assert.match(plain, /^[0-9a-f]{64}\n$/);
    assert.equal(await digest(flags), plain);
  },
});

Deno.test({
  name: "the whole contract holds with the V8 flags, too",
  ignore,
  fn: async () => {
    const printed = await deno(
      "test",
      "-A",
      "--no-check",
      ...flags,
      "tests/backend/wasm/contract_test.ts",
    );
    assert.match(printed, /\| 0 failed/);
    assert.ok(Number(/ok \| (\d+) passed/.exec(printed)?.[1]) > 50, printed.slice(-300));
  },
});
