/**
 * How a cropping process is spoken to. A request is seven uint32 (how it is fitted, resize, size,
 * interpolation, side of the picture or 0, how many photos of its batch follow it, bytes of the photo),
 * the mean as three float64, and the photo; an answer is four uint32 (bytes of the refusal, of the
 * crop, of the picture, and how many follow it) and these.
 */
import type { CropRequest, CropResponse } from "./crop_photo.ts";
import { type PipeReader, uint32Bytes } from "./pipe_reader.ts";
import { FITS } from "./fit.ts";
import type { Interpolation } from "./resize.ts";

/** A photo by its bytes: the process reads no files. */
export type BytesCropRequest = CropRequest & {
  photo: Uint8Array;
  /** Photos that are answered together with it and follow it; none by default. */
  following?: number;
};

/** Where nobody says which colour margins have. */
const BLACK = [0, 0, 0];
const INTERPOLATIONS: readonly Interpolation[] = ["bilinear", "bicubic"];

export function encodeCropRequest(
  { photo, following = 0, ...view }: BytesCropRequest,
): Uint8Array[] {
  const { fit = "crop", resize, size, interpolation = "bilinear", mean = BLACK, picture = 0 } =
    view;
  const codes = [FITS.indexOf(fit), INTERPOLATIONS.indexOf(interpolation)];
  return [
    uint32Bytes(codes[0], resize, size, codes[1], picture, following, photo.length),
    new Uint8Array(Float64Array.from(mean).buffer),
    photo,
  ];
}

/** Undefined where the other side has ended; the photo is good until the next request. */
export async function readCropRequest(input: PipeReader): Promise<BytesCropRequest | undefined> {
  const head = await input.readUint32s(7);
  const colour = head && await input.read(3 * Float64Array.BYTES_PER_ELEMENT);
  if (!colour) return undefined;
  const [fitted, resize, size, code, picture, following, length] = head;
  const photo = await input.borrow(length);
  const mean = [...new Float64Array(colour.buffer)];
  const view = { fit: FITS[fitted], resize, size, interpolation: INTERPOLATIONS[code], mean };
  return photo && {
    photo,
    ...view,
    ...(picture > 0 && { picture }),
    ...(following > 0 && { following }),
  };
}

/** @param following those of the request */
export function encodeCropResponse(response: CropResponse, following = 0): Uint8Array[] {
  if (!("crop" in response)) {
    const refusal = new TextEncoder().encode(response.refusal);
    return [uint32Bytes(refusal.length, 0, 0, following), refusal];
  }
  const { crop, picture } = response;
  const shown = (picture?.data ?? new Uint8Array(0)) as Uint8Array;
  return [uint32Bytes(0, crop.length, shown.length, following), crop, shown];
}

/** Undefined where the process has ended. */
export async function readCropResponse(output: PipeReader): Promise<CropResponse | undefined> {
  return (await readFollowed(output))?.response;
}

/** Of all photos of a batch; undefined where the process has ended. */
export async function readCropResponses(output: PipeReader): Promise<CropResponse[] | undefined> {
  const responses: CropResponse[] = [];
  while (true) {
    const next = await readFollowed(output);
    if (!next) return undefined;
    responses.push(next.response);
    if (next.following === 0) return responses;
  }
}

async function readFollowed(
  output: PipeReader,
): Promise<{ response: CropResponse; following: number } | undefined> {
  const head = await output.readUint32s(4);
  if (!head) return undefined;
  const [refused, cut, shown, following] = head;
  if (refused > 0) {
    const text = await output.read(refused);
    return text && { response: { refusal: new TextDecoder().decode(text) }, following };
  }
  const crop = await output.read(cut);
  const data = await output.read(shown);
  if (!crop || !data) return undefined;
  const side = Math.sqrt(shown / 3);
  const picture = shown > 0 && { picture: { width: side, height: side, data } };
  return { response: { crop, ...picture }, following };
}
