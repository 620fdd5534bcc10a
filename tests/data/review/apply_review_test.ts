import assert from "node:assert/strict";
import { sha256 } from "../../../pipeline/digest.ts";
import { applyReview, undoReview } from "../../../data/review/apply_review.ts";
import { changesOf, type Decision, JOURNAL } from "../../../data/review/journal.ts";
import { readJournal, updateJournal } from "../../../data/review/journal_file.ts";
import { materialize } from "../../../data/sources/materialize.ts";
import { scene } from "../scene.ts";
import { toPpm, withTempFolder, writeFiles } from "../photo_folder.ts";

const photo = (seed: number) => toPpm(scene(seed, 24, 24));

/** Files below a folder with the seed-independent digests of their bytes; not what the review keeps. */
async function contents(folder: string, within = ""): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { name, isDirectory } of Deno.readDir(`${folder}/${within}`)) {
    const path = within + name;
    if (isDirectory) Object.assign(found, await contents(folder, `${path}/`));
    else if (name !== JOURNAL && name !== ".lock") {
      found[path] = sha256(await Deno.readFile(`${folder}/${path}`)).slice(0, 12);
    }
  }
  return found;
}

async function withPhotos(
  test: (folder: string, decide: (...decisions: Decision[]) => Promise<unknown>) => Promise<void>,
) {
  await withTempFolder(async (top) => {
    const folder = `${top}/photos`;
    const files: Record<string, Uint8Array> = {};
    for (let i = 0; i < 6; i++) {
      files[`train/ants/${i}.ppm`] = photo(i);
      files[`train/bees/${i}.ppm`] = photo(10 + i);
      files[`val/ants/${i}.ppm`] = photo(20 + i);
      files[`val/bees/${i}.ppm`] = photo(30 + i);
    }
    await writeFiles(folder, files);
    await test(folder, (...decisions) =>
      updateJournal(folder, (journal) => ({
        ...journal,
        decisions: [...journal.decisions, ...decisions],
      })));
  });
}

const move = (path: string, to: string): Decision => ({
  decision: "move",
  class: to,
  photos: [{ path }],
});

/** What the pipeline makes of the folder. */
async function materialized(folder: string, out: string) {
  const review = changesOf(await readJournal(folder));
  const source = await materialize({ kind: "folder", path: folder }, out, { seed: 0, review });
  return { source, photos: await contents(`${out}/photos`) };
}

Deno.test("the pipeline sees the same photos and labels before files are moved and after", async () => {
  await withPhotos(async (folder, decide) => {
    await decide(
      move("train/ants/1.ppm", "bees"),
      move("val/bees/2.ppm", "ants"),
      { decision: "set aside", photos: [{ path: "train/bees/3.ppm" }] },
      { decision: "keep", photos: [{ path: "train/ants/2.ppm" }] },
    );
    const lying = await contents(folder);
    const before = await materialized(folder, `${folder}/../before`);
    assert.deepEqual(await contents(folder), lying, "the photos stay as they are");
    // The name is taken in the other class: nothing is overwritten.
    assert.equal(before.photos["train/bees/1 (2).ppm"], lying["train/ants/1.ppm"]);
    assert.equal(before.photos["val/ants/2 (2).ppm"], lying["val/bees/2.ppm"]);
    assert.equal(Object.keys(before.photos).length, 23);
    assert.match(before.source.note!, /2 photos in another class, 1 photo set aside/);

    const { moved, kept } = await applyReview(folder);
    assert.deepEqual([moved.length, kept], [3, []]);
    const after = await materialized(folder, `${folder}/../after`);
    assert.deepEqual(after.photos, before.photos);
    assert.equal(after.source.sha256, before.source.sha256);
    assert.deepEqual(Object.values(await contents(folder)).sort(), Object.values(lying).sort());
    assert.deepEqual(changesOf(await readJournal(folder)), []);

    const back = await undoReview(folder);
    assert.deepEqual([back.moved.length, back.kept], [3, []]);
    assert.deepEqual(await contents(folder), lying);
    assert.equal(changesOf(await readJournal(folder)).length, 3, "what was decided still is");
  });
});

Deno.test("a file that was changed or replaced since stays where it is, and is named", async () => {
  await withPhotos(async (folder, decide) => {
    await decide(move("train/ants/1.ppm", "bees"), move("train/ants/2.ppm", "bees"));
    await applyReview(folder);
    await Deno.writeFile(`${folder}/train/bees/1 (2).ppm`, photo(99));
    await Deno.writeFile(`${folder}/train/ants/2.ppm`, photo(98));
    const { moved, kept } = await undoReview(folder);
    assert.deepEqual(moved, []);
    assert.deepEqual(kept.map(({ path }) => path).sort(), [
      "train/bees/1 (2).ppm",
      "train/bees/2 (2).ppm",
    ]);
    assert.deepEqual(await Deno.readFile(`${folder}/train/ants/2.ppm`), photo(98));
    assert.equal((await readJournal(folder)).applied.length, 2, "it can be tried again");
  });
});

Deno.test("after a kill between two files, applying goes on and undoing takes all back", async () => {
  await withPhotos(async (folder, decide) => {
    const lying = await contents(folder);
    await decide(move("train/ants/1.ppm", "bees"), move("train/ants/2.ppm", "bees"));
    const entry = (i: number) => ({
      from: `train/ants/${i}.ppm`,
      to: `train/bees/${i} (2).ppm`,
      sha256: sha256(photo(i)),
      class: "bees",
      at: "then",
    });
    // Both stand in the journal, one was moved.
    await updateJournal(folder, (journal) => ({ ...journal, applied: [entry(1), entry(2)] }));
    await Deno.rename(`${folder}/train/ants/1.ppm`, `${folder}/train/bees/1 (2).ppm`);
    const { moved, kept } = await applyReview(folder);
    assert.deepEqual(moved, [{ from: "train/ants/2.ppm", to: "train/bees/2 (2).ppm" }]);
    assert.deepEqual(kept, []);
    await undoReview(folder);
    assert.deepEqual(await contents(folder), lying);
  });
});

Deno.test("a decision about another file than lies there now is not followed", async () => {
  await withPhotos(async (folder, decide) => {
    const photos = [{ path: "train/ants/1.ppm", sha256: sha256(photo(1)) }];
    await decide({ decision: "move", class: "bees", photos });
    await Deno.writeFile(`${folder}/train/ants/1.ppm`, photo(77));
    const { kept, moved } = await applyReview(folder);
    assert.deepEqual(moved, []);
    assert.match(kept[0].reason, /is another file now/);
  });
});

Deno.test("a class that is none is refused by name, as is moving files that a list labels", async () => {
  await withPhotos(async (folder, decide) => {
    await decide(move("train/ants/1.ppm", "wasps"));
    await assert.rejects(applyReview(folder), /wasps, which is none here: write one of ants, bees/);
  });
  await withTempFolder(async (folder) => {
    const names = Array.from({ length: 8 }, (_, i) => `${i}.ppm`);
    await writeFiles(folder, Object.fromEntries(names.map((name, i) => [name, photo(i)])));
    const lines = names.map((name, i) =>
      `${name},${i < 4 ? "ants" : "bees"},${i % 2 ? "val" : "train"}`
    );
    await Deno.writeTextFile(`${folder}/labels.csv`, ["file,label,split", ...lines].join("\n"));
    await updateJournal(folder, (journal) => ({ ...journal, decisions: [move("0.ppm", "bees")] }));
    await assert.rejects(applyReview(folder), /labels\.csv says, so no file is moved/);
    const out = `${folder}/../labelled-${crypto.randomUUID()}`;
    const { source } = await materialized(folder, out);
    await Deno.remove(out, { recursive: true });
    const { train, val } = source.counts;
    assert.deepEqual([train.ants + val.ants, train.bees + val.bees], [3, 5]);
  });
});
