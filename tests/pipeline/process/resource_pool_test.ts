import assert from "node:assert/strict";
import fc from "fast-check";
import type { Resources } from "../../../pipeline/declaration.ts";
import { ResourcePool } from "../../../pipeline/process/resource_pool.ts";

Deno.test("whatever is asked for, the machine is never overbooked and everything runs", async () => {
  const wants = fc.record({
    cpu: fc.integer({ min: 0, max: 24 }).map((quarters) => quarters / 4),
    gpu: fc.integer({ max: 2, min: 0 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(wants, { maxLength: 20 }),
      fc.integer({ min: 1, max: 5 }),
      async (tasks, jobs) => {
        const total = { cpu: 4, gpu: 1 };
        const pool = new ResourcePool(jobs, total);
        const used = { jobs: 0, cpu: 0, gpu: 0 };
        let finished = 0;
        await Promise.all(tasks.map(async (task) => {
          using _room = await pool.acquire(task);
          const cpu = Math.min(task.cpu, total.cpu), gpu = Math.min(task.gpu, total.gpu);
          used.jobs += 1, used.cpu += cpu, used.gpu += gpu;
          assert.ok(used.jobs <= jobs && used.cpu <= total.cpu && used.gpu <= total.gpu);
          await Promise.resolve();
          used.jobs -= 1, used.cpu -= cpu, used.gpu -= gpu;
          finished++;
        }));
        assert.equal(finished, tasks.length);
      },
    ),
  );
});

Deno.test("what fits may pass what does not, and nothing else jumps the queue", async () => {
  const pool = new ResourcePool(9, { cpu: 2, gpu: 1 });
  const started: string[] = [];
  const start = async (name: string, wants: Resources) => {
    const room = await pool.acquire(wants);
    started.push(name);
    return room;
  };
  const first = await start("first", { gpu: 1 });
  const second = start("second", { gpu: 1 });
  const third = await start("third", {});
  const fourth = start("fourth", {});
  assert.deepEqual(started, ["first", "third"]);
  first[Symbol.dispose]();
  (await second)[Symbol.dispose]();
  third[Symbol.dispose]();
  (await fourth)[Symbol.dispose]();
  assert.deepEqual(started, ["first", "third", "second", "fourth"]);
});

Deno.test("who gives up waiting leaves the queue", async () => {
  const pool = new ResourcePool(1, { cpu: 1, gpu: 0 });
  const room = await pool.acquire();
  const controller = new AbortController();
  const waiting = pool.acquire({}, controller.signal);
  controller.abort(new Error("enough"));
  await assert.rejects(waiting, /enough/);
  await assert.rejects(pool.acquire({}, controller.signal), /enough/);
  const next = pool.acquire();
  room[Symbol.dispose]();
  (await next)[Symbol.dispose]();
});

Deno.test("all of a machine is as much as it has, and of what has no end there is always more", async () => {
  const machine = new ResourcePool(9, { cpu: 4, gpu: 0 });
  const all = await machine.acquire({ cpu: Infinity });
  let isIn = false;
  const next = machine.acquire().then((room) => {
    isIn = true;
    return room;
  });
  await Promise.resolve();
  assert.equal(isIn, false);
  all[Symbol.dispose]();
  (await next)[Symbol.dispose]();
  const cluster = new ResourcePool(3, { cpu: Infinity, gpu: Infinity });
  const wants = { cpu: Infinity, gpu: 1 };
  const rooms = [
    await cluster.acquire(wants),
    await cluster.acquire(wants),
    await cluster.acquire(),
  ];
  rooms[0][Symbol.dispose]();
  (await cluster.acquire(wants))[Symbol.dispose]();
});
