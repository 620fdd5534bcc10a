import assert from "node:assert/strict";
import { CAN_CHAIN, FirstProcess, type ProcessChain } from "../../data/process_chain.ts";
import { ProcessError, ProcessPool } from "../../data/process_pool.ts";

const module = new URL("chain_process.ts", import.meta.url);
const HANGS = 255, FIRST_BREAKS = 254, SECOND_BREAKS = 253;
const ignore = !CAN_CHAIN;
if (ignore) console.log("not tested: this system hands no pipe of one process to another");

const first = (role = "first") => new FirstProcess({ module, args: [role] });
const second = { module, args: ["second"] };

/** Chains that are asked one byte after the other, and the chains themselves. */
function poolOf(options = second, role?: string, ahead = 0) {
  const chains: ProcessChain[] = [];
  const start = () => {
    const chain = first(role).before(options);
    chains.push(chain);
    return chain;
  };
  const pool = new ProcessPool(start, "talks", 1, ahead);
  return {
    chains,
    say: async (
      byte: number,
      patience?: number,
    ) => [...await pool.run([Uint8Array.of(byte)], (output) => output.read(3), patience)],
    [Symbol.dispose]: () => pool[Symbol.dispose](),
  };
}

const reason = (expected: ProcessError["reason"], message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof ProcessError);
  assert.equal(error.reason, expected);
  assert.match(error.message, message);
  return true;
};

Deno.test({
  name: "what the first process answers is asked of the second, and neither may do anything",
  ignore,
  async fn() {
    using pool = poolOf();
    for (const byte of [0, 10, 1, 200]) assert.deepEqual(await pool.say(byte), [byte, 0, 0]);
  },
});

Deno.test({
  name: "the second may do what its flags allow, and the first nothing",
  ignore,
  async fn() {
    using pool = poolOf({ ...second, flags: ["--allow-read"] } as typeof second);
    assert.deepEqual(await pool.say(7), [7, 0, 1]);
  },
});

Deno.test({
  name: "a first process that stays alone answers itself, and may do nothing",
  ignore,
  async fn() {
    using pool = new ProcessPool(() => first().alone(), "talks", 1);
    assert.deepEqual(
      await pool.run([Uint8Array.of(5)], (output) => output.read(2)),
      Uint8Array.of(5, 0),
    );
  },
});

Deno.test({
  name: "of a chain that breaks it is told which process did, and another one takes its place",
  ignore,
  async fn() {
    using pool = poolOf();
    await assert.rejects(pool.say(FIRST_BREAKS), reason("ended", /first broke over it/));
    assert.equal(await pool.chains[0].broke, false);
    assert.deepEqual(await pool.say(1), [1, 0, 0]);
    await assert.rejects(pool.say(SECOND_BREAKS), reason("ended", /second broke over it/));
    assert.equal(await pool.chains[1].broke, true);
    await assert.rejects(pool.say(HANGS, 50), reason("late", /^it takes longer than 0.05 s$/));
    assert.equal(await pool.chains[2].broke, false);
    assert.deepEqual(await pool.say(2), [2, 0, 0]);
  },
});

Deno.test({
  name: "where either cannot start, it says why",
  ignore,
  async fn() {
    using noFirst = poolOf(second, "broken");
    await assert.rejects(noFirst.say(1), reason("not started", /cannot begin/));
    using noSecond = poolOf({ module, args: ["broken"] });
    await assert.rejects(noSecond.say(1), reason("not started", /cannot begin/));
  },
});

Deno.test({
  name: "what was asked ahead of a request that breaks is asked again of the next chain",
  ignore,
  async fn() {
    using pool = poolOf(second, "first", 1);
    const all = [1, FIRST_BREAKS, 2, SECOND_BREAKS, 3, 4].map((byte) => pool.say(byte));
    const settled = await Promise.allSettled(all);
    assert.deepEqual(
      settled.map((result) => result.status === "fulfilled" ? result.value[0] : "broken"),
      [1, "broken", 2, "broken", 3, 4],
    );
  },
});
