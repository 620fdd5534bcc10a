/** Photos as raw pixels in one file, as the pipeline packs them: an epoch decodes nothing. */
import type { RgbImage } from "../../data/image.ts";

/** Where a photo lies. */
export interface PackedPhoto {
  width: number;
  height: number;
  /** Of its first byte. */
  offset: number;
}

export interface PhotoPack {
  photos: PackedPhoto[];
  /** RGB, photo after photo. It need not be in memory. */
  pixels: Blob;
}

/**
 * One photo after the other goes through memory.
 *
 * @param photos to be decoded, in this order
 * @throws {Error} what `decode` throws
 */
export async function packPhotos(
  photos: readonly Blob[],
  decode: (photo: Blob) => Promise<RgbImage>,
  { stream, done }: { stream: WritableStream<Uint8Array>; done(): Promise<Blob> },
  onPhoto: (done: number) => void = () => {},
): Promise<PhotoPack> {
  const writer = stream.getWriter();
  const packed: PackedPhoto[] = [];
  let offset = 0;
  for (const photo of photos) {
    const { width, height, data } = await decode(photo);
    await writer.write(data);
    packed.push({ width, height, offset });
    offset += data.length;
    onPhoto(packed.length);
  }
  await writer.close();
  return { photos: packed, pixels: await done() };
}

/** Some rows of a photo. */
export async function readRows(
  pixels: Blob,
  { width, offset }: PackedPhoto,
  top: number,
  height: number,
): Promise<RgbImage> {
  const from = offset + top * width * 3;
  const rows = pixels.slice(from, from + height * width * 3);
  return { width, height, data: new Uint8Array(await rows.arrayBuffer()) };
}
