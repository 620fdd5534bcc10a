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
