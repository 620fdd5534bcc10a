/** What a key sees: everything that counts, and nothing else. */
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import type { Code } from "../../pipeline/code.ts";
import { defineStep } from "../../pipeline/declaration.ts";
import type { Json } from "../../pipeline/digest.ts";
import { FileDigests } from "../../pipeline/code/file_digests.ts";
import {
  checkpointKeyOf,
  type Fingerprint,
  Fingerprinter,
  keyOf,
} from "../../pipeline/fingerprint.ts";
import { Folder } from "./rig.ts";

/** Few letters, so that texts that only differ in where they are cut do come up. */
const text = fc.string({ unit: fc.constantFrom("a", "b", ":", "é", "e\u0301", "学") });
const texts = fc.dictionary(text, text);

const fingerprint: fc.Arbitrary<Fingerprint> = fc.record({
  schema: fc.constant(2 as const),
  step: text,
  module: text,
  files: fc.dictionary(text, fc.option(text)),
  packages: texts,
  parameters: fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
  outputs: fc.array(text),
  notInDigest: fc.array(text),
  inputs: texts,
  externals: texts,
  environment: fc.dictionary(text, fc.option(text)),
  device: fc.option(text),
  denoArguments: fc.array(text),
});

const asJson = (value: unknown) => JSON.parse(JSON.stringify(value));

/** As it would come out of a manifest, with every object's fields the other way round. */
const reversed = <T>(value: T): T => {
  if (Array.isArray(value)) return value.map(reversed) as T;
  if (value === null || typeof value !== "object") return value;
  const fields = Object.entries(value).reverse().map(([name, field]) => [name, reversed(field)]);
  return Object.fromEntries(fields);
};

Deno.test("the order in which fields came about does not change a key", () => {
  fc.assert(fc.property(fingerprint, (taken) => {
    assert.equal(keyOf(reversed(asJson(taken))), keyOf(taken));
  }));
});

Deno.test("a change to any one field changes the key", () => {
  fc.assert(fc.property(fingerprint, fingerprint, (a, b) => {
    for (const name of Object.keys(a) as (keyof Fingerprint)[]) {
      const mixed = { ...a, [name]: b[name] };
      const isSame = isDeepStrictEqual(asJson(mixed), asJson(a));
      assert.equal(keyOf(mixed) === keyOf(a), isSame, name);
    }
  }));
});

Deno.test("characters cannot move from one field to its neighbour", () => {
  const strings = ["step", "module", "device"] as const;
  const lists = ["outputs", "notInDigest", "denoArguments"] as const;
  const records = ["packages", "inputs", "externals"] as const;
  fc.assert(fc.property(fingerprint, text, text, (taken, a, b) => {
    fc.pre(b !== "");
    const keys = [
      ...strings.flatMap((x, i) =>
        strings.slice(i + 1).flatMap((y) => [
          { ...taken, [x]: a + b, [y]: a },
          { ...taken, [x]: a, [y]: b + a },
        ])
      ),
      ...lists.flatMap((x, i) =>
        lists.slice(i + 1).flatMap((y) => [
          { ...taken, [x]: [a, b], [y]: [] },
          { ...taken, [x]: [a], [y]: [b] },
          { ...taken, [x]: [a + b], [y]: [] },
        ])
      ),
      ...records.map((x) => ({ ...taken, [x]: { [a + b]: a } })),
      ...records.map((x) => ({ ...taken, [x]: { [a]: b + a } })),
    ].map((each) => [keyOf(each), JSON.stringify(reversed(each))] as const);
    const byKey = new Map(keys);
    // As many keys as there are different fingerprints.
    assert.equal(byKey.size, new Set(keys.map(([, each]) => each)).size);
  }));
});

Deno.test("names that look alike but are spelled differently are different names", () => {
  const named = (name: string) =>
    keyOf({ ...fc.sample(fingerprint, { seed: 1, numRuns: 1 })[0], step: name });
  assert.equal(new Set(["é", "e\u0301", "É", "\ud800", "\ufffd"].map(named)).size, 5);
});

Deno.test("parameters that checkpoints are shared across leave their key alone, all others do not", () => {
  fc.assert(fc.property(fingerprint, fc.integer(), fc.integer(), (taken, a, b) => {
    fc.pre(a !== b);
    const key = (parameters: Json) =>
      checkpointKeyOf({ ...taken, parameters }, {
        checkpointsAcross: ["recipe.epochs", "threads"],
      });
    const base = key({ recipe: { epochs: a, lr: a }, threads: a, epochs: a });
    assert.equal(key({ recipe: { epochs: b, lr: a }, threads: b, epochs: a }), base);
    assert.equal(key({ recipe: { lr: a }, epochs: a }), base);
    assert.notEqual(key({ recipe: { epochs: a, lr: b }, threads: a, epochs: a }), base);
    assert.notEqual(key({ recipe: { epochs: a, lr: a }, threads: a, epochs: b }), base);
  }));
});

Deno.test("the order of a step's declarations does not change its fingerprint", async () => {
  using folder = new Folder();
  const [x, y] = [folder.write("x.txt", "x"), folder.write("y.txt", "y")];
  const closure = { root: "", module: "m", files: {}, texts: {}, packages: {}, readable: [] };
  const digests = new FileDigests();
  const code: Pick<Code, "closureOf" | "digestOf"> = {
    closureOf: () => Promise.resolve(closure),
    digestOf: (path, without) => digests.of(path, without),
  };
  const fingerprinter = new Fingerprinter(code);
  const keys = await Promise.all([false, true].map(async (reverse) => {
    const list = <T>(...items: T[]) => reverse ? items.reverse() : items;
    const step = defineStep({
      name: "step",
      module: new URL("file:///m"),
      inputs: list("a", "b"),
      outputs: list("o", "p"),
      notInDigest: list("o", "p"),
      externals: () => list(x, y),
      environment: () => list("HOME", "PATH"),
    });
    const inputs = Object.fromEntries(list(["a", "1"], ["b", "2"]));
    return keyOf(await fingerprinter.take(step, {}, inputs));
  }));
  assert.equal(keys[0], keys[1]);
});
