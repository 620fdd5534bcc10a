import assert from "node:assert/strict";
import fc from "fast-check";
import { drawable, fitPath, fitText, textWidth } from "../../report/text.ts";
import { openFont } from "./font_widths.ts";

const FONT = "@expo-google-fonts/inter/";

Deno.test("ASCII is as wide as Inter SemiBold says, and Inter Regular is never wider", async () => {
  const semiBold = await openFont(
    import.meta.resolve(`${FONT}600SemiBold/Inter_600SemiBold.ttf`),
  );
  const regular = await openFont(import.meta.resolve(`${FONT}400Regular/Inter_400Regular.ttf`));
  for (let code = 0x20; code < 0x7f; code++) {
    const character = String.fromCharCode(code);
    const estimate = textWidth(character, 1000);
    const exact = semiBold(code);
    assert.ok(estimate >= exact && estimate < exact + 1, `${character}: ${estimate}, not ${exact}`);
    // Inter's space is wider in Regular, by a thirtieth of the type size.
    assert.ok(code === 0x20 || regular(code) <= estimate + 23, `${character} in Regular`);
  }
});

Deno.test("words in other alphabets are not estimated narrower than Inter draws them", async () => {
  const width = await openFont(import.meta.resolve(`${FONT}600SemiBold/Inter_600SemiBold.ttf`));
  const words = [
    "щенок",
    "МЕДВЕДЬ",
    "ЖАБА",
    "муравьи",
    "γάτα",
    "ΣΚΥΛΟΣ",
    "ŒUVRE",
    "façade",
    "łódź",
  ];
  for (const word of words) {
    const drawn = [...word].reduce((sum, c) => sum + width(c.codePointAt(0)!), 0);
    assert.ok(textWidth(word, 1000) >= drawn, `${word}: ${textWidth(word, 1000)}, not ${drawn}`);
  }
});

Deno.test("what fits is left as it is", () => {
  assert.equal(fitText("predicted: bees", 15, 200), "predicted: bees");
  assert.equal(fitText("猫", 15, 16), "猫");
});

Deno.test("what does not fit becomes a beginning of itself and an ellipsis, within the width", () => {
  const names = fc.string({ unit: "grapheme", maxLength: 80 });
  fc.assert(fc.property(names, fc.integer({ min: 20, max: 300 }), (name, width) => {
    const fitted = fitText(name, 15, width);
    assert.ok(textWidth(fitted, 15) <= width);
    if (fitted === drawable(name)) return;
    assert.ok(textWidth(drawable(name), 15) > width);
    assert.ok(fitted.endsWith("…"));
    assert.ok(drawable(name).startsWith(fitted.slice(0, -1)));
  }));
});

Deno.test("a character of several code points is kept or dropped whole", () => {
  const family = "👩‍👩‍👧";
  for (let width = 15; width < 120; width += 3) {
    const fitted = fitText(family.repeat(5), 15, width);
    assert.match(fitted, new RegExp(`^(${family})*…?$`, "u"));
  }
});

Deno.test("characters that cannot be drawn, or would reverse the rest, become boxes", () => {
  assert.equal(drawable("a\0b\u001bc"), "a□b□c");
  assert.equal(drawable("\u202egnp.exe"), "□gnp.exe");
  assert.equal(drawable("\ud800x\udfff"), "□x□");
  assert.equal(drawable("x\uffff\ufffe"), "x□□");
  assert.equal(drawable("a\u200eb\u200fc\u061cd\u2067e\x9bf"), "a□b□c□d□e□f");
  assert.equal(drawable("tab\tand\r\nnew line"), "tab and new line");
  assert.equal(drawable("😀 é 猫 <&>"), "😀 é 猫 <&>");
});

Deno.test("a name of a million characters is shortened at once", () => {
  assert.ok(fitText("x".repeat(1e6), 15, 240).length < 40);
});

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
