import assert from "node:assert/strict";
import { cropPhoto } from "../../data/crop_photo.ts";
import { decodeInOrder } from "../../data/decode_in_order.ts";
import { readRegularFile } from "../../data/read_regular_file.ts";
import { withTempFolder, writeFiles } from "./photo_folder.ts";

Deno.test("a file is read, also by a link", async () => {
  await withTempFolder(async (folder) => {
    await writeFiles(folder, { "a.jpg": "some bytes" });
    await Deno.symlink("a.jpg", `${folder}/b.jpg`);
    for (const name of ["a.jpg", "b.jpg"]) {
      const bytes = await readRegularFile(`${folder}/${name}`);
      assert.equal(new TextDecoder().decode(bytes), "some bytes");
    }
    await assert.rejects(readRegularFile(`${folder}/none.jpg`), Deno.errors.NotFound);
    await assert.rejects(readRegularFile(folder), { message: "it is a folder, not a file" });
  });
});

Deno.test("a pipe and a device are refused at once, by whoever reads photos", {
  ignore: Deno.build.os === "windows",
}, async () => {
  await withTempFolder(async (folder) => {
    const pipe = `${folder}/pipe.jpg`, zero = `${folder}/zero.jpg`;
    await new Deno.Command("mkfifo", { args: [pipe] }).output();
    await Deno.symlink("/dev/zero", zero);
    const reasons = {
      [pipe]: "it is a named pipe, not a file",
      [zero]: "it is a device, not a file",
    };
    for (const [photo, message] of Object.entries(reasons)) {
      await assert.rejects(readRegularFile(photo), { message });
      const cut = await cropPhoto({ photo, resize: 16, size: 12 });
      assert.deepEqual(cut, { refusal: `cannot be read: ${message}` });
    }
    const decoded = await Array.fromAsync(
      decodeInOrder([pipe, zero], { workers: 2, exifOrientation: false }),
    );
    assert.deepEqual(
      decoded,
      Object.values(reasons).map((message) => ({
        refusal: `cannot be read: ${message}`,
        reason: "unreadable",
      })),
    );
  });
});
