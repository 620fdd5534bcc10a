import assert from "node:assert/strict";
import fc from "fast-check";
import { cropPhoto } from "../../data/crop_photo.ts";
import { FITS } from "../../data/fit.ts";
import { CropProcesses } from "../../data/crop_processes.ts";
import {
  encodeCropRequest,
  encodeCropResponse,
  readCropRequest,
  readCropResponse,
} from "../../data/crop_protocol.ts";
import photoFiles from "../../bench/certify/fixtures/data/photo_files.json" with { type: "json" };
import { PipeReader } from "../../data/pipe_reader.ts";
import { png } from "./image_files.ts";
import { scene } from "./scene.ts";

const photo = png(scene(1, 96, 72));
const wanted = { resize: 64, size: 48 };

Deno.test("a photo is cut as predict cuts its file; what is none is refused, and the next one is cut", async () => {
  using crops = new CropProcesses(1);
  const file = await Deno.makeTempFile();
  await Deno.writeFile(file, photo);
  const ofFile = await cropPhoto({ photo: file, ...wanted, picture: 20 });
  await Deno.remove(file);
  assert.deepEqual(await crops.cut({ photo, ...wanted, picture: 20 }), ofFile);
  for (const bytes of [photo.slice(0, 60), new TextEncoder().encode("no photo"), photo.slice(8)]) {
    const refused = await crops.cut({ photo: bytes, ...wanted });
    assert.deepEqual(refused, await cropPhoto({ photo: bytes, ...wanted }));
    assert.ok("refusal" in refused && refused.refusal !== "");
  }
  assert.deepEqual(await crops.cut({ photo, ...wanted, picture: 20 }), ofFile);
});

Deno.test("a photo that takes too long is refused in time, and the next one has a new process", async () => {
  using crops = new CropProcesses(1);
  assert.deepEqual(await crops.cut({ photo, ...wanted }, 0), {
    refusal: "it takes longer than 0 s to decode",
  });
  assert.ok("crop" in await crops.cut({ photo, ...wanted }));
});

Deno.test("a file is read by whoever asks, and refused as cropPhoto refuses it; the process goes on", async () => {
  using crops = new CropProcesses(1);
  const folder = await Deno.makeTempDir();
  await Deno.writeFile(`${folder}/a.png`, photo);
  for (const name of ["gone.png", ".", "a.png"]) {
    const request = { photo: `${folder}/${name}`, ...wanted };
    assert.deepEqual(await crops.cut(request), await cropPhoto(request), name);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("codecs of every format load in a process that has no permission", async () => {
  using crops = new CropProcesses(2);
  assert.ok(photoFiles.length > 20);
  await Promise.all(photoFiles.map(async ({ name, file }) => {
    const photo = Uint8Array.from(atob(file), (c) => c.charCodeAt(0));
    for (const interpolation of ["bilinear", "bicubic"] as const) {
      const request = { photo, resize: 16, size: 12, interpolation };
      assert.deepEqual(await crops.cut(request), await cropPhoto(request), name);
    }
  }));
});

const inPieces = (parts: Uint8Array[], size: number) => {
  const bytes = Uint8Array.from(parts.flatMap((part) => [...part]));
  return new PipeReader(ReadableStream.from((function* () {
    for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
  })()));
};

Deno.test("requests and answers are read as they were sent, wherever the pipe cuts them", async () => {
  const bytes = fc.uint8Array({ maxLength: 30 });
  const side = fc.integer({ min: 1, max: 1000 });
  await fc.assert(fc.asyncProperty(
    fc.record({
      photo: bytes,
      resize: side,
      size: side,
      interpolation: fc.constantFrom("bilinear" as const, "bicubic" as const),
      picture: side,
      fit: fc.constantFrom(...FITS),
      following: fc.integer({ min: 1, max: 9 }),
      mean: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 }),
    }, { requiredKeys: ["photo", "resize", "size"] }),
    fc.integer({ min: 1, max: 40 }),
    async (request, size) => {
      const input = inPieces(encodeCropRequest(request), size);
      assert.deepEqual(await readCropRequest(input), {
        interpolation: "bilinear",
        fit: "crop",
        mean: [0, 0, 0],
        ...request,
      });
      assert.equal(await readCropRequest(input), undefined);
    },
  ));
  const crop = Uint8Array.of(1, 2, 3);
  const picture = { width: 2, height: 2, data: Uint8Array.from({ length: 12 }, (_, i) => i) };
  for (const answer of [{ crop }, { crop, picture }, { refusal: "it is a « page »" }]) {
    for (const size of [1, 5, 100]) {
      const output = inPieces(encodeCropResponse(answer), size);
      assert.deepEqual(await readCropResponse(output), answer);
      assert.equal(await readCropResponse(output), undefined);
    }
  }
});
