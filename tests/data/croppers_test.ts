import assert from "node:assert/strict";
import photoFiles from "../../bench/certify/fixtures/data/photo_files.json" with { type: "json" };
import { cropPhoto } from "../../data/crop_photo.ts";
import { CropProcesses } from "../../data/crop_processes.ts";
import { Croppers } from "../../data/croppers.ts";
import { png } from "./image_files.ts";
import { scene } from "./scene.ts";

Deno.test("what was started before cuts as cropPhoto does, photos of every kind", async () => {
  using croppers = new Croppers(1);
  // One starts when it is taken.
  using crops = new CropProcesses(2, () => croppers.take());
  const size = { resize: 16, size: 12 };
  const photos = new Map(photoFiles.map(({ name, file }) => [name.split(".").at(-1), file]));
  assert.ok(photos.size >= 6);
  await Promise.all(Array.from(photos.values(), async (file) => {
    const photo = Uint8Array.from(atob(file), (character) => character.charCodeAt(0));
    assert.deepEqual(await crops.cut({ photo, ...size }), await cropPhoto({ photo, ...size }));
  }));
});

Deno.test("all of them end with it, those that were taken and those that were not", async () => {
  const photo = png(scene(1, 30, 30)), view = { resize: 16, size: 12 };
  const croppers = new Croppers(2);
  using crops = new CropProcesses(1, () => croppers.take());
  assert.ok("crop" in await crops.cut({ photo, ...view }));
  const left = croppers.take();
  croppers[Symbol.dispose]();
  await left.ended;
  await new Response(left.output).arrayBuffer(); // it comes to an end
});
