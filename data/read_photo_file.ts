import type { ImageErrorReason } from "./image.ts";
import { readRegularFile } from "./read_regular_file.ts";

/** Why a file gives no photo. */
export interface Refusal {
  refusal: string;
  reason: ImageErrorReason | "unreadable";
}

/** A file's bytes, or why there are none. */
export async function readPhotoFile(path: string): Promise<Uint8Array<ArrayBuffer> | Refusal> {
  try {
    return await readRegularFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error; // it is not the photo's fault
    return { refusal: `cannot be read: ${(error as Error).message}`, reason: "unreadable" };
  }
}
