import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { canonical, digestOf, hashFile, sha256 } from "../../pipeline/digest.ts";
import { Folder } from "./rig.ts";

const text = fc.string({ unit: "binary" });

/** The same value with every object's fields in another order. */
function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled);
  if (value === null || typeof value !== "object") return value;
  const fields = Object.entries(value).reverse().map(([key, field]) => [key, shuffled(field)]);
  return Object.fromEntries(fields);
}

Deno.test("two values have one canonical text exactly when JSON holds them equal", () => {
  const asJson = (value: unknown) => JSON.parse(JSON.stringify(value));
  // Small values, so that equal ones do come up.
  const value = fc.jsonValue({ maxDepth: 1, stringUnit: fc.constantFrom("a", "1", ":", '"') });
  fc.assert(
    fc.property(value, value, (a, b) => {
      assert.equal(canonical(a) === canonical(b), isDeepStrictEqual(asJson(a), asJson(b)));
    }),
    { numRuns: 2000 },
  );
});

Deno.test("the order of fields does not matter", () => {
  fc.assert(fc.property(fc.dictionary(text, fc.jsonValue()), (value) => {
    assert.equal(canonical(shuffled(value)), canonical(value));
  }));
});

Deno.test("neighbours cannot trade characters", () => {
  fc.assert(fc.property(fc.array(text), fc.array(text), (a, b) => {
    fc.pre(JSON.stringify(a) !== JSON.stringify(b));
    assert.notEqual(canonical(a), canonical(b));
  }));
  assert.notEqual(canonical({ a: "bc" }), canonical({ ab: "c" }));
  assert.notEqual(canonical(["ab", ""]), canonical(["a", "b"]));
  assert.notEqual(canonical([1, 23]), canonical([12, 3]));
  assert.notEqual(canonical([["a"], "b"]), canonical(["a", ["b"]]));
});

Deno.test("values of different types, and unlike forms of one letter, stay apart", () => {
  const different = [
    null,
    true,
    false,
    0,
    1,
    "",
    "0",
    "1",
    "null",
    "true",
    [],
    {},
    [[]],
    [null],
    { "": null },
    "é",
    "e\u0301",
    "\ud800",
    "\udfff",
    "\ufffd",
  ];
  assert.equal(new Set(different.map((value) => canonical(value))).size, different.length);
});

Deno.test("undefined fields are left out, as JSON does", () => {
  assert.equal(canonical({ a: 1, b: undefined }), canonical({ a: 1 }));
});

Deno.test("what JSON would silently change is refused, and where it is is named", () => {
  const refused: [unknown, RegExp][] = [
    [NaN, /^value is NaN/],
    [{ a: [0, Infinity] }, /^value\.a\[1\] is Infinity/],
    [new Date(0), /^value is a Date/],
    [{ m: new Map() }, /^value\.m is a Map/],
    [[undefined], /^value\[0\] is undefined/],
    [() => 1, /^value is a function/],
  ];
  for (const [value, message] of refused) assert.throws(() => canonical(value), { message });
});

Deno.test("digests are SHA-256", async () => {
  using folder = new Folder();
  const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  assert.equal(sha256("abc"), abc);
  assert.deepEqual(await hashFile(folder.write("abc.txt", "abc")), { size: 3, sha256: abc });
  assert.match(digestOf({}), /^[0-9a-f]{64}$/);
});

Deno.test("a file of more than one buffer is hashed whole", async () => {
  using folder = new Folder();
  const content = "0123456789".repeat(300_000);
  const path = folder.write("large.txt", content);
  const hashed = await hashFile(path, { sync: true });
  assert.deepEqual(hashed, { size: 3_000_000, sha256: sha256(content) });
});
