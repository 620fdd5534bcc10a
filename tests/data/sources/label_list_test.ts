import assert from "node:assert/strict";
import fc from "fast-check";
import { parseLabelList } from "../../../data/sources/label_list.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);
const utf16 = (text: string, bigEndian = false) => {
  const bytes = new Uint8Array(2 * text.length + 2);
  const view = new DataView(bytes.buffer);
  for (const [i, unit] of ["\ufeff", ...text.split("")].entries()) {
    view.setUint16(2 * i, unit.charCodeAt(0), !bigEndian);
  }
  return bytes;
};
const pairs = (bytes: Uint8Array, name = "labels.csv") =>
  parseLabelList(bytes, name)?.map(({ file, label }) => [file, label]);

const table = "filename,label\n1.jpg,Ameise\nä/2.jpg,Biene\n";
const expected = [["1.jpg", "Ameise"], ["ä/2.jpg", "Biene"]];

for (
  const [what, bytes] of [
    ["UTF-8", utf8(table)],
    ["UTF-8 with a byte order mark", utf8(`\ufeff${table}`)],
    ["UTF-16 as PowerShell writes it", utf16(table.replaceAll("\n", "\r\n"))],
    ["UTF-16, the high byte first", utf16(table, true)],
    ["semicolons", utf8(table.replaceAll(",", ";"))],
    ["tabs", utf8(table.replaceAll(",", "\t"))],
    ["carriage returns alone", utf8(table.replaceAll("\n", "\r"))],
    [
      "blank lines, blanks and capitals",
      utf8(table.replace("filename,label", " FileName , Label \n")),
    ],
    ["quotation marks", utf8(table.replace("1.jpg,Ameise", '"1.jpg","Ameise"'))],
    [
      "other columns before and after",
      utf8("id,path,x,class,y\n7,1.jpg,,Ameise\n8,ä/2.jpg,0,Biene,,\n"),
    ],
  ] as const
) {
  Deno.test(`a table in ${what} is read`, () => assert.deepEqual(pairs(bytes), expected));
}

for (const file of ["path", "file", "filename", "image"]) {
  for (const label of ["label", "class"]) {
    Deno.test(`the columns ${file} and ${label} are found by their names`, () => {
      assert.deepEqual(pairs(utf8(`${label},${file}\nant,1.jpg\n`)), [["1.jpg", "ant"]]);
    });
  }
}

Deno.test("lines say where they stand, and their split where there is a column", () => {
  const lines = parseLabelList(
    utf8('file,label,split\n\n"1\n.jpg",ant, Train\n2.jpg,bee\n'),
    "a.csv",
  );
  assert.deepEqual(lines, [
    { file: "1\n.jpg", label: "ant", split: "Train", at: "line 4" },
    { file: "2.jpg", label: "bee", split: "", at: "line 5" },
  ]);
});

Deno.test("JSON is a label a photo, or a list of objects", () => {
  const json = (value: unknown) => parseLabelList(utf8(JSON.stringify(value)), "Labels.JSON");
  assert.deepEqual(json({ "1.jpg": "ant", "2.jpg": 10, "3.jpg": null }), [
    { file: "1.jpg", label: "ant", at: 'the entry "1.jpg"' },
    { file: "2.jpg", label: "10", at: 'the entry "2.jpg"' },
    { file: "3.jpg", label: "", at: 'the entry "3.jpg"' },
  ]);
  assert.deepEqual(json([{ Image: "1.jpg", Class: "ant", split: "val", x: {} }]), [
    { file: "1.jpg", label: "ant", split: "val", at: "entry 1" },
  ]);
});

Deno.test("other tables and other JSON are no lists", () => {
  for (const text of ["", "a,b\n1,2\n", "file,x\n1.jpg,2\n", "label\nant\n", '"']) {
    assert.equal(pairs(utf8(text)), undefined, text);
  }
  for (const json of [1, null, "x", [1], [{ a: 1 }], { a: [1] }, [{ file: 1, label: "a" }]]) {
    assert.equal(pairs(utf8(JSON.stringify(json)), "a.json"), undefined);
  }
});

Deno.test("what is damaged is said, with what to do", () => {
  const fails = (bytes: Uint8Array, name: string, message: RegExp) =>
    assert.throws(() => parseLabelList(bytes, name), message);
  fails(utf8('file,label\n"1.jpg,ant\n'), "a.csv", /^Error: is damaged .*line 2.*: correct it/);
  fails(utf8("{"), "a.json", /^Error: is no whole JSON .*: correct it/);
  fails(new Uint8Array([0x66, 0xe4, 0x2c]), "a.csv", /UTF-8 or UTF-16: save it as CSV UTF-8/);
});

Deno.test("any name and label come back from a table as they were quoted", () => {
  const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
  const cell = fc.string({ unit: "grapheme", minLength: 1, maxLength: 9 })
    .filter((text) => text.trim() === text && text !== "" && !text.includes("\ufeff"));
  const any = fc.record({
    rows: fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 9 }),
    separator: fc.constantFrom(",", ";", "\t"),
    bom: fc.constantFrom("", "\ufeff"),
  });
  fc.assert(
    fc.property(any, ({ rows, separator, bom }) => {
      const lines = [["image", "label"], ...rows].map((row) => row.map(quoted).join(separator));
      assert.deepEqual(pairs(utf8(bom + lines.join("\n"))), rows);
    }),
    { seed: 17 },
  );
});

Deno.test("whatever bytes come, there are lines, or none, or an error with a message", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 60 }),
      fc.constantFrom("a.csv", "a.json"),
      (end, name) => {
        const bytes = new Uint8Array([...utf8(name === "a.csv" ? "file,label\n" : "["), ...end]);
        try {
          for (const { file, label } of parseLabelList(bytes, name) ?? []) {
            assert.equal(typeof file + typeof label, "stringstring");
          }
        } catch (error) {
          assert.match((error as Error).message, /: (correct|save) it/);
        }
      },
    ),
    { seed: 17 },
  );
});
