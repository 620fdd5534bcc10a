import assert from "node:assert/strict";
import fc from "fast-check";
import { drawTitledPhoto } from "../../report/titled_photo.ts";
import { textWidth } from "../../report/text.ts";
import { plain } from "./photos.ts";
import { all, number, parseSvg, textsOf } from "./svg_parts.ts";

Deno.test("the title says the class and how probable it is", () => {
  const { svg } = drawTitledPhoto(plain([1, 2, 3]), { predicted: "bees", probability: 0.9872 });
  assert.deepEqual(textsOf(parseSvg(svg)), ["predicted: bees", "98.7%"]);
});

Deno.test("a photo of any proportions is shown whole, within the picture", () => {
  const side = fc.integer({ min: 1, max: 700 });
  fc.assert(
    fc.property(side, side, (width, height) => {
      const picture = drawTitledPhoto(plain([1, 2, 3], width, height), {
        predicted: "bees",
        probability: 1,
      });
      const [image] = all(parseSvg(picture.svg), "image");
      const shown = { width: number(image, "width"), height: number(image, "height") };
      // Sides are rounded to even numbers, so proportions are kept to a pixel.
      const scale = Math.max(shown.width, shown.height) / Math.max(width, height);
      assert.ok(Math.abs(shown.width - width * scale) <= 2);
      assert.ok(Math.abs(shown.height - height * scale) <= 2);
      assert.ok(Math.max(shown.width, shown.height) <= 640);
      assert.ok(number(image, "x") >= 0 && number(image, "x") + shown.width <= picture.width);
      assert.ok(number(image, "y") >= 0 && number(image, "y") + shown.height <= picture.height);
    }),
    { numRuns: 20 },
  );
});

Deno.test("a long name ends before the probability begins", () => {
  for (const predicted of ["W".repeat(400), "щ".repeat(400), "猫".repeat(400)]) {
    const picture = drawTitledPhoto(plain([1, 2, 3]), { predicted, probability: 0.5 });
    const [title, share] = all(parseSvg(picture.svg), "text");
    assert.ok(title.text.endsWith("…"));
    const end = number(title, "x") + textWidth(title.text, 20);
    assert.ok(end < number(share, "x") - textWidth(share.text, 20));
    assert.ok(number(share, "x") < picture.width);
  }
});
