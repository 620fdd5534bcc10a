import assert from "node:assert/strict";
import fc from "fast-check";
import { paragraph } from "../../../app/cli/paragraph.ts";
import { shortened, wrapped } from "../../../app/cli/wrapped.ts";

Deno.test("a line that is too long goes on below, indented, word by word", () => {
  assert.deepEqual(wrapped("  step  one two three four", 17, 8), [
    "  step  one two",
    "        three",
    "        four",
  ]);
  assert.deepEqual(wrapped("short", 80, 8), ["short"]);
});

Deno.test("nothing of a line is lost, and none is wider than the terminal, whatever it holds", () => {
  const word = fc.string({ minLength: 1, maxLength: 40, unit: fc.constantFrom("a", "é", "写") });
  fc.assert(fc.property(
    fc.array(word, { minLength: 1, maxLength: 12 }),
    fc.integer({ min: 20, max: 120 }),
    fc.integer({ min: 0, max: 19 }),
    (words, columns, indent) => {
      const lines = wrapped(words.join(" "), columns, indent);
      assert.equal(lines.join("").replaceAll(" ", ""), words.join(""));
      for (const line of lines) {
        const width = [...line].reduce((sum, letter) => sum + (letter === "写" ? 2 : 1), 0);
        assert.ok(width < columns, `${width} of ${columns}: ${line}`);
      }
    },
  ));
});

Deno.test("a text that is too long ends in an ellipsis, one that fits stays", () => {
  assert.equal(shortened("accuracy 84.5%", 14), "accuracy 84.5%");
  assert.equal(shortened("accuracy 84.5% to 94%", 10), "accuracy…");
  assert.equal(shortened("写写写写", 5), "写写…");
});

Deno.test("a paragraph is broken between words, where there is a terminal", async () => {
  const text = "it is right on 147 of the 153 photos kept aside (validation accuracy 96.1%)";
  const lines = (await paragraph(text, 30)).split("\n");
  assert.equal(lines.join(" "), text);
  assert.ok(lines.length > 2 && lines.every((line) => line.length < 30), lines.join("\n"));
});
