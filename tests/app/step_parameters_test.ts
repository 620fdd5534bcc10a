import assert from "node:assert/strict";
import * as v from "valibot";
import { TRAINING } from "../../app/commands/flags.ts";
import { stepParameters } from "../../app/step_parameters.ts";
import { withTempFolder } from "../data/photo_folder.ts";

const shortSideOf = (flags: Record<string, string>) =>
  withTempFolderOf(async (folder) => {
    const parsed = v.parse(TRAINING, { backend: "wasm", data: "hymenoptera", ...flags });
    return (await stepParameters(parsed, folder, `${folder}/store`)).parameters.build_datasets;
  });

async function withTempFolderOf<T>(use: (folder: string) => Promise<T>): Promise<T> {
  let result: T;
  await withTempFolder(async (folder) => {
    result = await use(folder);
  });
  return result!;
}

Deno.test("own photos are kept smaller, but for the tutorial's recipe, or as the flag says", async () => {
  assert.deepEqual(await shortSideOf({ recipe: "quick" }), { shortSide: 384 });
  assert.deepEqual(await shortSideOf({ recipe: "tutorial" }), {});
  assert.deepEqual(await shortSideOf({ recipe: "quick", "short-side": "full" }), {});
  assert.deepEqual(await shortSideOf({ recipe: "tutorial", "short-side": "512" }), {
    shortSide: 512,
  });
  for (const wrong of ["255", "0", "1e9x", "half"]) {
    assert.ok(!v.safeParse(TRAINING, { "short-side": wrong }).success, wrong);
  }
});
