/** What Windows does to names, told on any system. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { pathObjection } from "../../data/download/zip.ts";
import { labelObjection } from "../../data/sources/label_objection.ts";
import { windowsObjection } from "../../data/windows_name.ts";

const REFUSED = [
  "con",
  "CON",
  "Aux.jpg",
  "nul.tar.gz",
  "PRN",
  "com1",
  "LPT9.png",
  "com\u00b9.jpg",
  "conin$",
  "aux .jpg",
  "ants.",
  "ants ",
  "a:b",
  "what?.jpg",
  "a|b",
  'say "bee"',
];
const TAKEN = [
  "ants",
  "icon",
  "console",
  "con-1",
  "aux1.jpg",
  "com.jpg",
  "com10",
  "lpt",
  "a.b.jpg",
  "é",
];

Deno.test("devices, ends that are cut and forbidden characters are told, and nothing else", () => {
  for (const name of REFUSED) assert.ok(windowsObjection(name), name);
  for (const name of TAKEN) assert.equal(windowsObjection(name), undefined, name);
});

Deno.test("on Windows no archive writes to such a name, at whatever depth; elsewhere it may", () => {
  for (const name of REFUSED) {
    for (const path of [`photos/${name}/1.jpg`, `photos/ants/${name}`]) {
      assert.match(pathObjection(path, "windows")!, /Windows/, path);
      assert.equal(pathObjection(path, "linux"), undefined, path);
    }
    assert.ok(labelObjection(name, "windows"), name);
    assert.equal(labelObjection(name, "darwin"), undefined, name);
  }
  for (const name of TAKEN) assert.equal(pathObjection(`a/${name}/b.jpg`, "windows"), undefined);
});

Deno.test("a path that is let through on Windows has no part that would be another there", () => {
  const piece = fc.constantFrom(
    "con",
    "aux",
    ".",
    " ",
    "a",
    "1",
    ":",
    "/",
    "\\",
    "..",
    "nul",
    ".jpg",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
      const path = pieces.join("");
      if (pathObjection(path, "windows") !== undefined) return;
      for (const part of path.split("/")) {
        assert.ok(!/[. ]$|[:\\]/.test(part) && part !== "", path);
        assert.ok(
          !["con", "aux", "nul"].includes(part.split(".")[0].trimEnd().toLowerCase()),
          path,
        );
      }
    }),
    { seed: 3, numRuns: 2000 },
  );
});
