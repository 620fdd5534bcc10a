import { decodeImage } from "./decode.ts";
import { ImageError } from "./image.ts";
import { answerRequests } from "./worker_pool.ts";

/** A photo file to decode. */
export interface DecodeRequest {
  path: string;
  exifOrientation: boolean;
}

/** The photo with the sha256 of its file, or why there is none. */
export type DecodeResponse =
  | { width: number; height: number; data: Uint8Array<ArrayBuffer>; sha256: string }
  | { refusal: string };

async function decode({ path, exifOrientation }: DecodeRequest): Promise<DecodeResponse> {
  let file: Uint8Array<ArrayBuffer>;
  try {
    file = await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error; // it is not the photo's fault
    return { refusal: `cannot be read: ${(error as Error).message}` };
  }
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", file));
  try {
    const image = await decodeImage(file, { exifOrientation });
    return { ...image, data: image.data as Uint8Array<ArrayBuffer>, sha256: digest.toHex() };
  } catch (error) {
    // Whatever a file does to a decoder, it is that file's trouble, and the others go on.
    return { refusal: error instanceof ImageError ? error.message : `corrupt: ${error}` };
  }
}

answerRequests(decode, (response) => "data" in response ? [response.data.buffer] : []);
