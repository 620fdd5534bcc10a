/** Crops, resizes, flips and normalisation, to the last bit. */
import type { Crop } from "../../data/crop.ts";
import { trainingCrop } from "../../data/training_crop.ts";
import { evaluationCrop, normalizer } from "../../data/transforms.ts";
import { type Check, Equality } from "./check.ts";
import { readFixture, sha256 } from "./fixtures.ts";
import { syntheticPhoto } from "./synthetic_photo.ts";

/** As tests/reference/transforms.py writes it. */
interface TransformsFixture {
  /** Width and height of each photo. */
  sizes: [number, number][];
  training: { photo: number; crop: Crop; size: number; sha256: string }[];
  evaluation: { photo: number; resize: number; size: number; sha256: string }[];
  /** Of both kinds. */
  bicubic:
    ({ photo: number; size: number; sha256: string } & ({ crop: Crop } | { resize: number }))[];
  normalization: { mean: number[]; std: number[]; sha256: string }[];
}

export async function* checkTransforms(): AsyncGenerator<Check> {
  const fixture = await readFixture<TransformsFixture>("data/transforms.json");
  const photos = fixture.sizes.map(([width, height], i) => syntheticPhoto(i + 1, width, height));
  const name = (photo: number) => `a photo of ${fixture.sizes[photo].join("×")}`;

  const training = new Equality();
  for (const { photo, crop, size, sha256: expected } of fixture.training) {
    const pixels = trainingCrop(photos[photo], crop, { size });
    training.digest(name(photo), pixels.length, sha256(pixels), expected);
  }
  yield training.check("transforms", "RandomResizedCrop and flip: bytes");

  const evaluation = new Equality();
  for (const { photo, resize, size, sha256: expected } of fixture.evaluation) {
    const pixels = evaluationCrop(photos[photo], resize, size);
    evaluation.digest(name(photo), pixels.length, sha256(pixels), expected);
  }
  yield evaluation.check("transforms", "Resize and CenterCrop: bytes");

  const bicubic = new Equality();
  for (const { photo, size, sha256: expected, ...how } of fixture.bicubic) {
    const pixels = "crop" in how
      ? trainingCrop(photos[photo], how.crop, { size, interpolation: "bicubic" })
      : evaluationCrop(photos[photo], how.resize, size, "bicubic");
    bicubic.digest(name(photo), pixels.length, sha256(pixels), expected);
  }
  yield bicubic.check("transforms", "both crops, bicubic: bytes");

  const normalization = new Equality();
  const bytes = Uint8Array.from({ length: 256 * 3 }, (_, i) => Math.floor(i / 3));
  for (const { mean, std, sha256: expected } of fixture.normalization) {
    const values = new Float32Array(bytes.length);
    normalizer({ mean, std })(bytes, values);
    normalization.digest(`mean ${mean}`, values.length, sha256(values), expected);
  }
  yield normalization.check("transforms", "ToTensor and Normalize: float32");
}
