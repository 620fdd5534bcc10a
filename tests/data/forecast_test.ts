import assert from "node:assert/strict";
import { forecastPacks } from "../../data/forecast.ts";
import { boundShortSide } from "../../data/short_side.ts";
import { resize } from "../../data/resize.ts";
import { png } from "./image_files.ts";
import { withTempFolder, writeFiles } from "./photo_folder.ts";
import { scene } from "./scene.ts";

Deno.test("a forecast of photos of one size is right to the byte, whatever a broken one says", () =>
  withTempFolder(async (folder) => {
    const bytes = png(scene(1, 60, 40));
    await writeFiles(folder, { "a.png": bytes, "broken.png": "" });
    const paths = Array.from(
      { length: 100 },
      (_, i) => `${folder}/${i === 12 ? "broken" : "a"}.png`,
    );
    const whole = await forecastPacks(paths, { exifOrientation: true, workers: 2 });
    assert.deepEqual([whole?.photos, whole?.bytes], [100, 100 * 60 * 40 * 3]);
    assert.ok(whole!.seconds > 0);
    const bounded = await forecastPacks(paths, {
      exifOrientation: true,
      shortSide: 20,
      workers: 2,
    });
    assert.equal(bounded?.bytes, 100 * 30 * 20 * 3);
  }));

Deno.test("of few photos, and of none that can be read, there is no forecast", () =>
  withTempFolder(async (folder) => {
    const paths = Array.from({ length: 60 }, (_, i) => `${folder}/${i}.png`);
    assert.equal(await forecastPacks(paths, { exifOrientation: true, workers: 1 }), undefined);
    assert.equal(
      await forecastPacks(paths.slice(0, 20), { exifOrientation: true, workers: 1 }),
      undefined,
    );
  }));

Deno.test("a photo is made smaller as Pillow's resize makes it, and never larger", () => {
  for (const [width, height] of [[100, 70], [70, 100], [70, 70]]) {
    const image = scene(3, width, height);
    const long = Math.trunc(50 * Math.max(width, height) / Math.min(width, height));
    const [w, h] = width === height ? [50, 50] : width > height ? [long, 50] : [50, long];
    assert.deepEqual(boundShortSide(image, 50), resize(image, w, h));
    assert.equal(boundShortSide(image, 70), image);
    assert.equal(boundShortSide(image, 500), image);
  }
});
