import assert from "node:assert/strict";
import { comparedNetworks, describeDownloads, unableToSee } from "../../app/networks.ts";
import { parameterSpecs } from "../../models/parameter_specs.ts";
import { ARCHITECTURES, findArchitecture } from "../../models/registry.ts";

Deno.test("what is named is compared, each once; auto is the small ones, all is all", () => {
  const two = ["resnet34", "mobilenet_v2"];
  assert.deepEqual(
    comparedNetworks({ model: [...two, "resnet34"], weights: undefined }),
    two,
  );
  assert.deepEqual(comparedNetworks({ model: "resnet34", weights: undefined }), [
    "resnet34",
  ]);
  const auto = comparedNetworks({ model: undefined, weights: undefined });
  assert.deepEqual(comparedNetworks({ model: "auto", weights: undefined }), auto);
  for (const name of ["resnet18", "mobilenet_v2", "efficientnet_lite0", "efficientnet_b0"]) {
    assert.ok(auto.includes(name), name);
  }
  const bytesOf = (name: string) => findArchitecture(name).pretrained!.bytes;
  for (const name of auto) assert.ok(bytesOf(name)! < 50e6, `${name} is small, and known to be`);
  assert.ok(!auto.includes("resnet34"), "it has 87 MB");
  assert.ok(!auto.includes("mobilenet_v3_small"), "the larger one sees more in little more time");
  const all = comparedNetworks({ model: "all", weights: undefined });
  assert.deepEqual(
    all,
    ARCHITECTURES.filter(({ pretrained }) => pretrained).map(({ name }) => name),
  );
  assert.deepEqual(comparedNetworks({ model: "auto", weights: "mine.pth" }), []);
});

Deno.test("of auto and all, those are left out that cannot see photos of the size; what is named is not", () => {
  const all = comparedNetworks({ model: "all", weights: undefined, size: 240 });
  assert.ok(all.includes("deit_tiny") && all.includes("resnet18"));
  assert.ok(!all.includes("vit_b_16") && !all.includes("dinov2_vits14"));
  const left = unableToSee({ model: "all", size: 240 });
  assert.deepEqual(left, ["vit_b_16", "dinov2_vits14", "dinov2_vits14_reg"]);
  assert.deepEqual(unableToSee({ model: "all" }), []);
  const named = { model: "vit_b_16", weights: undefined, size: 240 };
  assert.deepEqual(comparedNetworks(named), ["vit_b_16"]);
  assert.deepEqual(unableToSee(named), []);
});

Deno.test("what torchvision publishes has the size that it tells, about four bytes a parameter", () => {
  for (const architecture of ARCHITECTURES) {
    const { name, pretrained } = architecture;
    if (!pretrained?.url?.includes("download.pytorch.org")) continue;
    const values = parameterSpecs(architecture, 1000)
      .reduce((sum, { shape }) => sum + shape.reduce((product, side) => product * side, 1), 0);
    const ratio = pretrained.bytes! / (4 * values);
    assert.ok(ratio > 0.99 && ratio < 1.03, `${name}: ${pretrained.bytes} bytes`);
  }
});

Deno.test("what is still to be downloaded is told as a total, and what is here is left out", async () => {
  const folder = await Deno.makeTempDir();
  const names = ["resnet18", "mobilenet_v2"];
  assert.equal(
    describeDownloads(names, [folder]),
    "compares resnet18, mobilenet_v2 by cross-validation: 61 MB of weights are downloaded first",
  );
  await Deno.writeTextFile(`${folder}/${findArchitecture("resnet18").pretrained!.file}`, "");
  assert.match(describeDownloads(names, ["/nowhere", folder]), /: 14 MB of weights/);
  await Deno.writeTextFile(`${folder}/${findArchitecture("mobilenet_v2").pretrained!.file}`, "");
  assert.match(describeDownloads(names, [folder]), /: all of their weights are here$/);
  await Deno.remove(folder, { recursive: true });
});
