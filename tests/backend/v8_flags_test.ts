import assert from "node:assert/strict";
import { v8FlagArguments } from "../../backend/v8_flags.ts";
import { kernelsAreRight } from "../../backend/wasm/self_check.ts";

const onX64 = Deno.build.arch === "x86_64";
if (!onX64) {
  console.log(`the V8 flags are for x86_64: their tests are skipped on ${Deno.build.arch}`);
}

Deno.test("the kernels pass the check that the flags must pass", async () => {
  assert.equal(await kernelsAreRight(), true);
});

Deno.test(
  { name: "the answer is kept, and believed only for what was tried", ignore: !onX64 },
  async () => {
    const folder = await Deno.makeTempDir();
    const memory = `${folder}/cache/v8_flags.json`;
    const first = await v8FlagArguments(memory);
    const kept = JSON.parse(await Deno.readTextFile(memory));
    assert.equal(kept.holds, first.length === 1);
    await Deno.writeTextFile(memory, JSON.stringify({ ...kept, holds: !kept.holds }));
    assert.equal((await v8FlagArguments(memory)).length, kept.holds ? 0 : 1);
    for (const damaged of ["{", JSON.stringify({ tried: "another Deno", holds: !kept.holds })]) {
      await Deno.writeTextFile(memory, damaged);
      assert.deepEqual(await v8FlagArguments(memory), first);
    }
    await Deno.remove(folder, { recursive: true });
  },
);
