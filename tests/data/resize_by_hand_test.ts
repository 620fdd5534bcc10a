import assert from "node:assert/strict";
import fc from "fast-check";
import { syntheticPhoto } from "../../bench/certify/synthetic_photo.ts";
import type { RgbImage } from "../../data/image.ts";
import { resizeWindow } from "../../data/resize.ts";

const { Module } = WebAssembly;

/** An engine that is too old for the kernels. */
class OldModule {
  constructor() {
    throw new WebAssembly.CompileError("no SIMD");
  }
}

const box = (width: number, height: number) =>
  fc.record({
    left: fc.integer({ min: 0, max: width - 1 }),
    top: fc.integer({ min: 0, max: height - 1 }),
  }).chain(({ left, top }) =>
    fc.record({
      left: fc.constant(left),
      top: fc.constant(top),
      width: fc.integer({ min: 1, max: width - left }),
      height: fc.integer({ min: 1, max: height - top }),
    })
  );

const asked = fc.tuple(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 1, max: 70 }))
  .chain(([width, height]) =>
    fc.record({
      photo: fc.nat(1000).map((stream) => syntheticPhoto(stream, width, height)),
      cut: box(width, height),
      to: fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 50 }))
        .chain(([width, height]) =>
          fc.record({
            width: fc.constant(width),
            height: fc.constant(height),
            window: box(width, height),
          })
        ),
      interpolation: fc.constantFrom("bilinear" as const, "bicubic" as const),
    })
  );

Deno.test("an engine without SIMD gives the bytes that kernels give", () => {
  const cases = fc.sample(asked, { numRuns: 300, seed: 1 });
  const resized = () =>
    cases.map(({ photo, cut, to, interpolation }) =>
      resizeWindow(photo, cut, to.width, to.height, to.window, interpolation)
    );
  // Before the first that works is kept.
  WebAssembly.Module = OldModule as unknown as typeof Module;
  const byHand = resized();
  WebAssembly.Module = Module;
  assert.deepEqual(resized(), byHand);
});

Deno.test("of a photo with fewer bytes than it says, no other photo's are seen", () => {
  const whole = syntheticPhoto(1, 40, 40),
    torn: RgbImage = { width: 40, height: 40, data: whole.data };
  const window = { left: 0, top: 0, width: 9, height: 9 };
  const cut = { left: 0, top: 0, width: 40, height: 40 };
  resizeWindow(whole, cut, 9, 9, window); // leaves its own in the kernels' memory
  torn.data = whole.data.slice(0, 40 * 20 * 3);
  const { data } = resizeWindow(torn, cut, 9, 9, window);
  assert.deepEqual(data.slice(-3 * 9), new Uint8Array(3 * 9));
});
