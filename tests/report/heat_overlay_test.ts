import assert from "node:assert/strict";
import { overlayHeat } from "../../report/heat_overlay.ts";
import { pixel, plain, type Rgb } from "./photos.ts";

const GREEN: Rgb = [40, 160, 60];
const brightness = (colour: Rgb) => colour.reduce((sum, channel) => sum + channel, 0);

Deno.test("the hottest place glows in one colour whatever the map's unit; cold ones fade", () => {
  const photo = plain(GREEN, 40, 40);
  const small = overlayHeat(photo, { width: 2, height: 2, values: [0, 0, 0, 0.001] });
  const large = overlayHeat(photo, { width: 2, height: 2, values: [0, 0, 0, 1000] });
  assert.deepEqual(small, large);
  // Beyond the middle of the last cell heat stays as it is there: 0.4 of the photo, 0.6 of inferno's end.
  const hot = [0.4 * 40 + 0.6 * 252, 0.4 * 160 + 0.6 * 255, 0.4 * 60 + 0.6 * 164];
  assert.deepEqual(pixel(small, 39, 39), hot.map(Math.round));
  assert.ok(brightness(pixel(small, 0, 0)) < brightness(GREEN));
  const [red, green] = pixel(small, 0, 0);
  assert.ok(green - red < 160 - 40, "colour fades, too");
});

Deno.test("heat between cells is between theirs, and lies where the map says: row by row", () => {
  const { data, width } = overlayHeat(plain([100, 100, 100], 60, 30), {
    width: 3,
    height: 1,
    values: [0, 0.5, 1],
  });
  const reds = Array.from({ length: width }, (_, x) => data[3 * (15 * width + x)]);
  // The middle of a cell has its colour: inferno at ½, 0.3 of it over 0.7 of a photo at 0.775.
  assert.ok(Math.abs(reds[30] - (0.7 * 77.5 + 0.3 * 188)) < 3, `${reds[30]}`);
  assert.ok(reds.every((red, x) => x < 12 || x > 48 || red >= reds[x - 1]), `${reds}`);
  assert.equal(data[0], data[3 * 29 * width], "one row is the same from top to bottom");
});

Deno.test("a map of a part of the photo leaves the rest cold", () => {
  const photo = plain(GREEN, 40, 20);
  const heat = { width: 1, height: 1, values: [1] };
  const laid = overlayHeat(photo, heat, { left: 10, top: 0, width: 20, height: 20 });
  assert.deepEqual(pixel(laid, 10, 5), pixel(overlayHeat(photo, heat), 10, 5));
  assert.deepEqual(pixel(laid, 29, 5), pixel(laid, 10, 5));
  const cold = pixel(overlayHeat(photo, { ...heat, values: [0] }), 0, 0);
  for (const x of [0, 9, 30, 39]) assert.deepEqual(pixel(laid, x, 5), cold, `${x}`);
});

Deno.test("a map of another size than it says, or with a value that is no heat, is refused", () => {
  const photo = plain(GREEN);
  for (const values of [[], [1, 2], [NaN], [-1], [Infinity]]) {
    assert.throws(() => overlayHeat(photo, { width: 1, height: 1, values }), RangeError);
  }
});
