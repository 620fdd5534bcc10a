import assert from "node:assert/strict";
import fc from "fast-check";
import { labelledPaths, listCandidates } from "../../../data/sources/labelled_paths.ts";
import { labelObjection } from "../../../data/sources/label_objection.ts";

type Row = [file: string, label: string, split?: string];

function run(rows: readonly Row[], paths: string[], list = "labels.csv") {
  const lines = rows.map(([file, label, split], i) => ({
    file,
    label,
    ...(split !== undefined && { split }),
    at: `line ${i + 2}`,
  }));
  return labelledPaths({ path: list, lines }, [...paths, list]);
}

Deno.test("photos go where the list says, and what is left on either side is named", () => {
  const rows: Row[] = [["1.jpg", "ant"], ["2.jpg", "bee"], ["4.jpg", "bee"], ["5.jpg", ""]];
  const found = run(rows, [
    "1.jpg",
    "2.jpg",
    "3.jpg",
    "5.jpg",
    "notes.txt",
    ".DS_Store",
    "._1.jpg",
  ])!;
  assert.deepEqual([...found.paths], [["train/ant/1.jpg", "1.jpg"], ["train/bee/2.jpg", "2.jpg"]]);
  assert.deepEqual(found.unlabelled, ["3.jpg", "5.jpg"]);
  assert.deepEqual(found.missing, [{
    path: "4.jpg",
    reason: "is named in labels.csv, but is not there",
  }]);
});

Deno.test("photos are found by their path or its end, however it is written", () => {
  const rows: Row[] = [
    ["images\\a\\1.jpg", "1"],
    ["./images/b/1.jpg", "2"],
    [" b/2.jpg ", "10"],
    ["u\u0308.jpg", "e\u0301"],
  ];
  const files = ["images/a/1.jpg", "images/b/1.jpg", "images/b/2.jpg", "images/\u00fc.jpg"];
  const found = run(rows, files.map((file) => `top/${file}`), "top/labels.csv")!;
  assert.deepEqual([...found.paths], [
    ["train/1/a/1.jpg", "top/images/a/1.jpg"],
    ["train/10/b/2.jpg", "top/images/b/2.jpg"],
    ["train/2/b/1.jpg", "top/images/b/1.jpg"],
    ["train/\u00e9/\u00fc.jpg", "top/images/\u00fc.jpg"],
  ]);
});

Deno.test("a split is a part of its own, in the words that folders may be called", () => {
  const found = run([["1.jpg", "train", "Training"], ["2.jpg", "b", "VALID"], [
    "3.jpg",
    "b",
    "test",
  ]], [
    "1.jpg",
    "2.jpg",
    "3.jpg",
  ])!;
  assert.deepEqual([...found.paths.keys()], ["test/b/3.jpg", "train/train/1.jpg", "val/b/2.jpg"]);
});

Deno.test("a list of other things names none that is there", () => {
  assert.equal(run([["x.jpg", "ant"], ["../1.jpg", "bee"]], ["1.jpg"]), undefined);
});

const ok: Row = ["1.jpg", "ant"];
for (
  const [row, message] of [
    [["../2.jpg", "bee"], /line 3: the path "..\/2.jpg" leads out of the folder: /],
    [["a/../2.jpg", "bee"], /leads out of the folder/],
    [["/etc/2.jpg", "bee"], /is absolute: write it from the list's folder/],
    [["C:\\2.jpg", "bee"], /is absolute/],
    [["https://host/2.jpg", "bee"], /is absolute/],
    [["2\0.jpg", "bee"], /has a control character/],
    [["", "bee"], /the path "" is empty/],
    [["2.jpg", ".."], /the label ".." means a folder already, so .*: write another/],
    [["2.jpg", "."], /means a folder already/],
    [["2.jpg", "../bee"], /has a slash in it/],
    [["2.jpg", "bee\\wasp"], /has a slash in it/],
    [["2.jpg", "/bee"], /has a slash in it/],
    [["2.jpg", "bee\x1b[2J"], /"bee\\u001b\[2J" has a control character in it/],
    [["2.jpg", ".hidden"], /is what hidden files and the like are called/],
    [["2.jpg", "__MACOSX"], /is what hidden files/],
    [["2.jpg", "\ud800"], /is no whole text/],
    [["2.jpg", "ü".repeat(101)], /has more than 200 bytes/],
    [["2.jpg", "bee", "prod"], /the split "prod" is none: write train, val or test/],
    [["2.jpg", "bee", ""], /the split "" is none/],
    [["1.jpg", "bee"], /line 3: 1.jpg is "bee", and "ant" by line 2: keep one of them/],
    [["1.jpg", "Ant"], /keep one of them/],
    [["2.jpg", "Ant"], /the classes ant and Ant, which differ in upper and lower case only: write/],
    [["3.jpg", "bee"], /"3.jpg" may be a\/3.jpg or b\/3.jpg: write the path/],
  ] as [Row, RegExp][]
) {
  Deno.test(`the line ${JSON.stringify(row)} is refused by name`, () => {
    assert.throws(() => run([ok, row], ["1.jpg", "2.jpg", "a/3.jpg", "b/3.jpg"]), message);
  });
}

Deno.test("a line that is there twice counts once", () => {
  assert.equal(run([ok, ok], ["1.jpg"])!.paths.size, 1);
});

Deno.test("lists lie beside or above all photos, and are no litter", () => {
  const at = (...lists: string[]) => listCandidates([...lists, "a/1.jpg", "a/b/2.jpg", ".x/3.jpg"]);
  assert.deepEqual(at("l.csv", "m.TSV", "a/n.json", "x.txt"), ["a/n.json", "l.csv", "m.TSV"]);
  assert.deepEqual(at("a/b/l.csv", "c/l.csv", "._l.csv", "__MACOSX/l.csv"), []);
});

Deno.test("whatever a list says, photos stay below a folder of their class, and none twice", () => {
  const piece = fc.constantFrom(
    "..",
    ".",
    "/",
    "\\",
    "a",
    "train",
    "con",
    "\0",
    "é",
    "~",
    "C:",
    " ",
  );
  const hostile = fc.array(piece, { maxLength: 4 }).map((parts) => parts.join(""));
  const files = ["1.jpg", "a/1.jpg", "train/a.jpg", "é/2.jpg"];
  const row = fc.tuple(fc.oneof(hostile, fc.constantFrom(...files)), hostile);
  fc.assert(
    fc.property(fc.array(row, { maxLength: 5 }), (rows) => {
      let found;
      try {
        found = run([["1.jpg", "one"], ...rows], files)!;
      } catch (error) {
        assert.match((error as Error).message, /^labels\.csv.*: (write|put|remove|keep|.*: )/);
        return;
      }
      for (const [target, from] of found.paths) {
        assert.ok(files.includes(from), from);
        const [part, label, ...rest] = target.split("/");
        assert.equal(part, "train");
        assert.equal(labelObjection(label), undefined);
        assert.ok(rest.length > 0 && !rest.includes("..") && !rest.includes(""));
      }
      assert.equal(new Set(found.paths.values()).size, found.paths.size);
      assert.equal(found.paths.size + found.unlabelled.length, files.length);
    }),
    { seed: 17, numRuns: 500 },
  );
});
