import assert from "node:assert/strict";
import {
  classOfPath,
  nameObjection,
  takeName,
  takeNumber,
  tidyName,
  unusedName,
} from "../../../app/teach/class_names.ts";
import { planLayout } from "../../../data/sources/layout.ts";

Deno.test("names that are allowed are classes for the pipeline, as they are", () => {
  for (const name of ["ants", "Käfer & Co.x", "日本", "class 1", "a'b", "take"]) {
    assert.equal(nameObjection(name, ["other"]), undefined, name);
    const paths = [1, 2, 3].flatMap((i) => [`${name}/${i}.jpg`, `zebra/${i}.jpg`]);
    const { files } = planLayout(paths, "photos", { seed: 0, valFraction: 0.2 });
    assert.ok(files.some(({ className }) => className === name), name);
  }
});

Deno.test("names that would be lost or misread as folders are refused, and why is said", () => {
  const refused: [string, RegExp][] = [
    ["", /needs a name/],
    ["a".repeat(101), /100 letters/],
    ["ants", /already/],
    ["ANTS", /already/],
    ["con", /device on Windows/],
    ["dots.", /ends in a dot/],
    ["a/b", /slash/],
    ["a\\b", /slash/],
    ["what?", /Windows forbids/],
    [".hidden", /passed over/],
    ["__MACOSX", /passed over/],
    ["Validation", /part of the photos/],
    ["train", /part of the photos/],
  ];
  for (const [name, why] of refused) assert.match(nameObjection(name, ["ants"])!, why, name);
});

Deno.test("two spellings of the same letters are one name", () => {
  assert.equal(tidyName("  Ka\u0308fer \t 2 "), "Käfer 2");
});

Deno.test("a photo is of the class whose folder it lies in; a take is a folder of its class", () => {
  assert.deepEqual(classOfPath("photos/cats/1.jpg"), { className: "cats", file: "1.jpg" });
  assert.deepEqual(classOfPath("cats/1.jpg"), { className: "cats", file: "1.jpg" });
  const file = `${takeName(12)}/0003.jpg`;
  assert.deepEqual(classOfPath(`photos/cats/${file}`), { className: "cats", file });
  assert.equal(takeNumber(file), 12);
  assert.equal(takeNumber("1.jpg"), 0);
  assert.equal(classOfPath("1.jpg"), undefined);
  assert.equal(classOfPath("photos/__MACOSX/cats/1.jpg"), undefined);
});

Deno.test("a file keeps its name, but where another has it", () => {
  const used = new Set(["1.jpg", "1 (2).jpg"]);
  assert.equal(unusedName("2.jpg", (name) => used.has(name)), "2.jpg");
  assert.equal(unusedName("1.jpg", (name) => used.has(name)), "1 (3).jpg");
});
