/** Photos that a model was wrong about, as somebody says: kept for whoever reviews, and taught by nobody yet. */
import { createHash } from "node:crypto";
import { type ImageFormat, sniffImageFormat } from "../image_format.ts";
import { type Journal, REVIEW_FOLDER } from "./journal.ts";
import { updateJournal } from "./journal_file.ts";

/** A photo that is not kept, in words for whoever sent it. */
export class ReportError extends Error {}

/** Whoever reviews must be able to look at all of them, and nobody shall fill a disk. */
const MOST = 1000;
const MOST_BYTES = 2 ** 30;

/** Endings by which the pipeline takes a photo. */
const ENDINGS: Partial<Record<ImageFormat, string>> = {
  jpeg: ".jpg",
  png: ".png",
  bmp: ".bmp",
  tiff: ".tif",
  webp: ".webp",
  pnm: ".ppm",
  heic: ".heic",
  avif: ".avif",
};

/** What is said of a photo. */
export interface Report {
  photo: Uint8Array<ArrayBuffer>;
  /** What it is, as somebody says. */
  class: string;
  /** What the model had said. */
  predicted?: string;
}

/**
 * Keeps a photo beside those of a folder, with what was said of it, until a review decides on it. Sent
 * again, the same photo is not kept twice: what was said last counts.
 *
 * Permissions: read and write for the folder.
 *
 * @throws {ReportError} where too many wait already, or the pipeline takes no such photos
 */
export async function reportPhoto(
  folder: string,
  { photo, class: className, predicted }: Report,
  most: { photos: number; bytes: number } = { photos: MOST, bytes: MOST_BYTES },
): Promise<void> {
  const ending = ENDINGS[sniffImageFormat(photo)!];
  if (!ending) {
    throw new ReportError("only photos are kept: JPEG, PNG, WebP, TIFF, BMP, HEIC or AVIF");
  }
  const digest = createHash("sha256").update(photo).digest("hex");
  const path = `${REVIEW_FOLDER}/reported/${digest.slice(0, 16)}${ending}`;
  await updateJournal(folder, async (journal): Promise<Journal> => {
    const others = journal.reported.filter((one) => one.sha256 !== digest);
    const sizes = await Promise.all(others.map(({ photo }) => sizeOf(`${folder}/${photo}`)));
    const bytes = sizes.reduce((sum, size) => sum + size, photo.length);
    if (sizes.filter((size) => size > 0).length >= most.photos || bytes > most.bytes) {
      throw new ReportError(
        `${others.length} photos wait to be reviewed already: deno task review shows them`,
      );
    }
    await Deno.mkdir(`${folder}/${REVIEW_FOLDER}/reported`, { recursive: true });
    // Of a name that is its digest, what lies there is the same.
    await Deno.writeFile(`${folder}/${path}`, photo);
    return {
      ...journal,
      reported: [...others, {
        photo: path,
        sha256: digest,
        class: className,
        ...(predicted !== undefined && { predicted }),
        at: new Date().toISOString(),
      }],
    };
  });
}

/** 0 for a photo that was moved to its class, or away. */
const sizeOf = (path: string) => Deno.stat(path).then(({ size }) => size, () => 0);
