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
  // Near duplicates are looked for where photos are divided into parts.
  assert.deepEqual(await shortSideOf({ recipe: "best" }), { shortSide: 384, alike: true });
  for (const wrong of ["255", "0", "1e9x", "half"]) {
    assert.ok(!v.safeParse(TRAINING, { "short-side": wrong }).success, wrong);
  }
});

Deno.test("how photos are fitted goes to the step that says what a model is; what is usual goes into no key", async () => {
  const resolve = (flags: Record<string, string>, ...models: string[]) =>
    withTempFolderOf((folder) => {
      const parsed = v.parse(TRAINING, { backend: "wasm", data: "hymenoptera", ...flags });
      const all = models.length > 0 ? { ...parsed, model: models } : parsed;
      return stepParameters(all, folder, `${folder}/store`);
    });
  const usual = await resolve({ recipe: "quick", model: "resnet18" });
  const named = await resolve({ recipe: "quick", model: "resnet18", fit: "crop" });
  const { downloads: _, ...convert } = named.parameters.convert_weights as Record<string, unknown>;
  assert.ok(!("fit" in convert) && !("size" in convert));
  assert.deepEqual(named.notes, usual.notes);

  const padded = await resolve({ recipe: "quick", model: "resnet18", fit: "pad", size: "448" });
  const { fit, size } = padded.parameters.convert_weights as Record<string, unknown>;
  assert.deepEqual({ fit, size }, { fit: "pad", size: 448 });
  // So that nothing is enlarged that was there.
  assert.deepEqual(padded.parameters.build_datasets, { shortSide: 512 });
  assert.ok(padded.notes.some((note) => /whole, with margins .* at 448×448 pixels/.test(note)));

  const several = await resolve({ recipe: "best", size: "240" }, "resnet18", "deit_tiny");
  const ofDeit = several.parameters.convert_weights_deit_tiny as Record<string, unknown>;
  assert.equal(ofDeit.size, 240);
  await assert.rejects(
    resolve({ recipe: "quick", model: "vit_b_16", size: "240" }),
    /--size 240: vit_b_16 knows places .* take the size 224/,
  );
  for (const wrong of ["31", "1025", "half", "224.5"]) {
    assert.ok(!v.safeParse(TRAINING, { size: wrong }).success, wrong);
  }
  assert.ok(!v.safeParse(TRAINING, { fit: "stretch" }).success);
});

Deno.test("a time budget that comparing networks would eat up lets them be compared by fewer photos, and says so", () =>
  withTempFolder(async (folder) => {
    const resolve = (flags: Record<string, string>) => {
      const parsed = v.parse(TRAINING, { backend: "wasm", data: "hymenoptera", ...flags });
      const model = ["resnet18", "mobilenet_v2"];
      return stepParameters({ ...parsed, model }, folder, `${folder}/store`);
    };
    const sampleOf = (parameters: Record<string, unknown>, step: string) =>
      (parameters[step] as { sample: { photos: number } }).sample.photos;
    const free = await resolve({ recipe: "best" });
    assert.equal(sampleOf(free.parameters, "compute_features_resnet18"), 1000);
    assert.ok(free.notes.every((note) => !/time budget/.test(note)));
    const raced = await resolve({ recipe: "best", "time-budget": "5m" });
    const photos = sampleOf(raced.parameters, "compute_features_resnet18");
    assert.ok(photos < 1000);
    // All that is compared and measured is so by the same photos.
    assert.equal(sampleOf(raced.parameters, "compute_features_mobilenet_v2"), photos);
    assert.equal(sampleOf(raced.parameters, "cross_validate_1"), photos);
    assert.ok(raced.notes.some((note) => note.includes(`compared by ${photos} photos at most`)));
  }));

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

Deno.test("a rate is found where it is asked for, and is no setting of the tutorial's recipes", async () => {
  const finetuneOf = (lr?: string) =>
    withTempFolderOf(async (folder) => {
      const flags = { backend: "wasm", data: "hymenoptera", recipe: "best", model: "resnet18" };
      const parsed = v.parse(TRAINING, { ...flags, ...(lr !== undefined && { lr }) });
      return (await stepParameters(parsed, folder, `${folder}/store`)).parameters
        .train_finetune as { findRate?: true; recipe: { lr: number } };
    });
  const [usual, found, given] = await Promise.all([
    finetuneOf(),
    finetuneOf("auto"),
    finetuneOf("0.5"),
  ]);
  assert.ok(!("findRate" in usual));
  assert.equal(found.findRate, true);
  assert.equal(found.recipe.lr, usual.recipe.lr); // what is taken where no rate shows
  assert.deepEqual([given.findRate, given.recipe.lr], [undefined, 0.5]);
  await withTempFolderOf(async (folder) => {
    const flags = v.parse(TRAINING, {
      backend: "wasm",
      data: "hymenoptera",
      recipe: "quick",
      lr: "auto",
    });
    await assert.rejects(
      stepParameters(flags, folder, `${folder}/store`),
      /--lr auto is of --recipe best/,
    );
  });
  assert.ok(!v.safeParse(TRAINING, { lr: "automatic" }).success);
});
