import assert from "node:assert/strict";
import { writeZip } from "../../../app/teach/write_zip.ts";
import { zipSource } from "../../../data/sources/zip.ts";
import { encodePng } from "../../../report/png.ts";

Deno.test("photos in a zip are a source for the pipeline, and one is read at a time", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const photos = ["ants/1.png", "ants/2.png", "Käfer/take 0001/1.png", "Käfer/take 0001/2.png"];
    let open = 0;
    const picture = (i: number) =>
      new Blob([
        encodePng({
          width: 2,
          height: 1,
          data: Uint8Array.of(i, 9, 90, 200, 20 * i, 7),
        }) as Uint8Array<
          ArrayBuffer
        >,
      ]);
    const files = photos.map((name, i) =>
      [name, async () => {
        assert.equal(open++, 0);
        await Promise.resolve();
        open--;
        return picture(i);
      }] as const
    );
    const done: number[] = [];
    const path = `${folder}/photos.zip`;
    const file = await Deno.open(path, { create: true, write: true });
    await writeZip(
      file.writable,
      [...files, ["gone.png", () => Promise.resolve(undefined)]],
      (count) => done.push(count),
    );
    assert.deepEqual(done, [1, 2, 3, 4, 5]);
    await Deno.mkdir(`${folder}/photos`);
    const info = await zipSource({ kind: "zip", path }, {
      photos: `${folder}/photos`,
      downloads: folder,
      seed: 0,
      valFraction: 0.2,
    });
    assert.deepEqual(info.counts, {
      train: { ants: 1, Käfer: 1 },
      val: { ants: 1, Käfer: 1 },
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
