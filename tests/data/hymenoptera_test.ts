import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { BlobReader, Uint8ArrayWriter, ZipReader } from "@zip.js/zip.js";
import { decodeImage } from "../../data/decode.ts";
import { evaluationCrop } from "../../data/transforms.ts";

/** As tests/reference/hymenoptera.py writes them. */
interface Expected {
  path: string;
  width: number;
  height: number;
  sha256: string;
  /** Of Resize(256) and CenterCrop(224); val photos alone have it. */
  evaluation?: string;
}

/**
 * The one photo whose chroma is subsampled vertically alone: mozjpeg repeats its rows, where
 * libjpeg-turbo, and so Pillow, interpolates between them.
 */
const OTHERWISE_UPSAMPLED = "train/ants/Nepenthes_rafflesiana_ant.jpg";

const expected: Expected[] = (await Deno.readTextFile(
  new URL("../fixtures/data/hymenoptera.jsonl", import.meta.url),
)).trim().split("\n").map((line) => JSON.parse(line));

const archive = findArchive();

function findArchive(): string | undefined {
  const mirror = Deno.env.get("GRAFT_MIRROR");
  const path = `${mirror}/hymenoptera_data.zip`;
  try {
    if (mirror && Deno.statSync(path).isFile) return path;
  } catch { /* said below */ }
  console.log(
    "the 397 real photos are not decoded: set GRAFT_MIRROR to a folder with hymenoptera_data.zip",
  );
}

/** Every photo of the archive with what Pillow makes of it. */
async function* photos(): AsyncGenerator<Expected & { file: Uint8Array<ArrayBuffer> }> {
  const zip = new ZipReader(new BlobReader(new Blob([await Deno.readFile(archive!)])));
  const entries = new Map((await zip.getEntries()).map((entry) => [entry.filename, entry]));
  for (const each of expected) {
    const entry = entries.get(`hymenoptera_data/${each.path}`);
    assert.ok(entry && !entry.directory, each.path);
    yield { ...each, file: await entry.getData(new Uint8ArrayWriter(), { useWebWorkers: false }) };
  }
  await zip.close();
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

Deno.test({
  name: "the real photos decode to Pillow's bytes, but for one, and val is cut to torchvision's",
  ignore: archive === undefined,
  async fn() {
    const different: string[] = [];
    let cut = 0;
    for await (const photo of photos()) {
      const image = await decodeImage(photo.file);
      assert.deepEqual([image.width, image.height], [photo.width, photo.height], photo.path);
      if (sha256(image.data) !== photo.sha256) different.push(photo.path);
      if (!photo.evaluation) continue;
      assert.equal(sha256(evaluationCrop(image, 256, 224)), photo.evaluation, photo.path);
      cut++;
    }
    assert.deepEqual(different, [OTHERWISE_UPSAMPLED]);
    assert.deepEqual([expected.length, cut], [397, 153]);
  },
});
