import assert from "node:assert/strict";
import { decodeInOrder } from "../../data/decode_in_order.ts";
import { LateError, StuckError, WorkerPool } from "../../data/worker_pool.ts";
import { toPpm, withTempFolder, writeFiles } from "./photo_folder.ts";
import { syntheticPhoto } from "../../bench/certify/synthetic_photo.ts";

const ECHO = new URL("./echo_worker.ts", import.meta.url);
/** What keeps the echo busy for longer than a test waits. */
const STUCK = 8;

Deno.test("every request gets its own answer, whichever worker gives it", async () => {
  const pool = new WorkerPool<number, number>(ECHO, 3);
  const numbers = Array.from({ length: 12 }, (_, i) => i).filter((i) => i !== STUCK);
  const answers = await Promise.all(numbers.map((number) => pool.run(number)));
  assert.deepEqual(answers, numbers.map((number) => 2 * number));
  pool.close();
});

Deno.test("what a handler throws is its request's error, and the worker goes on", async () => {
  const pool = new WorkerPool<number, number>(ECHO, 1);
  const [refused, answered] = await Promise.allSettled([pool.run(13), pool.run(5)]);
  assert.equal((refused as PromiseRejectedResult).reason.message, "13 is refused");
  assert.equal((answered as PromiseFulfilledResult<number>).value, 10);
  pool.close();
});

Deno.test("closing a pool rejects what it had not answered, and what is asked after", async () => {
  const pool = new WorkerPool<number, number>(ECHO, 1);
  const asked = [pool.run(1), pool.run(2)];
  pool.close();
  for (const answer of asked) await assert.rejects(answer, /closed/);
  await assert.rejects(pool.run(3), /closed/);
});

Deno.test("a request that never ends costs itself alone", async () => {
  const pool = new WorkerPool<number, number>(ECHO, 2);
  const patience = 3000;
  const [first, stuck, ...others] = await Promise.allSettled([
    pool.run(1, patience),
    pool.run(STUCK, patience),
    pool.run(2, patience),
    pool.run(3),
  ]);
  assert.ok(stuck.status === "rejected" && stuck.reason instanceof LateError);
  assert.equal(stuck.reason.message, "it takes longer than 3 s");
  const answers = [first, ...others].map((answer) => "value" in answer && answer.value);
  assert.deepEqual(answers, [2, 4, 6]);
  assert.deepEqual(await Promise.all([pool.run(4), pool.run(5)]), [8, 10], "there are two again");
  pool.close();
});

Deno.test("a pool in which too much is stuck gives up", async () => {
  const pool = new WorkerPool<number, number>(ECHO, 2);
  const asked = Array.from({ length: 8 }, () => pool.run(STUCK, 50));
  const errors = (await Promise.allSettled(asked)).map((answer) =>
    answer.status === "rejected" ? answer.reason.constructor : undefined
  );
  // The sixth was running beside the fifth.
  assert.deepEqual(errors.slice(0, 5), Array(5).fill(LateError));
  assert.deepEqual(errors.slice(6), [StuckError, StuckError]);
  pool.close();
});

Deno.test("a photo that takes too long is refused by its own; of many, all are named", () =>
  withTempFolder(async (folder) => {
    await writeFiles(folder, { "a.ppm": toPpm(syntheticPhoto(1, 9, 9)) });
    const path = `${folder}/a.ppm`;
    const options = { workers: 1, exifOrientation: false, patience: 0 };
    assert.deepEqual(await Array.fromAsync(decodeInOrder([path], options)), [
      { refusal: "corrupt: it takes longer than 0 s to decode", reason: "corrupt" },
    ]);
    const many = Array.fromAsync(decodeInOrder(Array(9).fill(path), options));
    await assert.rejects(
      many,
      /photos keep decoders busy without end: move away .*a\.ppm, .*a\.ppm/,
    );
  }));

Deno.test("a worker that cannot start is named in the error, with its reason", () =>
  withTempFolder(async (folder) => {
    await writeFiles(folder, { "broken_worker.js": "throw new Error('no such codec');" });
    const pool = new WorkerPool<number, number>(new URL(`file://${folder}/broken_worker.js`), 2);
    await assert.rejects(pool.run(1), /worker broken_worker\.js failed: .*no such codec/);
  }));

Deno.test("a pool of no workers is refused", () => {
  assert.throws(() => new WorkerPool(ECHO, 0), /at least one worker, got 0/);
});

Deno.test("photos are decoded in the order given, though large ones take longer", () =>
  withTempFolder(async (folder) => {
    const sizes = [400, 2, 300, 3, 4, 200, 5, 6, 7];
    for (const [i, size] of sizes.entries()) {
      await writeFiles(folder, { [`${i}.ppm`]: toPpm(syntheticPhoto(i, size, size)) });
    }
    const paths = sizes.map((_, i) => `${folder}/${i}.ppm`);
    const widths = [];
    for await (const photo of decodeInOrder(paths, { workers: 3, exifOrientation: false })) {
      widths.push("data" in photo && photo.width);
    }
    assert.deepEqual(widths, sizes);
  }));

Deno.test("workers are among the modules of what starts them, so that a change of theirs is one", async () => {
  for (
    const [starter, worker] of [["build_dataset", "decode_worker"], ["loader", "loader_worker"]]
  ) {
    const path = new URL(`../../data/${starter}.ts`, import.meta.url).pathname;
    const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json", path] })
      .output();
    const { modules } = JSON.parse(new TextDecoder().decode(stdout));
    const names = modules.map(({ specifier }: { specifier: string }) =>
      specifier.split("/").at(-1)
    );
    assert.ok(names.includes(`${worker}.ts`), `${starter} starts ${worker}`);
  }
});
