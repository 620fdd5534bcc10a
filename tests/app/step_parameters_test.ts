import assert from "node:assert/strict";
import * as v from "valibot";
import { TRAINING } from "../../app/commands/flags.ts";
import { stepParameters } from "../../app/step_parameters.ts";
import type { Decision } from "../../data/review/journal.ts";
import { updateJournal } from "../../data/review/journal_file.ts";
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

Deno.test("what a review decided is told to the step, and nothing else of its journal", () =>
  withTempFolderOf(async (folder) => {
    const photos = `${folder}/photos`;
    await Deno.mkdir(`${photos}/ants`, { recursive: true });
    await Deno.writeTextFile(`${photos}/ants/1.jpg`, "");
    const told = async () => {
      const flags = v.parse(TRAINING, { backend: "wasm", data: photos });
      const { parameters } = await stepParameters(flags, folder, `${folder}/store`);
      return (parameters.download_data as { review?: unknown }).review;
    };
    const decide = (decision: Decision) =>
      updateJournal(photos, (journal) => ({
        ...journal,
        decisions: [...journal.decisions, decision],
      }));
    assert.equal(await told(), undefined);
    await decide({ decision: "keep", photos: [{ path: "ants/1.jpg" }], at: "now" });
    assert.equal(await told(), undefined, "what is kept changes no key");
    await decide({ decision: "move", class: "bees", photos: [{ path: "ants/1.jpg" }], at: "now" });
    assert.deepEqual(await told(), [{ photo: "ants/1.jpg", class: "bees" }]);
    await Deno.writeTextFile(`${photos}/graft-review.json`, "{");
    await assert.rejects(told(), /graft-review\.json is no whole JSON .*mend it, or move it away/);
  }));
