import assert from "node:assert/strict";
import { join } from "node:path";
import { classByFolder, sortByFolder } from "../../../app/predictions/class_folders.ts";

const CLASSES = ["ants", "bees", "caf\u00e9"];
const of = (path: string, ...folders: string[]) => classByFolder(path, folders, CLASSES);

Deno.test("a photo's class is the first folder below the one that was asked about", () => {
  assert.equal(of(join("/p", "ants", "1.jpg"), "/p"), "ants");
  assert.equal(of(join("/p", "bees", "ants", "1.jpg"), "/p"), "bees");
  assert.equal(of(join("/p", "ants", "1.jpg"), "/q", "/p"), "ants");
  assert.equal(of(join("/p", "cafe\u0301", "1.jpg"), "/p"), "caf\u00e9"); // as Macs write it
  assert.equal(of("/ants/1.jpg", "/"), "ants");
});

Deno.test("no class is made up: not of a photo's own name, another folder's or an unknown one", () => {
  assert.equal(of(join("/p", "ants"), "/p"), undefined);
  assert.equal(of(join("/p", "wasps", "1.jpg"), "/p"), undefined);
  assert.equal(of(join("/pants", "ants", "1.jpg"), "/p"), undefined);
  assert.equal(of(join("/p", "ants", "1.jpg")), undefined);
  assert.equal(of(join("/p", "constructor", "1.jpg"), "/p"), undefined);
});

Deno.test("photos right in the folder are of no class, and deep ones of the first folder's", () => {
  assert.deepEqual(sortByFolder("/p", ["a.jpg", "ants/b.jpg", "bees/ants/c.jpg"]), {
    photos: [
      { path: "/p/ants/b.jpg", className: "ants" },
      { path: "/p/bees/ants/c.jpg", className: "bees" },
    ],
    unsorted: ["a.jpg"],
  });
});
