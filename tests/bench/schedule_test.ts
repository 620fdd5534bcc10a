import assert from "node:assert/strict";
import fc from "fast-check";
import { scheduleOf } from "../../bench/schedule.ts";

Deno.test("threads take chunks in their order, and wait for a kernel's last one", () => {
  const runs = [
    { kernel: "a", chunks: [3, 1, 1, 1] },
    { kernel: "b", chunks: [2] },
    { kernel: "a", chunks: [1, 1] },
  ];
  // By hand: 3 beside 1 + 1 + 1; 2 beside nothing; 1 beside 1.
  const { ms, idle, waiting } = scheduleOf(runs, 2);
  assert.equal(ms, 3 + 2 + 1);
  assert(Math.abs(idle - 2 / 12) < 1e-12);
  assert.deepEqual([...waiting], [["a", 0], ["b", 2]]);
});

Deno.test("no schedule beats the work shared evenly or the longest chunks, or is twice as long as both", () => {
  const chunks = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 40 });
  const runs = fc.array(fc.record({ kernel: fc.constantFrom("a", "b"), chunks }), { maxLength: 8 });
  fc.assert(
    fc.property(runs, fc.integer({ min: 1, max: 16 }), (runs, threads) => {
      const { ms, idle, waiting } = scheduleOf(runs, threads);
      let least = 0, work = 0;
      for (const { chunks } of runs) {
        const sum = chunks.reduce((a, b) => a + b, 0);
        least += Math.max(sum / threads, ...chunks);
        work += sum;
      }
      // Graham 1969: taking whatever comes next is at most 2 - 1/threads times as long as any order.
      assert(ms >= least - 1e-6 && ms <= least * (2 - 1 / threads) + 1e-6);
      assert(idle >= -1e-12 && idle < 1);
      const waited = [...waiting.values()].reduce((a, b) => a + b, 0);
      assert(Math.abs(waited - (threads * ms - work)) < 1e-6);
      if (threads === 1) assert.equal(ms, work);
    }),
    { seed: 31 },
  );
});

Deno.test("without kernels there is nothing to wait for", () => {
  assert.deepEqual(scheduleOf([], 4), { ms: 0, idle: 0, waiting: new Map() });
});
