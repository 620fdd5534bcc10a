import assert from "node:assert/strict";
import fc from "fast-check";
import { centerOffset, drawCrop, evaluationBox, resizedSize } from "../../data/crop.ts";
import { Generator } from "../../data/torch_random.ts";

Deno.test("the longer side is truncated, not rounded", () => {
  assert.deepEqual(resizedSize(500, 375, 256), { width: 341, height: 256 }); // 341.33
  assert.deepEqual(resizedSize(333, 500, 256), { width: 256, height: 384 }); // 384.38
  assert.deepEqual(resizedSize(3, 5, 256), { width: 256, height: 426 }); // 426.67
  assert.deepEqual(resizedSize(8, 8, 256), { width: 256, height: 256 });
});

Deno.test("the centre's offset rounds halves to even, and pads more after than before", () => {
  const offsets = [[225, 0], [227, 2], [229, 2], [231, 4], [341, 58], [223, 0], [221, -1], [
    220,
    -2,
  ]];
  for (const [side, offset] of offsets) {
    assert.equal(Math.abs(centerOffset(side, 224) - offset), 0, `side ${side}`);
  }
});

Deno.test("evaluation sees the middle of a photo, and zeros around one that is too narrow", () => {
  const wide = evaluationBox(512, 256, 256, 224);
  assert.deepEqual(wide, { left: 144, top: 16, width: 224, height: 224 });
  assert.deepEqual(evaluationBox(1024, 512, 256, 224), {
    left: 288,
    top: 32,
    width: 448,
    height: 448,
  });
  const { left, top, width, height } = evaluationBox(200, 400, 200, 224);
  assert.deepEqual([left, top, width, height], [-12, 88, 224, 224]);
});

Deno.test("every crop lies within its photo, however narrow that is", () => {
  const side = fc.integer({ min: 1, max: 5000 });
  fc.assert(fc.property(fc.integer(), side, side, (seed, width, height) => {
    const crop = drawCrop(new Generator(seed), width, height);
    assert.ok(crop.width >= 1 && crop.height >= 1, JSON.stringify(crop));
    assert.ok(crop.left >= 0 && crop.left + crop.width <= width, JSON.stringify(crop));
    assert.ok(crop.top >= 0 && crop.top + crop.height <= height, JSON.stringify(crop));
    const ratio = (crop.width + 0.5) / (crop.height - 0.5);
    assert.ok(ratio > 3 / 4 || crop.width === width, JSON.stringify(crop));
  }));
});

Deno.test("where no try fits, the largest central box of a permitted ratio is taken", () => {
  // A photo one pixel high holds no wider box: all ten tries fail for most seeds.
  const crops = Array.from({ length: 20 }, (_, seed) => drawCrop(new Generator(seed), 1000, 10));
  const fallback = crops.filter(({ width, height }) => width === 13 && height === 10);
  assert.ok(fallback.length > 0);
  for (const { left, top } of fallback) assert.deepEqual([left, top], [493, 0]);
});
