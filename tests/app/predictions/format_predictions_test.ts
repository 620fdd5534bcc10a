import assert from "node:assert/strict";
import { csvFormat, tableFormat } from "../../../app/predictions/format_predictions.ts";

const PREDICTION = {
  path: "a.jpg",
  label: "bee",
  probability: 0.75,
  top: [{ label: "bee", probability: 0.75 }, { label: "wasp", probability: 0.25 }],
  logits: [1, 2],
};

Deno.test("a table's columns are aligned by what can come, not by what has come", () => {
  const { line } = tableFormat(["bee", "wasp"]);
  assert.equal(line(PREDICTION), "bee    75.0%  a.jpg  (wasp 25.0%)");
  assert.equal(line({ path: "b.jpg", error: "truncated" }), "b.jpg: truncated");
});

Deno.test("a photo of none of the classes is told so where its class would stand", () => {
  const { line } = tableFormat(["bee", "wasp"], { tellsNone: true });
  assert.equal(line(PREDICTION), "bee              75.0%  a.jpg  (wasp 25.0%)");
  assert.equal(
    line({ ...PREDICTION, none_of_these: true }),
    "none of these?       –  a.jpg  (unlike the photos of every class; the nearest: bee 75.0%, " +
      "wasp 25.0%)",
  );
});

Deno.test("a photo that the model is too unsure about has no label, but what was likeliest", () => {
  const { line } = tableFormat(["bee", "wasp"], { abstains: true });
  assert.equal(line({ ...PREDICTION, abstains: false }), "bee        75.0%  a.jpg  (wasp 25.0%)");
  assert.equal(
    line({ ...PREDICTION, abstains: true }),
    "not sure       –  a.jpg  (too unsure to answer; the likeliest: bee 75.0%, wasp 25.0%)",
  );
  const csv = csvFormat(2, true);
  assert.equal(
    csv.head,
    "path,label,probability,label_2,probability_2,none_of_these,abstains,error",
  );
  assert.equal(
    csv.line({ ...PREDICTION, abstains: true }),
    "a.jpg,bee,0.750000,wasp,0.250000,,true,",
  );
  assert.equal(csv.line({ path: "b.jpg", error: "cut off" }), "b.jpg,,,,,,,cut off");
});

Deno.test("no name moves the terminal's cursor", () => {
  const text = tableFormat(["bee"]).line({ ...PREDICTION, path: "a\x1b[2Jb\r\n.jpg" });
  assert.doesNotMatch(text, /\p{Cc}/u);
});

Deno.test("no class or file is a formula in CSV, or turns a line of text around", () => {
  const label = '=HYPERLINK("http://evil")';
  const result = { ...PREDICTION, path: "-x\u202egpj.exe", top: [{ label, probability: 1 }] };
  assert.equal(
    csvFormat(1).line(result),
    `'-x\u{FFFD}gpj.exe,"'=HYPERLINK(""http://evil"")",1.000000,,`,
  );
  assert.doesNotMatch(tableFormat(["bee"]).line(result), /\p{Bidi_Control}/u);
});

Deno.test("CSV has a cell for every column, quoted where names need it", () => {
  const { head, line } = csvFormat(2);
  assert.equal(head, "path,label,probability,label_2,probability_2,none_of_these,error");
  assert.equal(line(PREDICTION), "a.jpg,bee,0.750000,wasp,0.250000,,");
  assert.equal(
    line({ ...PREDICTION, path: 'say "hi", he.jpg', none_of_these: false }),
    '"say ""hi"", he.jpg",bee,0.750000,wasp,0.250000,false,',
  );
  assert.equal(line({ path: "b.jpg", error: "cut\noff" }), 'b.jpg,,,,,,"cut\noff"');
});
