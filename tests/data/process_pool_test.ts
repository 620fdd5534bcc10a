import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { PipeReader } from "../../data/pipe_reader.ts";
import { ProcessError, ProcessPool, startProcess } from "../../data/process_pool.ts";

const module = new URL("talking_process.ts", import.meta.url);
const HANGS = 255, BREAKS = 254, PRINTS = 253, READS = 252;

const poolOf = (size: number, args: string[] = [], ahead = 0) =>
  new ProcessPool(() => startProcess({ module, args }), "talks", size, ahead);

async function readAnswer(output: PipeReader) {
  const byte = await output.read(1);
  const pid = await output.readUint32s(1);
  return byte && pid && { byte: byte[0], pid: pid[0] };
}

const say = (pool: ProcessPool, byte: number, patience?: number) =>
  pool.run([Uint8Array.of(byte)], readAnswer, patience);

const reason = (expected: ProcessError["reason"], message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof ProcessError);
  assert.equal(error.reason, expected);
  assert.match(error.message, message);
  return true;
};

/** Whether a process of this id is there; what has ended and waits to be collected is not. */
async function isAlive(pid: number): Promise<boolean> {
  const { stdout } = await new Deno.Command("ps", { args: ["-o", "stat=", "-p", `${pid}`] })
    .output();
  return /^[^Z\s]/.test(new TextDecoder().decode(stdout));
}

Deno.test("requests are answered by as many processes as there are, each with its own answer", async () => {
  using pool = poolOf(2);
  const answers = await Promise.all(Array.from({ length: 9 }, (_, i) => say(pool, i)));
  assert.deepEqual(answers.map(({ byte }) => byte), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  assert.equal(new Set(answers.map(({ pid }) => pid)).size, 2);
});

Deno.test("what the process prints is no part of its answer", async () => {
  using pool = poolOf(1);
  assert.equal((await say(pool, PRINTS)).byte, PRINTS);
  assert.equal((await say(pool, 1)).byte, 1);
});

Deno.test("a process that is stuck ends on time, for good, and another takes its place", async () => {
  using pool = poolOf(1);
  const { pid } = await say(pool, 1);
  const start = performance.now();
  await assert.rejects(say(pool, HANGS, 100), reason("late", /^it takes longer than 0.1 s$/));
  assert.ok(performance.now() - start < 5000);
  const next = await say(pool, 2);
  assert.notEqual(next.pid, pid);
  assert.equal(await isAlive(pid), false);
  assert.equal(await isAlive(next.pid), true);
});

Deno.test("a request is made when a process is free; one that cannot be made costs no process", async () => {
  using pool = poolOf(1);
  const { pid } = await say(pool, 1);
  let made = 0;
  const request = (byte: number) => () => {
    made++;
    if (byte === 0) return Promise.reject(new Error("no such file"));
    return Promise.resolve([Uint8Array.of(byte)]);
  };
  const all = [2, 0, 3].map((byte) => pool.run(request(byte), readAnswer));
  await Promise.resolve();
  assert.equal(made, 1);
  await assert.rejects(all[1], /^Error: no such file$/);
  assert.deepEqual([await all[0], await all[2]], [{ byte: 2, pid }, { byte: 3, pid }]);
});

Deno.test("a process that breaks costs its request alone, and says why", async () => {
  using pool = poolOf(1);
  const all = [1, BREAKS, 2].map((byte) => say(pool, byte));
  assert.equal((await all[0]).byte, 1);
  await assert.rejects(all[1], reason("ended", /^a process that talks ended: [^]*broke over it/));
  assert.equal((await all[2]).byte, 2);
});

Deno.test("requests asked ahead are answered in their order, by all processes", async () => {
  using pool = poolOf(2, [], 1);
  const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => say(pool, i)));
  assert.deepEqual(answers.map(({ byte }) => byte), Array.from({ length: 20 }, (_, i) => i));
  assert.equal(new Set(answers.map(({ pid }) => pid)).size, 2);
});

Deno.test("a request that breaks or hangs costs none that was asked behind it", async () => {
  using pool = poolOf(1, [], 2);
  const bytes = [1, BREAKS, 2, 3, HANGS, 4, 5];
  const all = bytes.map((byte) => say(pool, byte, byte === HANGS ? 100 : 60_000));
  const settled = await Promise.allSettled(all);
  const told = settled.map((result) =>
    result.status === "fulfilled" ? result.value.byte : result.reason.reason
  );
  assert.deepEqual(told, [1, "ended", 2, 3, "late", 4, 5]);
});

Deno.test("a process may do nothing that its pool does not name", async () => {
  using pool = poolOf(1);
  await assert.rejects(say(pool, READS), reason("ended", /Requires read access/));
  const flags = [`--allow-read=${fileURLToPath(module)}`];
  using reading = new ProcessPool(() => startProcess({ module, flags }), "talks", 1);
  assert.equal((await say(reading, READS)).byte, READS);
});

Deno.test("a process that was ended while it was idle costs no request", async () => {
  using pool = poolOf(1);
  const { pid } = await say(pool, 1);
  Deno.kill(pid, "SIGKILL");
  while (await isAlive(pid));
  await new Promise((resolve) => setTimeout(resolve, 50)); // the pool is told
  assert.equal((await say(pool, 2)).byte, 2);
});

Deno.test("where none can start, it says so", async () => {
  using pool = poolOf(1, ["broken"]);
  await assert.rejects(say(pool, 1), reason("not started", /cannot begin/));
});

Deno.test("a pool that is disposed leaves no process", async () => {
  let pid: number;
  {
    using pool = poolOf(1);
    ({ pid } = await say(pool, 1));
    say(pool, HANGS).catch(() => {});
  }
  for (let tries = 0; await isAlive(pid); tries++) assert.ok(tries < 200, "it is still there");
});
