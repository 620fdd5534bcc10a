/** A file of weights that says of itself what cannot be: one line says which field, and what is right. */
import assert from "node:assert/strict";
import type { ModelDescription } from "../../../inference/description.ts";
import { findArchitecture } from "../../../models/registry.ts";
import { writeSafetensors } from "../../../weights/safetensors.ts";
import { randomStateDict } from "../../models/random_state_dict.ts";
import { graft } from "../../tasks/graft.ts";

const architecture = findArchitecture("mobilenet_v2");
const right: ModelDescription = {
  schema: 2,
  architecture: architecture.name,
  classes: ["ant", "bee"],
  preprocessing: architecture.preprocessing,
  pretrained: { origin: "nowhere", sha256: "", licence: "MIT" },
  temperature: 1,
};
const stateDict = randomStateDict(architecture, 2);

const CASES: [name: string, description: object, args: string[], message: RegExp][] = [
  [
    "size",
    { ...right, preprocessing: { ...right.preprocessing, size: 33 } },
    [],
    /size\.safetensors: .* wrong in preprocessing\.resize: it is 256, but mobilenet_v2 takes 37/,
  ],
  ["many", { ...right, classes: 2_000_000_000 }, [], /many\.safetensors: .* wrong in classes/],
  ["cold", { ...right, temperature: 1e-9 }, [], /cold\.safetensors: .* wrong in temperature/],
  [
    "three",
    { ...right, classes: ["a", "b", "c"] },
    [],
    /three\.safetensors: its head \(classifier\.1\) tells 2 classes apart, but 3 are named/,
  ],
  ["right", right, ["--model=resnet18"], /--model says resnet18, but .*right\.safetensors says/],
];

Deno.test("weights that contradict themselves answer nothing", async () => {
  const folder = await Deno.makeTempDir();
  // A photo of one pixel: PNG's own smallest.
  const png =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
  await Deno.writeFile(`${folder}/x.png`, Uint8Array.fromBase64(png));
  for (const [name, description, args, message] of CASES) {
    const file = `${name}.safetensors`;
    await writeSafetensors(`${folder}/${file}`, stateDict, { graft: JSON.stringify(description) });
    const command = ["predict", "x.png", "x.png", `--weights=${file}`, "--store=store", ...args];
    const { code, stdout, stderr } = await graft(command, { cwd: folder });
    const what = `${name}: ${code} ${stderr}`;
    assert.ok(code === 1 || code === 2, what);
    assert.match(stderr, message, what);
    assert.doesNotMatch(stderr, /^\s+at /m, what);
    assert.equal(stdout, "", what);
  }
  await Deno.remove(folder, { recursive: true });
});
