import assert from "node:assert/strict";
import { sha256 } from "../../../pipeline/digest.ts";
import { changesOf } from "../../../data/review/journal.ts";
import { readJournal, updateJournal } from "../../../data/review/journal_file.ts";
import { ReportError, reportPhoto } from "../../../data/review/report_photo.ts";
import { materialize } from "../../../data/sources/materialize.ts";
import { png } from "../image_files.ts";
import { scene } from "../scene.ts";
import { withTempFolder, writeFiles } from "../photo_folder.ts";

const photo = (seed: number) => png(scene(seed, 24, 24));

async function writePhotos(folder: string): Promise<void> {
  const files: Record<string, Uint8Array> = {};
  let seed = 100;
  for (const split of ["train", "val"]) {
    for (const name of ["ants", "bees"]) {
      for (let i = 0; i < 3; i++) files[`${split}/${name}/${i}.png`] = photo(seed++);
    }
  }
  await writeFiles(folder, files);
}

const counts = async (folder: string, out: string) => {
  const review = changesOf(await readJournal(folder));
  const { counts, sha256 } = await materialize({ kind: "folder", path: folder }, out, {
    seed: 0,
    review,
  });
  return { counts, sha256 };
};

Deno.test("a photo that is sent in teaches nothing until a review gives it a class", async () => {
  await withTempFolder(async (top) => {
    const folder = `${top}/photos`;
    await writePhotos(folder);
    const before = await counts(folder, `${top}/1`);
    await reportPhoto(folder, { photo: photo(1), class: "bees", predicted: "ants" });
    await reportPhoto(folder, { photo: photo(1), class: "ants" }); // twice: the last word counts
    const { reported } = await readJournal(folder);
    assert.equal(reported.length, 1);
    assert.equal(reported[0].class, "ants");
    assert.deepEqual(await Deno.readFile(`${folder}/${reported[0].photo}`), photo(1));
    assert.deepEqual(await counts(folder, `${top}/2`), before);

    const photos = [{ path: reported[0].photo, sha256: sha256(photo(1)) }];
    await updateJournal(folder, (journal) => ({
      ...journal,
      decisions: [{ decision: "move", class: "ants", photos }],
    }));
    const after = await counts(folder, `${top}/3`);
    assert.deepEqual(after.counts.train, { ants: 4, bees: 3 });
    assert.notEqual(after.sha256, before.sha256);
  });
});

Deno.test("what is no photo, or more than is to be kept, is refused and leaves nothing", async () => {
  await withTempFolder(async (folder) => {
    await assert.rejects(
      reportPhoto(folder, { photo: new TextEncoder().encode("<html>"), class: "bees" }),
      ReportError,
    );
    const most = { photos: 2, bytes: 3 * photo(1).length };
    await reportPhoto(folder, { photo: photo(1), class: "bees" }, most);
    await reportPhoto(folder, { photo: photo(2), class: "bees" }, most);
    await assert.rejects(
      reportPhoto(folder, { photo: photo(3), class: "bees" }, most),
      /2 photos wait to be reviewed already: deno task review/,
    );
    const few = { photos: 9, bytes: photo(1).length + photo(2).length };
    await assert.rejects(reportPhoto(folder, { photo: photo(3), class: "bees" }, few), ReportError);
    assert.equal((await readJournal(folder)).reported.length, 2);
    assert.equal([...Deno.readDirSync(`${folder}/graft-review/reported`)].length, 2);
  });
});
