/** `kill -9` at any change to the disk: what is on it then is all that the next run has. */
import assert from "node:assert/strict";
import { gc } from "../../pipeline/upkeep/gc.ts";
import { plan } from "../../pipeline/explain/plan.ts";
import { run } from "../../pipeline/run.ts";
import { verify } from "../../pipeline/upkeep/verify.ts";
import { insideProcess, SMALL_RESULTS, smallPipeline } from "../../bench/fuzz/small_pipeline.ts";
import { Folder, seededRandom } from "./rig.ts";

const KILLS = 200;
const AT_A_TIME = 3;
const DRIVER = new URL("../../bench/fuzz/kill_driver.ts", import.meta.url).href;

/** Runs in a process that dies at its `last` change to the disk; tells whether it came that far. */
async function killAt(last: number, store: string): Promise<{ killed: boolean; changes: number }> {
  const { signal, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", DRIVER, store, `${last}`],
    stdin: "null",
  }).output();
  if (signal === "SIGKILL") return { killed: true, changes: last };
  const [status, changes] = new TextDecoder().decode(stdout).trim().split(" ");
  assert.equal(status, "done", new TextDecoder().decode(stderr));
  return { killed: false, changes: Number(changes) };
}

/** Each step's result, by its digest. */
const digests = async (store: string) =>
  (await plan(smallPipeline, { store })).map(({ step, status, digest }) => [step, status, digest]);

async function assertRecovers(store: string, wanted: unknown, what: string): Promise<void> {
  const { status, steps } = await run(smallPipeline, { store, executor: insideProcess });
  assert.equal(status, "done", what);
  const written = steps.map(({ step, artifact }) => [
    step,
    Deno.readTextFileSync(`${artifact}/text.txt`),
  ]);
  assert.deepEqual(Object.fromEntries(written), SMALL_RESULTS, what);
  assert.deepEqual(await verify(store), [], what);
  await gc(store);
  assert.deepEqual([...Deno.readDirSync(`${store}/tmp`)], [], what);
  assert.deepEqual(await digests(store), wanted, what);
}

Deno.test(`after each of ${KILLS} kills, the rerun gives the same bytes and the store is whole`, async () => {
  using unbroken = new Folder();
  await killAt(Infinity, unbroken.store);
  const { changes } = await killAt(Infinity, `${unbroken.path}/again`);
  const wanted = await digests(unbroken.store);
  const random = seededRandom(7);
  let kills = 0;
  const work = async () => {
    while (kills < KILLS) {
      using folder = new Folder();
      // The module graph is known: to ask for it takes most of such a short run.
      await new Deno.Command("cp", { args: ["-r", `${unbroken.store}/cache`, folder.path] })
        .output();
      Deno.mkdirSync(folder.store);
      Deno.renameSync(`${folder.path}/cache`, `${folder.store}/cache`);
      const points: number[] = [];
      // Some are killed again while they recover.
      for (let killed = true; killed && (points.length === 0 || random() < 0.3);) {
        points.push(1 + Math.floor(random() * changes));
        ({ killed } = await killAt(points.at(-1)!, folder.store));
        if (killed) kills++;
      }
      await assertRecovers(folder.store, wanted, `killed at ${points}`);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
});
