import assert from "node:assert/strict";
import fc from "fast-check";
import { inBatches, mapInOrder } from "../../data/map_in_order.ts";

const later = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

/** A source whose items are pushed in by the test. */
function tap<T>() {
  let push!: (item: T) => void, end!: () => void;
  const source = new ReadableStream<T>({
    start(controller) {
      push = (item) => controller.enqueue(item);
      end = () => controller.close();
    },
  });
  return { source: source.values(), push, end };
}

Deno.test("results come in the source's order, at most so many begun, however long each takes", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(3), { maxLength: 20 }),
      fc.integer({ min: 1, max: 5 }),
      async (delays, most) => {
        let running = 0, highest = 0;
        const results = await Array.fromAsync(
          mapInOrder(delays.entries(), most, async ([i, ms]) => {
            highest = Math.max(highest, ++running);
            await later(ms);
            running--;
            return i;
          }),
        );
        assert.deepEqual(results, delays.map((_, i) => i));
        assert.ok(highest <= most);
      },
    ),
    { numRuns: 30 },
  ));

Deno.test("a source that waits does not hold back what is finished", async () => {
  const { source, push, end } = tap<number>();
  const results = mapInOrder(source, 4, (n) => Promise.resolve(n * n));
  push(3);
  assert.equal((await results.next()).value, 9);
  push(4);
  assert.equal((await results.next()).value, 16);
  end();
  assert.equal((await results.next()).done, true);
});

Deno.test("an error is thrown where its result would have come, and nothing more is begun", async () => {
  const begun: number[] = [];
  const results = mapInOrder([0, 1, 2, 3, 4, 5], 2, (n) => {
    begun.push(n);
    return n === 1 ? Promise.reject(new Error("one")) : Promise.resolve(n);
  });
  assert.equal((await results.next()).value, 0);
  await assert.rejects(results.next(), /^Error: one$/);
  assert.ok(begun.length <= 3, `${begun}`);
  assert.equal((await results.next()).done, true);
});

Deno.test("batches are full while items come, and go ahead when the next one is late", async () => {
  const { source, push, end } = tap<number>();
  const batches = inBatches(source as AsyncIterable<number>, 3, 20);
  [1, 2, 3, 4].forEach(push);
  assert.deepEqual((await batches.next()).value, [1, 2, 3]);
  assert.deepEqual((await batches.next()).value, [4]);
  push(5);
  push(6);
  end();
  assert.deepEqual((await batches.next()).value, [5, 6]);
  assert.equal((await batches.next()).done, true);
});
