import assert from "node:assert/strict";
import { PhotoPictures } from "../../../app/review/photo_pictures.ts";
import { decodePng } from "../../../data/codecs/png.ts";
import type { CropRequest } from "../../../data/crop_photo.ts";
import { scene } from "../../data/scene.ts";

Deno.test("a packed photo is shown whole, smaller where it is large, and decoded but once", async () => {
  let read = 0;
  const small = scene(1, 60, 40), large = scene(2, 1440, 300);
  const packed = [() => (read++, small), () => large];
  const pictures = new PhotoPictures(packed, [], { cut: () => Promise.reject(new Error("none")) });
  assert.deepEqual(decodePng((await pictures.of(0))!), small);
  await pictures.of(0);
  assert.equal(read, 1);
  const { width, height } = decodePng((await pictures.of(1))!);
  assert.deepEqual([width, height], [720, 150]);
  assert.equal(await pictures.of(2), undefined);
});

Deno.test("a photo that was sent in is decoded by whoever may do nothing; one that cannot be is none", async () => {
  const asked: CropRequest[] = [];
  const pictures = new PhotoPictures([], ["/photos/a.jpg", "/photos/b.jpg"], {
    cut: (request) => {
      asked.push(request);
      const crop = new Uint8Array(request.size ** 2 * 3).fill(7);
      return Promise.resolve(request.photo === "/photos/a.jpg" ? { crop } : { refusal: "corrupt" });
    },
  });
  assert.equal(decodePng((await pictures.of(0))!).data[0], 7);
  assert.equal(await pictures.of(1), undefined);
  assert.deepEqual(asked.map(({ photo }) => photo), ["/photos/a.jpg", "/photos/b.jpg"]);
});
