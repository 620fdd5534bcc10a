import assert from "node:assert/strict";
import { buildDataset } from "../../data/build_dataset.ts";
import type { Quarantined } from "../../data/dataset_index.ts";
import { decodeInOrder, type DecodeOptions } from "../../data/decode_in_order.ts";
import { startDecoder } from "../../data/decoders.ts";
import { startProcess } from "../../data/process_pool.ts";
import photoFiles from "../../bench/certify/fixtures/data/photo_files.json" with { type: "json" };
import { syntheticPhoto } from "../../bench/certify/synthetic_photo.ts";
import { png } from "./image_files.ts";
import { toPpm, withTempFolder, writeFiles } from "./photo_folder.ts";
import { scene } from "./scene.ts";

const decodeAll = (paths: string[], options: DecodeOptions) =>
  Array.fromAsync(decodeInOrder(paths, options));

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
    for (
      const wanted of [
        { exifOrientation: true, examine: true, withoutPixels: true },
        { exifOrientation: false, examine: true, shortSide: 10 },
        { exifOrientation: true },
      ]
    ) {
      const options = { workers: 2, ...wanted };
      const expected = await decodeAll(paths, options);
      assert.deepEqual(await decodeAll(paths, { ...options, start: startDecoder }), expected);
    }
  }));

Deno.test("when it is told to stop, it stops amid a photo", () =>
  withTempFolder(async (folder) => {
    await writeFiles(folder, { "a.png": png(scene(2, 900, 600)) });
    const stop = new AbortController();
    const paths = Array.from({ length: 20 }, () => `${folder}/a.png`);
    const wanted = { workers: 2, start: startDecoder, exifOrientation: true };
    const all = decodeAll(paths, { ...wanted, signal: stop.signal });
    setTimeout(() => stop.abort(new Error("enough")), 100);
    await assert.rejects(all, /enough/);
  }));

Deno.test("photos that hang, fill or break their decoder are left out by name, however many; the others are packed as without them", () =>
  withTempFolder(async (folder) => {
    const good = Object.fromEntries(
      ["train/ants/1", "train/ants/2", "train/bees/1", "val/ants/3", "val/bees/2"]
        .map((name, i) => [`${name}.ppm`, toPpm(syntheticPhoto(i, 9, 7 + i))]),
    );
    // Five that never end would end a step that decodes in workers.
    const ways: [name: string, last: number, reason: RegExp][] = [
      ...Array.from({ length: 5 }, (_, i): [string, number, RegExp] => [
        `train/ants/hangs ${i}`,
        251,
        /^corrupt: it takes longer than 3 s to decode$/,
      ]),
      ["train/ants/0 eats memory", 252, /^corrupt: it breaks the decoder$/],
      ["val/bees/ends it", 253, /^corrupt: it breaks the decoder$/],
      ["val/ants/crashes", 254, /^corrupt: it breaks the decoder$/],
    ];
    const bad = Object.fromEntries(
      ways.map(([name, last]) => [`${name}.ppm`, Uint8Array.of(80, 54, last)]),
    );
    await writeFiles(`${folder}/good`, good);
    await writeFiles(`${folder}/all`, { ...good, ...bad });
    await Deno.mkdir(`${folder}/packed`);
    await Deno.mkdir(`${folder}/expected`);
    const expected = await buildDataset(`${folder}/good`, `${folder}/expected`, { workers: 1 });
    const left: Quarantined[] = [];
    const hostile = new URL("hostile_decoder.ts", import.meta.url);
    const flags = ["--v8-flags=--max-old-space-size=32"];
    const index = await buildDataset(`${folder}/all`, `${folder}/packed`, {
      workers: 6,
      start: () => startProcess({ module: hostile, flags }),
      patience: 3000,
      onQuarantine: (one) => left.push(one),
    });
    assert.deepEqual(index, expected);
    for (const name of ["train.pack", "val.pack"]) {
      assert.deepEqual(
        await Deno.readFile(`${folder}/packed/${name}`),
        await Deno.readFile(`${folder}/expected/${name}`),
      );
    }
    const reasons = new Map(left.map(({ path, reason }) => [path, reason]));
    assert.deepEqual([...reasons.keys()].sort(), Object.keys(bad).sort());
    for (const [name, , reason] of ways) assert.match(reasons.get(`${name}.ppm`)!, reason, name);
  }));

Deno.test("where no decoder can start, that is the error, and no photo is blamed", () =>
  withTempFolder(async (folder) => {
    await writeFiles(folder, { "a.png": png(scene(1, 40, 30)) });
    const start = () => startProcess({ module: new URL("gone.ts", import.meta.url) });
    await assert.rejects(
      decodeAll([`${folder}/a.png`], { workers: 1, start, exifOrientation: true }),
      /a process that decodes photos ended: [^]*gone\.ts/,
    );
  }));
