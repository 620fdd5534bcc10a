import { readRegularFile } from "./read_regular_file.ts";

/** The bytes of a photo of one's own, a file or in memory already, or why there are none. */
export async function readPhoto(
  photo: string | Uint8Array,
): Promise<Uint8Array | { refusal: string }> {
  if (typeof photo !== "string") return photo;
  try {
    return await readRegularFile(photo);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error; // it is not the photo's fault
    if (error instanceof Deno.errors.NotFound) return { refusal: "there is no such file" };
    return { refusal: `cannot be read: ${(error as Error).message}` };
  }
}
