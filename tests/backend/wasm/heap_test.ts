import assert from "node:assert/strict";
import fc from "fast-check";
import { type Block, SharedHeap } from "../../../backend/wasm/heap.ts";

Deno.test("blocks in use never overlap, and all memory is whole again in the end", () => {
  const heap = new SharedHeap();
  const empty = heap.bytesReserved;
  const operations = fc.array(
    fc.record({ size: fc.integer({ min: 0, max: 5000 }), free: fc.nat() }),
  );
  fc.assert(fc.property(operations, (operations) => {
    const blocks: Block[] = [];
    for (const { size, free } of operations) {
      if (free % 3 === 0 && blocks.length > 0) {
        heap.release(blocks.splice(free % blocks.length, 1)[0]);
        continue;
      }
      const block = heap.allocate(size);
      assert.ok(block.bytes >= size * 4);
      for (const other of blocks) {
        const apart = block.pointer + block.bytes <= other.pointer ||
          other.pointer + other.bytes <= block.pointer;
        assert.ok(apart, "two blocks overlap");
      }
      blocks.push(block);
    }
    for (const block of blocks) heap.release(block);
    assert.equal(heap.bytesInUse, 0);
    assert.equal(heap.bytesReserved, empty);
  }));
});

Deno.test("a block is free only when everybody has released it", () => {
  const heap = new SharedHeap();
  const block = heap.store([1, 2, 3]);
  heap.retain(block);
  heap.release(block);
  const other = heap.store([4, 5, 6]);
  assert.deepEqual([...heap.floats(block, 3)], [1, 2, 3]);
  heap.release(block);
  assert.equal(heap.allocate(3).pointer, block.pointer);
  heap.release(other);
  assert.throws(() => heap.release(other), /released twice/);
});

Deno.test("a full heap says how much is in use and what to do", () => {
  const heap = new SharedHeap();
  const quarter = heap.memory.buffer.byteLength / 4 / 4;
  for (let i = 0; i < 3; i++) heap.allocate(quarter);
  assert.throws(() => heap.allocate(quarter), /3221 MB are in use: use a smaller batch/);
});

Deno.test("blocks beyond two gigabytes hold values", () => {
  const heap = new SharedHeap();
  const low = heap.allocate(600_000_000);
  const high = heap.store([7, 8, 9]);
  assert.ok(high.pointer > 2 ** 31);
  assert.deepEqual([...heap.floats(high, 3)], [7, 8, 9]);
  heap.release(low);
});

Deno.test("ranges that are taken are nobody else's, and free again once they are put back", () => {
  const heap = new SharedHeap();
  const empty = heap.bytesReserved;
  const range = fc.record({ at: fc.nat(100), length: fc.integer({ min: 1, max: 40 }) });
  fc.assert(fc.property(fc.array(range), fc.array(fc.nat(500)), (wanted, sizes) => {
    const blocks = sizes.map((size) => heap.allocate(size));
    for (const block of blocks.filter((_, i) => i % 2 === 0)) heap.release(block);
    const used = blocks.filter(({ references }) => references > 0)
      .map(({ pointer, bytes }) => ({ from: pointer, to: pointer + bytes }));
    const overlaps = (a: { from: number; to: number }) => (b: { from: number; to: number }) =>
      a.from < b.to && b.from < a.to;
    const taken: { from: number; to: number }[] = [];
    for (const { at, length } of wanted) {
      const from = empty + 128 * at, range = { from, to: from + 128 * length };
      const isFree: boolean = ![...used, ...taken].some(overlaps(range));
      assert.equal(heap.isFree(range), isFree);
      if (!isFree) continue;
      heap.take(range);
      taken.push(range);
    }
    const more = sizes.map((size) => heap.allocate(size));
    for (const { pointer, bytes } of more) {
      assert.ok(!taken.some(overlaps({ from: pointer, to: pointer + bytes })));
    }
    for (const range of taken) heap.putBack(range);
    for (const block of [...more, ...blocks]) if (block.references > 0) heap.release(block);
    assert.equal(heap.bytesInUse, 0);
    assert.equal(heap.bytesReserved, empty);
  }));
});

Deno.test("a heap that would be full gives back first what can be spared", () => {
  const heap = new SharedHeap();
  const half = heap.memory.buffer.byteLength / 2 / 4;
  const spared = heap.allocate(half);
  heap.beforeFailing = () => heap.release(spared);
  assert.equal(heap.allocate(half).pointer, spared.pointer);
});
