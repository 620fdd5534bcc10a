import assert from "node:assert/strict";
import fc from "fast-check";
import { balancedBands, balancedColumns, balancedProduct } from "../../../backend/wasm/balance.ts";
import type { Partition } from "../../../backend/wasm/partition.ts";

function assertCovers({ chunks, perChunk }: Partition, count: number): void {
  assert.ok(chunks * perChunk >= count, `${chunks} chunks of ${perChunk} are fewer than ${count}`);
  assert.ok((chunks - 1) * perChunk < Math.max(1, count), "the last chunk is empty");
}

Deno.test("chunks of any product cover it, and start where a kernel's panels do", () => {
  const size = fc.nat(3000);
  fc.assert(fc.property(size, size, size, (rows, K, eights) => {
    const columns = 8 * (1 + eights % 200);
    const split = balancedProduct(rows, K, columns, 4);
    assertCovers(split.rows, rows);
    assertCovers(split.columns, columns);
    assert.equal(split.columns.perChunk % 16, 0);
  }));
});

Deno.test("columns of pieces of any height are covered, and start where a kernel's panels do", () => {
  const size = fc.integer({ min: 1, max: 3000 });
  const perChunk = fc.integer({ min: 1, max: 400 });
  fc.assert(fc.property(size, perChunk, fc.nat(200), size, (rows, perChunk, eights, cycles) => {
    const columns = 8 * (1 + eights), pieces = { chunks: Math.ceil(rows / perChunk), perChunk };
    const split = balancedColumns(pieces, rows, columns, cycles, 24);
    assertCovers(split, columns);
    assert.equal(split.perChunk % 16, 0);
  }));
});

Deno.test("of the nine taps of a filter's gradient none of eight threads has two", () => {
  const pieces = { chunks: 9, perChunk: 1 };
  const { chunks, perChunk } = balancedColumns(pieces, 9, 512, 196 * 512, 24);
  const widths = Array.from({ length: chunks }, (_, j) => Math.min(perChunk, 512 - j * perChunk));
  const busy: number[] = Array(8).fill(0);
  for (let tap = 0; tap < 9; tap++) {
    for (const width of widths) busy[busy.indexOf(Math.min(...busy))] += width;
  }
  assert.ok(Math.max(...busy) < 2 * 512, `${busy}`);
});

Deno.test("bands of any image cover it, and are no higher than their scratch", () => {
  const size = fc.integer({ min: 1, max: 300 });
  fc.assert(fc.property(fc.integer({ min: 1, max: 8 }), size, size, (count, height, most) => {
    const bands = balancedBands(count, height, most, 1000, 300);
    assertCovers(bands, height);
    assert.ok(bands.perChunk <= most);
  }));
});

Deno.test("two threads share each of MobileNetV2's products of one photo to 12%", () => {
  const products = [
    [12544, 16, 96],
    [3136, 144, 24],
    [784, 192, 32],
    [196, 384, 64],
    [196, 96, 576],
    [49, 960, 160],
    [49, 160, 960],
    [49, 320, 1280],
  ];
  for (const [rows, K, columns] of products) {
    const split = balancedProduct(rows, K, columns, 4);
    const busy = [0, 0];
    for (let i = 0; i < split.rows.chunks; i++) {
      for (let j = 0; j < split.columns.chunks; j++) {
        const height = Math.min(split.rows.perChunk, rows - i * split.rows.perChunk);
        const width = Math.min(split.columns.perChunk, columns - j * split.columns.perChunk);
        busy[busy[0] <= busy[1] ? 0 : 1] += height * width;
      }
    }
    const share = Math.max(...busy) / (rows * columns);
    assert.ok(share <= 0.56, `${rows}×${K}×${columns}: one thread has ${share} of the work`);
  }
});
