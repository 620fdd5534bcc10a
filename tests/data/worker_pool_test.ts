import assert from "node:assert/strict";
import { decodeInOrder } from "../../data/decode_pool.ts";
import { WorkerPool } from "../../data/worker_pool.ts";
import { toPpm, withTempFolder, writeFiles } from "./photo_folder.ts";
import { syntheticPhoto } from "../../bench/certify/synthetic_photo.ts";

const ECHO = new URL("./echo_worker.ts", import.meta.url);

Deno.test("every request gets its own answer, whichever worker gives it", async () => {
  const pool = new WorkerPool<number, number>(ECHO, 3);
  const numbers = Array.from({ length: 12 }, (_, i) => i);
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
