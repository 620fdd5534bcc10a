import assert from "node:assert/strict";
import fc from "fast-check";
import { drawConfusionMatrix } from "../../report/confusion_matrix.ts";
import { all, type Element, number, parseSvg, textsOf } from "./svg_parts.ts";

const MATRIX = [[67, 3], [4, 79]];

const textAt = (root: Element, text: string): Element => {
  const found = all(root, "text").filter((element) => element.text === text);
  assert.equal(found.length, 1, text);
  return found[0];
};

/** How far a colour is from white, 0 to 255. */
const strength = (colour: string): number =>
  255 - Math.min(...[1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)));

Deno.test("rows are actual classes and columns predicted ones", () => {
  const root = parseSvg(drawConfusionMatrix(["ants", "bees"], MATRIX).svg);
  const [x, y] = (["x", "y"] as const).map((axis) => (text: string) =>
    number(textAt(root, text), axis)
  );
  assert.ok(y("67") === y("3") && y("4") === y("79") && y("67") < y("4"));
  assert.ok(x("67") === x("4") && x("3") === x("79") && x("67") < x("3"));
  const names = all(root, "text").filter(({ text }) => text === "bees");
  assert.equal(names.length, 2);
  // One stands beside the row of 4 and 79, the other above the column of 3 and 79.
  assert.ok(names.some((name) => Math.abs(number(name, "y") - y("79")) < 10));
  assert.ok(names.some((name) => number(name, "x") === x("79") && number(name, "y") < y("3")));
});

Deno.test("the heading says how many are right, the cells the shares of their rows", () => {
  const texts = textsOf(parseSvg(drawConfusionMatrix(["ants", "bees"], MATRIX).svg));
  assert.ok(texts.includes("146 of 153 correct, 95.4%"));
  assert.ok(["95.7%", "4.3%", "4.8%", "95.2%"].every((share) => texts.includes(share)));
});

Deno.test("a larger share of the row is shaded more, green where right and orange where not", () => {
  const classes = ["a", "b", "c"];
  const root = parseSvg(drawConfusionMatrix(classes, [[50, 10, 0], [30, 40, 10], [1, 0, 9]]).svg);
  const cells = new Map(
    all(root, "rect").map((cell) => [
      `${number(cell, "x")} ${number(cell, "y")} ${number(cell, "width")}`,
      cell.attributes.fill,
    ]),
  );
  const fillOf = (count: string) => {
    const label = textAt(root, count);
    for (const [place, fill] of cells) {
      const [x, y, width] = place.split(" ").map(Number);
      const inside = (at: number, from: number) => at > from && at < from + width;
      if (width < 200 && inside(number(label, "x"), x) && inside(number(label, "y"), y)) {
        return fill;
      }
    }
    throw new Error(`no cell holds ${count}`);
  };
  const isGreen = (colour: string) =>
    parseInt(colour.slice(3, 5), 16) > parseInt(colour.slice(1, 3), 16);
  assert.deepEqual(["50", "40", "9"].map((count) => isGreen(fillOf(count))), [true, true, true]);
  assert.deepEqual(["30", "1"].map((count) => isGreen(fillOf(count))), [false, false]);
  assert.ok(strength(fillOf("9")) > strength(fillOf("50"))); // 90% against 83%
  assert.ok(strength(fillOf("50")) > strength(fillOf("40")));
  assert.ok(strength(fillOf("30")) > strength(fillOf("1")));
});

Deno.test("any classes and counts make a well-formed picture that holds all its cells", () => {
  const name = fc.string({ unit: "binary", maxLength: 60 });
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 70 }), fc.nat(1e6), (classes, most) => {
      const matrix = classes.map((_, i) => classes.map((_, j) => (i * 7 + j * 13) * most % 1009));
      const { svg, width, height } = drawConfusionMatrix(classes, matrix);
      for (const cell of all(parseSvg(svg), "rect")) {
        assert.ok(number(cell, "x") >= 0 && number(cell, "y") >= 0);
        assert.ok(number(cell, "x") + number(cell, "width") <= width);
        assert.ok(number(cell, "y") + number(cell, "height") <= height);
      }
    }),
    { numRuns: 20 },
  );
});

Deno.test("names are left out where rows are lower than a line of text", () => {
  const classes = Array.from({ length: 120 }, (_, i) => `class ${i}`);
  const empty = classes.map(() => classes.map(() => 0));
  const texts = textsOf(parseSvg(drawConfusionMatrix(classes, empty).svg));
  assert.ok(texts.includes("class 0") && !texts.includes("class 1"));
  assert.ok(texts.includes("no photos"));
});

Deno.test("a matrix that does not belong to the classes is refused", () => {
  for (const matrix of [[], [[1, 2]], [[1, 2], [3]], [[1, 2], [3, -4]], [[1, 2], [3, NaN]]]) {
    assert.throws(() => drawConfusionMatrix(["ants", "bees"], matrix), {
      name: "RangeError",
      message: /for 2 classes/,
    });
  }
});
