import assert from "node:assert/strict";
import * as v from "valibot";
import { TRAINING } from "../../app/commands/flags.ts";
import { comparedNetworks } from "../../app/networks.ts";
import { isOneSetting, shapeOf } from "../../app/shape.ts";

const flagsOf = (flags: Record<string, string>) => v.parse(TRAINING, flags);
const shape = (flags: Record<string, string>) => shapeOf(flagsOf(flags));

Deno.test("auto is best for one's own photos, and the tutorial's way for the tutorial's", () => {
  for (const data of ["photos", "./photos.zip", "pypi:elpv-dataset", "https://a.b/c.zip"]) {
    assert.ok(shape({ data }).best, data);
    assert.ok(!shape({ data, recipe: "quick" }).best);
  }
  const tutorials: Record<string, string>[] = [{}, { data: "auto" }, { data: "hymenoptera" }];
  for (const flags of tutorials) {
    assert.ok(!shape(flags).best);
    assert.ok(shape({ ...flags, recipe: "best" }).best);
  }
  // What is no source is told where it is resolved.
  assert.ok(!shape({ data: "pypi:" }).best);
});

Deno.test("best compares small networks, or those that are named; one alone is compared with none", () => {
  const { backbones } = shape({ recipe: "best" });
  assert.deepEqual(backbones, comparedNetworks({ model: "auto", weights: undefined }));
  assert.deepEqual(shape({ recipe: "best", model: "resnet18" }).backbones, []);
  assert.deepEqual(shape({ recipe: "best", weights: "mine.pth" }).backbones, []);
  assert.deepEqual(shape({ recipe: "quick" }).backbones, []);
  const two = shapeOf({ ...flagsOf({ recipe: "best" }), model: ["resnet18", "resnet34"] });
  assert.deepEqual(two.backbones, ["resnet18", "resnet34"]);
});

Deno.test("networks are one setting of best, and an axis of a sweep with other recipes", () => {
  assert.ok(isOneSetting("model", flagsOf({ recipe: "best" })));
  assert.ok(isOneSetting("model", flagsOf({ data: "photos" })));
  assert.ok(!isOneSetting("model", flagsOf({ recipe: "quick" })));
  assert.ok(!isOneSetting("lr", flagsOf({ recipe: "best" })));
});

Deno.test("branches are both, or the one that is named", () => {
  assert.deepEqual(shape({}).branches, ["finetune", "frozen"]);
  assert.deepEqual(shape({ branch: "frozen" }).branches, ["frozen"]);
});
