/** Telling photos that are passed over from files that are none. */
import { hasImageExtension } from "../image_folder.ts";
import { isPhotoByEnding, sniffImageFormat } from "../image_format.ts";

/** Enough for every format's beginning: HEIC's and AVIF's may be the last of several brands. */
const START = 64;

/** Formats whose beginning is too long to be met by chance. */
const CERTAIN = ["jpeg", "png", "gif", "tiff", "webp", "heic", "avif"];

/** Whether a name, or what the file begins with, is a photo's: whoever put it there meant it so. */
async function isPhotoLike(path: string): Promise<boolean> {
  return hasImageExtension(path) || isPhotoByEnding(path) || await beginsAsPhoto(path);
}

async function beginsAsPhoto(path: string): Promise<boolean> {
  try {
    using file = await Deno.open(path);
    const start = new Uint8Array(START);
    await file.read(start);
    return CERTAIN.includes(sniffImageFormat(start) ?? "");
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return false; // it may not be read: so it is not missed
  }
}

/** Divides files (with `/`, below `folder`) into photos, by name or by content, and others. */
export async function divideByKind<File>(
  files: readonly File[],
  pathOf: (file: File) => string,
): Promise<{ photoLike: File[]; sidecars: File[] }> {
  const photoLike: File[] = [], sidecars: File[] = [];
  for (const file of files) {
    (await isPhotoLike(pathOf(file)) ? photoLike : sidecars).push(file);
  }
  return { photoLike, sidecars };
}
