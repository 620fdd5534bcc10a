import assert from "node:assert/strict";
import { cropPhoto } from "../../../data/crop_photo.ts";
import { PatientCrops } from "../../../app/serve/patient_crops.ts";
import { png } from "../../data/image_files.ts";
import { scene } from "../../data/scene.ts";

const photo = png(scene(1, 96, 72));
const wanted = { resize: 64, size: 48 };

Deno.test("a photo is cut as predict cuts its file; what is none is refused, and the next one is cut", async () => {
  using crops = new PatientCrops();
  const file = await Deno.makeTempFile();
  await Deno.writeFile(file, photo);
  const ofFile = await cropPhoto({ photo: file, ...wanted });
  await Deno.remove(file);
  assert.deepEqual(await crops.cut({ photo, ...wanted }), ofFile);
  for (const bytes of [photo.slice(0, 60), new TextEncoder().encode("no photo"), photo.slice(8)]) {
    const refused = await crops.cut({ photo: bytes, ...wanted });
    assert.ok("refusal" in refused && refused.refusal !== "");
  }
  assert.deepEqual(await crops.cut({ photo, ...wanted }), ofFile);
});

Deno.test("a photo that takes too long is refused in time, and the next one has a new worker", async () => {
  using crops = new PatientCrops();
  assert.deepEqual(await crops.cut({ photo, ...wanted }, 0), {
    refusal: "it takes longer than 0 s to decode",
  });
  assert.ok("crop" in await crops.cut({ photo, ...wanted }));
});
