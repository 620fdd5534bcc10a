/**
 * How a cropping process is spoken to. A request is five uint32 (resize, size, interpolation, side of
 * the picture or 0, bytes of the photo) and the photo; an answer is three uint32 (bytes of the refusal, of the
 * crop, of the picture) and these.
 */
import type { CropRequest, CropResponse } from "./crop_photo.ts";
import { type PipeReader, uint32Bytes } from "./pipe_reader.ts";
import type { Interpolation } from "./resize.ts";

/** A photo by its bytes: the process reads no files. */
export type BytesCropRequest = CropRequest & { photo: Uint8Array };

const INTERPOLATIONS: readonly Interpolation[] = ["bilinear", "bicubic"];

export function encodeCropRequest(
  { photo, resize, size, interpolation = "bilinear", picture = 0 }: BytesCropRequest,
): Uint8Array[] {
  const code = INTERPOLATIONS.indexOf(interpolation);
  return [uint32Bytes(resize, size, code, picture, photo.length), photo];
}

/** Undefined where the other side has ended. */
export async function readCropRequest(input: PipeReader): Promise<BytesCropRequest | undefined> {
  const head = await input.readUint32s(5);
  if (!head) return undefined;
  const [resize, size, code, picture, length] = head;
  const photo = await input.read(length);
  const interpolation = INTERPOLATIONS[code];
  return photo && { photo, resize, size, interpolation, ...(picture > 0 && { picture }) };
}

export function encodeCropResponse(response: CropResponse): Uint8Array[] {
  if (!("crop" in response)) {
    const refusal = new TextEncoder().encode(response.refusal);
    return [uint32Bytes(refusal.length, 0, 0), refusal];
  }
  const { crop, picture } = response;
  const shown = (picture?.data ?? new Uint8Array(0)) as Uint8Array;
  return [uint32Bytes(0, crop.length, shown.length), crop, shown];
}

/** Undefined where the process has ended. */
export async function readCropResponse(output: PipeReader): Promise<CropResponse | undefined> {
  const head = await output.readUint32s(3);
  if (!head) return undefined;
  const [refused, cut, shown] = head;
  if (refused > 0) {
    const refusal = await output.read(refused);
    return refusal && { refusal: new TextDecoder().decode(refusal) };
  }
  const crop = await output.read(cut);
  const data = await output.read(shown);
  if (!crop || !data) return undefined;
  const side = Math.sqrt(shown / 3);
  return { crop, ...(shown > 0 && { picture: { width: side, height: side, data } }) };
}
