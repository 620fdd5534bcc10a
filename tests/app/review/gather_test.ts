import assert from "node:assert/strict";
import { gather } from "../../../app/review/gather.ts";
import { FINDINGS, gathered, ISSUES, KNOWN } from "./reviewed.ts";

Deno.test("the worst comes first, and each photo stands alone but once", () => {
  const { items, kinds, photos } = gathered();
  assert.deepEqual(items.map(({ kind, photos }) => [kind, ...photos]), [
    ["label_issue", 3],
    ["label_issue", 0],
    ["label_issue", 5],
    ["surely_other", 10],
    ["outlier", 1], // 3 stands above
    ["near_duplicates", 1, 2],
    ["dark", 6], // 0 stands above
  ]);
  assert.deepEqual(kinds.map(({ key }) => key), [
    "label_issue",
    "surely_other",
    "outlier",
    "near_duplicates",
    "dark",
  ]);
  assert.equal(items[0].suggestion, "bees");
  assert.equal(items[4].suggestion, undefined, "the model agrees with its label");
  assert.ok(kinds.every(({ cost }) => cost.length > 10));
  assert.equal(photos.length, KNOWN.length);
});

Deno.test("what is said of all photos is a remark with its cost, and notes are none", () => {
  const note = { ...FINDINGS[2], severity: "note" as const, title: "a note" };
  const { remarks } = gather(KNOWN, [...FINDINGS, note], ISSUES, []);
  assert.deepEqual(remarks.map(({ title }) => title), ["photos of ants are darker"]);
  assert.match(remarks[0].cost, /fail on photos/);
});

Deno.test("photos that were sent in come first, with the class that was said", () => {
  const reported = {
    photo: "graft-review/reported/a.jpg",
    sha256: "0".repeat(64),
    class: "wasps",
    predicted: "bees",
  };
  const { items, photos } = gather(KNOWN, FINDINGS, undefined, [reported]);
  assert.deepEqual(items[0], {
    kind: "reported",
    photos: [KNOWN.length],
    suggestion: "wasps",
  });
  assert.equal(photos[KNOWN.length].part, undefined);
  assert.equal(photos[KNOWN.length].predicted, "bees");
});
