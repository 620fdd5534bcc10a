import assert from "node:assert/strict";
import { decodeInOrder } from "../../../data/decode_pool.ts";
import { examineInOrder } from "../../../data/doctor/examine_in_order.ts";
import photoFiles from "../../../bench/certify/fixtures/data/photo_files.json" with {
  type: "json",
};
import { png } from "../image_files.ts";
import { withTempFolder, writeFiles } from "../photo_folder.ts";
import { scene } from "../scene.ts";

Deno.test("processes say of every kind of photo, and of what is none, what workers say", () =>
  withTempFolder(async (folder) => {
    const files = Object.fromEntries(photoFiles.map(({ name, file }) => [
      name.replaceAll(/\W/g, "_"),
      Uint8Array.from(atob(file), (c) => c.charCodeAt(0)),
    ]));
    await writeFiles(folder, { ...files, "page": "<html>", "empty": new Uint8Array(0) });
    const paths = [...Object.keys(files), "page", "empty", "gone"].map((name) =>
      `${folder}/${name}`
    );
    for (const exifOrientation of [true, false]) {
      const wanted = { exifOrientation, examine: true, withoutPixels: true };
      const expected = await Array.fromAsync(decodeInOrder(paths, { workers: 2, ...wanted }));
      const found = await Array.fromAsync(examineInOrder(paths, { processes: 2, exifOrientation }));
      assert.deepEqual(found, expected);
    }
  }));

Deno.test("a photo that takes too long is refused by its own, and the next one is looked at", () =>
  withTempFolder(async (folder) => {
    await writeFiles(folder, { "a.png": png(scene(1, 40, 30)), "page": "<html>" });
    const paths = ["a.png", "page", "gone"].map((name) => `${folder}/${name}`);
    const options = { processes: 1, exifOrientation: true, patience: 0 };
    const [first, second, third] = await Array.fromAsync(examineInOrder(paths, options));
    const late = {
      refusal: "corrupt: it takes longer than 0 s to decode",
      reason: "corrupt",
    };
    assert.deepEqual([first, second], [late, late]);
    assert.match("refusal" in third ? third.refusal : "", /^cannot be read: No such file/);
  }));

Deno.test("when it is told to stop, it stops amid a photo", () =>
  withTempFolder(async (folder) => {
    await writeFiles(folder, { "a.png": png(scene(2, 900, 600)) });
    const stop = new AbortController();
    const paths = Array.from({ length: 20 }, () => `${folder}/a.png`);
    const options = { processes: 2, exifOrientation: true, signal: stop.signal };
    const all = Array.fromAsync(examineInOrder(paths, options));
    setTimeout(() => stop.abort(new Error("enough")), 100);
    await assert.rejects(all, /enough/);
  }));
