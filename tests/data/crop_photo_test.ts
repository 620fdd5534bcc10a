import assert from "node:assert/strict";
import { cropPhoto } from "../../data/crop_photo.ts";
import { CropProcesses } from "../../data/crop_processes.ts";
import { decodeImage } from "../../data/decode.ts";
import { evaluationCrop } from "../../data/transforms.ts";
import photoFiles from "../../bench/certify/fixtures/data/photo_files.json" with { type: "json" };
import { withTempFolder, writeFiles } from "./photo_folder.ts";

function fixture(name: string): Uint8Array {
  const { file } = photoFiles.find((each) => each.name === name)!;
  return Uint8Array.from(atob(file), (c) => c.charCodeAt(0));
}

Deno.test("a photo of one's own is cut upright, here and in a process alike", () =>
  withTempFolder(async (folder) => {
    const bytes = fixture("orientation 6.jpeg");
    await writeFiles(folder, { "a.jpg": bytes });
    const upright = await decodeImage(bytes, { exifOrientation: true });
    const request = { photo: `${folder}/a.jpg`, resize: 16, size: 12, picture: 10 };
    using crops = new CropProcesses(1);
    for (const cut of [await cropPhoto(request), await crops.cut(request)]) {
      assert.ok("crop" in cut);
      assert.deepEqual(cut.crop, evaluationCrop(upright, 16, 12));
      assert.deepEqual(cut.picture, {
        width: 10,
        height: 10,
        data: evaluationCrop(upright, 10, 10),
      });
    }
  }));

Deno.test("what is no photo is refused with the reason", () =>
  withTempFolder(async (folder) => {
    await writeFiles(folder, {
      "page.jpg": "<html>",
      "cut.jpg": fixture("4:2:0.jpeg").slice(0, 300),
    });
    const refusalOf = async (name: string) => {
      const cut = await cropPhoto({ photo: `${folder}/${name}`, resize: 8, size: 8 });
      assert.ok("refusal" in cut);
      return cut.refusal;
    };
    assert.match(await refusalOf("page.jpg"), /^not an image/);
    assert.match(await refusalOf("cut.jpg"), /^truncated/);
    assert.match(await refusalOf("gone.jpg"), /^there is no such file$/);
    assert.match(await refusalOf("."), /^cannot be read/);
  }));
