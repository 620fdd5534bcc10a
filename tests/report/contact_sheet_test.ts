import assert from "node:assert/strict";
import { contactSheet, drawContactSheet } from "../../report/contact_sheet.ts";
import { decodeImage } from "../../data/decode.ts";
import { scene } from "../data/scene.ts";

const section = (title: string, count: number, total = count) => ({
  severity: "error" as const,
  title,
  remark: "Do this.",
  tiles: Array.from({ length: count }, (_, i) => ({
    ...(i > 0 && { image: scene(i, 40, 30) }),
    folder: `train/ants`,
    caption: `${i}.png`,
  })),
  total,
});
const HEADING = { title: "Found", remark: "much" };

Deno.test("every section has its title, its files, and a place for what cannot be read", () => {
  const { svg } = drawContactSheet([section("one", 3), section("two", 9, 40)], HEADING);
  assert.equal(svg.match(/<image /g)!.length, 2 + 8);
  assert.equal(svg.match(/cannot be read/g)!.length, 2);
  assert.match(svg, /error: one/);
  assert.match(svg, /Shown: 9 of 40\./);
});

Deno.test("a file is named with its class, and files that belong together lie on one ground", () => {
  const of = (groups: (number | undefined)[]) => {
    const one = section("one", groups.length);
    const tiles = one.tiles.map((tile, i) => ({ ...tile, group: groups[i] }));
    return drawContactSheet([{ ...one, tiles }], HEADING).svg;
  };
  const apart = of([undefined, undefined]);
  assert.equal(apart.match(/>train\/ants<\/text>/g)!.length, 2);
  assert.match(apart, />1\.png<\/text>/);
  const grounds = (svg: string) =>
    [...svg.matchAll(/<rect [^>]*width="(\d+)"[^>]*rx="6"[^>]*>/g)].map(([, width]) =>
      Number(width)
    );
  assert.deepEqual(grounds(apart), []);
  // Two and three beside each other in a row of seven, and two of which a row's end parts the second.
  const [two, three, first, second] = grounds(of([0, 0, 1, 1, 1, 2, 3, 3]));
  assert.deepEqual([two, three], [2 * 128 + 14 + 10, 3 * 128 + 2 * 14 + 10]);
  assert.deepEqual([first, second], [128 + 10, 128 + 10]);
  assert.equal(grounds(of([0, 0, 1, 1, 1, 2, 3, 3])).length, 5);
});

Deno.test("a sheet grows by a row of tiles, and is a PNG of its size", async () => {
  const heights = [7, 8].map((count) => drawContactSheet([section("x", count)], HEADING).height);
  assert.ok(heights[1] > heights[0] + 128);
  const { width, height } = await decodeImage(await contactSheet([section("x", 7)], HEADING));
  assert.ok(
    Math.abs(height / width - heights[0] / drawContactSheet([section("x", 7)], HEADING).width) <
      0.01,
  );
});

Deno.test("names cannot break out of the drawing, and an empty sheet is refused", () => {
  const { svg } = drawContactSheet([section('<script>"&', 1)], HEADING);
  assert.doesNotMatch(svg, /<script>/);
  assert.throws(() => drawContactSheet([], HEADING), RangeError);
});
