import assert from "node:assert/strict";
import fc from "fast-check";
import { fitPath } from "../../report/fit_path.ts";
import { textWidth } from "../../report/text.ts";

Deno.test("a path loses its first folders before its name is cut", () => {
  assert.equal(fitPath("train/ants/1.jpg", 12, 500), "train/ants/1.jpg");
  assert.equal(fitPath("a/long/way/to/train/ants/1.jpg", 12, 100), "…/ants/1.jpg");
  assert.match(fitPath(`ants/${"1".repeat(80)}.jpg`, 12, 100), /^1+…$/);
});

Deno.test("whatever the path, it fits and stays one line", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 80 }), (path) => {
    const shown = fitPath(path, 12, 90);
    assert.ok(textWidth(shown, 12) <= 90);
    assert.doesNotMatch(shown, /[\n\r]/);
  }));
});
