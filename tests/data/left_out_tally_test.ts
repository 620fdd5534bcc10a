import assert from "node:assert/strict";
import { listPhotos } from "../../app/predictions/list_photos.ts";
import { buildDataset } from "../../data/build_dataset.ts";
import { CropProcesses } from "../../data/crop_processes.ts";
import { leftOutOf } from "../../data/doctor/diagnose.ts";
import { examineFolder } from "../../data/doctor/examine.ts";
import { hasImageExtension } from "../../data/image_folder.ts";
import { describeTally, PASSED_OVER, reasonOf, tallyLeftOut } from "../../data/left_out_tally.ts";
import { materialize } from "../../data/sources/materialize.ts";
import heifFiles from "../fixtures/data/heif_photo_files.json" with { type: "json" };
import { png } from "./image_files.ts";
import { withTempFolder, writeFiles } from "./photo_folder.ts";
import { scene } from "./scene.ts";

const heif = (name: string) =>
  Uint8Array.fromBase64(heifFiles.find((file) => file.name === name)!.file);
const photo = (seed: number) => png(scene(seed, 24, 18));

Deno.test("predict, inspect and the pipeline count the same photos left out for the same reasons", () =>
  withTempFolder(async (folder) => {
    const files: Record<string, Uint8Array | string> = {};
    for (let i = 0; i < 6; i++) {
      files[`ants/${i}.png`] = photo(i);
      files[`bees/${i}.png`] = photo(50 + i);
    }
    Object.assign(files, {
      "ants/phone.HEIC": heif("plain.heic"),
      "bees/phone.avif": heif("plain.avif"),
      "ants/cut.png": photo(90).slice(0, -30),
      "ants/cut.heic": heif("plain.heic").slice(0, -60),
      "bees/page.jpg": "<html>",
      "bees/zeros.jpg": new Uint8Array(100),
      "bees/raw.CR2": "II*",
      "bees/nameless": photo(91),
      "bees/nameless_heic": heif("plain.heic"),
      "bees/notes.txt": "bees",
    });
    await writeFiles(`${folder}/photos`, files);
    const expected = {
      "passed over for the name": 3,
      "not an image": 2,
      truncated: 2,
    };

    const collection = await examineFolder(`${folder}/photos`, "photos", { exifOrientation: true });
    assert.deepEqual(leftOutOf(collection), expected);

    await materialize({ kind: "folder", path: `${folder}/photos` }, `${folder}/source`, {
      seed: 0,
    });
    await Deno.mkdir(`${folder}/dataset`);
    const built: string[] = [];
    const { photos } = await buildDataset(`${folder}/source/photos`, `${folder}/dataset`, {
      onQuarantine: ({ path, reason }) =>
        built.push(hasImageExtension(path) ? reasonOf(reason) : PASSED_OVER),
    });
    assert.deepEqual(tallyLeftOut(built), expected);
    assert.equal(photos.length, 14); // the HEIC and the AVIF among them

    const { paths, leftOut } = await listPhotos(["photos"], folder);
    using processes = new CropProcesses(1);
    const refusals: string[] = [];
    for await (const path of paths) {
      const answer = await processes.cut({ photo: `${folder}/${path}`, resize: 8, size: 8 });
      if ("refusal" in answer) refusals.push(reasonOf(answer.refusal));
    }
    assert.deepEqual(tallyLeftOut([...refusals, ...leftOut]), expected);
  }));

Deno.test("a tally is said in words", () => {
  assert.equal(describeTally(tallyLeftOut([])), "no photo left out");
  assert.equal(describeTally(tallyLeftOut(["corrupt"])), "1 photo left out (1 corrupt)");
  assert.equal(
    describeTally(tallyLeftOut(["b", "a", "c", "c"])),
    "4 photos left out (2 c, 1 a, 1 b)",
  );
  assert.equal(reasonOf("truncated: JPEG file ends: amid"), "truncated");
});
