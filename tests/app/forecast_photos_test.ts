/** What is said of a folder of photos before the pipeline goes through it. */
import assert from "node:assert/strict";
import * as v from "valibot";
import { TRAINING } from "../../app/commands/flags.ts";
import { forecastPhotos } from "../../app/forecast_photos.ts";
import { forecastRun } from "../../app/forecast_run.ts";
import { formatSize } from "../../app/cli/quantities.ts";
import { png } from "../data/image_files.ts";
import { withTempFolder, writeFiles } from "../data/photo_folder.ts";
import { scene } from "../data/scene.ts";

const photo = png(scene(1, 60, 48));
const filesOf = (count: number, bytes: Uint8Array) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`photos/${i % 2 ? "a" : "b"}/${i}.png`, bytes]),
  );
const flagsOf = (data: string) => v.parse(TRAINING, { data, model: "mobilenet_v2" });
const ask = (data: string, folder: string) =>
  forecastPhotos(flagsOf(data), folder, `${folder}/store`);

Deno.test("a folder's forecast is that of its photos, by a few of them, whatever lies beside", () =>
  withTempFolder(async (folder) => {
    await writeFiles(folder, {
      ...filesOf(60, photo),
      "photos/a/notes.txt": "no photo",
      "photos/a/3.png": "no photo",
    });
    const said = await ask("photos", folder);
    const sizes = Array.from({ length: 60 }, () => ({ width: 60, height: 48 }));
    const photos = { sizes, fileBytes: 0, seconds: 1 };
    const { diskBytes } = forecastRun(photos, flagsOf("photos"), []);
    assert.match(
      said!,
      /^60 photos: all of it takes about \d+ minutes? and .* of disk, photos not counted$/,
    );
    assert.ok(said!.includes(` ${formatSize(diskBytes)} of disk`), said);
  }));

Deno.test("nothing is said of few photos, of none that can be read, and of what is no folder", () =>
  withTempFolder(async (folder) => {
    await writeFiles(folder, filesOf(49, photo));
    assert.equal(await ask("photos", folder), undefined);
    await writeFiles(folder, filesOf(60, new Uint8Array(3)));
    assert.equal(await ask("photos", folder), undefined);
    assert.equal(await ask("hymenoptera", folder), undefined);
  }));
