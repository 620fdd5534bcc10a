import assert from "node:assert/strict";
import { parameterSpecs } from "../../models/parameter_specs.ts";
import { findArchitecture } from "../../models/registry.ts";
import { convertStateDict } from "../../weights/convert.ts";
import { convertStart } from "../../weights/convert_start.ts";
import type { Tensor } from "../../weights/tensor.ts";
import { randomStateDict } from "../models/random_state_dict.ts";

const architecture = findArchitecture("mobilenet_v2"); // whose head is classifier.1
const specsOf = (classes: number) => parameterSpecs(architecture, classes);
const whole = randomStateDict(architecture, 7);
const features = [...whole].filter(([name]) => !name.startsWith("classifier."));
const start = (stateDict: ReadonlyMap<string, Tensor>) =>
  convertStart(stateDict, specsOf, architecture.head, "a.pth");
const tensor: Tensor = { dtype: "float32", shape: [1], data: new Float32Array(1) };

Deno.test("a head of any number of classes is kept, and counted", () => {
  assert.deepEqual(start(whole), { parameters: convertStateDict(whole, specsOf(7)), classes: 7 });
});

for (
  const [what, head, note] of [
    ["is missing", {}, "its head (classifier.1) is missing: training replaces it all the same"],
    ["is one layer in place of two", { "classifier.weight": tensor }, /\(classifier\.weight\)/],
    [
      "is made of several",
      { "classifier.1.0.weight": tensor, "classifier.1.3.weight": tensor },
      /is made of other layers \(classifier\.1\.0\.weight, classifier\.1\.3\.weight\)/,
    ],
    [
      "lacks its bias",
      { "classifier.1.weight": whole.get("classifier.1.weight")! },
      /other layers/,
    ],
  ] as [string, Record<string, Tensor>, string | RegExp][]
) {
  for (const prefix of ["", "model."]) {
    Deno.test(`a head that ${what} is left out, and that is said (${prefix || "no prefix"})`, () => {
      const named = [...features, ...Object.entries(head)];
      const found = start(new Map(named.map(([name, tensor]) => [prefix + name, tensor])));
      const all = convertStateDict(whole, specsOf(7));
      assert.deepEqual(
        found.parameters,
        new Map([...all].filter(([name]) => !name.startsWith("classifier."))),
      );
      assert.equal(found.classes, undefined);
      assert.match(found.note!, typeof note === "string" ? new RegExp(RegExp.escape(note)) : note);
    });
  }
}

Deno.test("what is missing besides is named, also behind a prefix", () => {
  const named = features.slice(1).map(([name, t]): [string, Tensor] => [`net.${name}`, t]);
  assert.throws(
    () => start(new Map(named)),
    /a\.pth, without the prefix "net\." of its names, does not fit the model\. 1 missing: features\.0\.0\.weight/,
  );
});

Deno.test("without its head a model cannot answer, and the message says so", () => {
  assert.throws(() => convertStateDict(new Map(features), specsOf(7), "a.pth"), /It has no head/);
  const other = new Map([...features, ["classifier.3.weight", tensor] as const]);
  assert.throws(
    () => convertStateDict(other, specsOf(7), "a.pth"),
    /Its head \(classifier\.1\) is made of other layers: training can start from it/,
  );
});
