/** One object, as a file of `models/` declares it, is all that a new architecture takes. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { sha256OfFile } from "../../data/download/digest.ts";
import type { ModelDescription } from "../../inference/description.ts";
import { usage } from "../../export/usage.ts";
import type { Architecture } from "../../models/architecture.ts";
import { parameterSpecs } from "../../models/parameter_specs.ts";
import { architectureNames, ARCHITECTURES, findArchitecture } from "../../models/registry.ts";
import { fetchPretrained } from "../../weights/fetch_pretrained.ts";
import { pretrainedNeeds } from "../../weights/pretrained_needs.ts";
import { tempFolder } from "../data/download/temp_folder.ts";

/** @param sha256 of its file of weights */
function squeezeNet(sha256: string): Architecture {
  return {
    name: "squeezenet1_1",
    head: "classifier.1",
    preprocessing: { resize: 32, size: 24, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
    pretrained: {
      name: "SqueezeNet 1.1",
      file: "squeezenet1_1.pth",
      sha256,
      url: "https://weights.example/squeezenet1_1.pth",
      licence: "BSD-3-Clause",
      auto: 0,
    },
    python: { torchvision: "squeezenet1_1" },
    features: (layers, x) =>
      layers.globalAveragePool(layers.conv2d("features.0", x, { filters: 8, kernel: 3 })),
    classifier: (layers, features, classes) => layers.linear("classifier.1", features, classes),
  };
}

const description: ModelDescription = {
  schema: 2,
  architecture: "squeezenet1_1",
  classes: ["ants", "bees"],
  preprocessing: squeezeNet("").preprocessing,
  pretrained: { origin: "nowhere", sha256: "", licence: "MIT" },
  temperature: 1.25,
};

Deno.test("a new architecture is listed and found beside the others, with its parameters", () => {
  const registry = [...ARCHITECTURES, squeezeNet("")];
  assert.deepEqual(architectureNames(registry).slice(-2), [
    ARCHITECTURES.at(-1)!.name,
    "squeezenet1_1",
  ]);
  const specs = parameterSpecs(findArchitecture("squeezenet1_1", registry), 5);
  assert.deepEqual(specs.map(({ name, shape }) => [name, shape]), [
    ["features.0.weight", [8, 3, 3, 3]],
    ["classifier.1.weight", [5, 8]],
    ["classifier.1.bias", [5]],
  ]);
});

Deno.test("its weights are fetched by name and, where it declares a turn, by auto", async () => {
  using folder = tempFolder();
  const path = join(folder.path, "squeezenet1_1.pth");
  await Deno.writeTextFile(path, "weights of SqueezeNet");
  const sha256 = await sha256OfFile(path);
  const registry = [...ARCHITECTURES, squeezeNet(sha256)];
  const places = { downloads: join(folder.path, "downloads"), mirror: folder.path, pythons: [] };
  for (const choice of ["squeezenet1_1", "auto"]) {
    assert.deepEqual(await fetchPretrained(choice, registry, places), {
      model: "squeezenet1_1",
      path,
      sha256,
      origin: "https://weights.example/squeezenet1_1.pth",
      licence: "BSD-3-Clause",
    });
  }
  assert.deepEqual(pretrainedNeeds("squeezenet1_1", registry).net, ["weights.example"]);
});

Deno.test("its export says how Python loads it", () => {
  const architecture = squeezeNet("");
  const said = (python: Architecture["python"]) =>
    usage("pytorch", "ants.pth", description, [...ARCHITECTURES, { ...architecture, python }]);
  const text = said(architecture.python);
  assert.match(text, /state = torch\.load\("ants\.pth", weights_only=True\)/);
  assert.match(text, /model = torchvision\.models\.squeezenet1_1\(num_classes=2\)/);
  assert.match(text, /Resize\(32\).*CenterCrop\(24\)/);
  assert.match(
    said({ namesOf: "timm's squeezenet" }),
    /# The names are those of timm's squeezenet\./,
  );
  assert.match(said(undefined), /# The names are those of graft's squeezenet1_1\./);
  assert.doesNotMatch(said(undefined), /torchvision/);
});
