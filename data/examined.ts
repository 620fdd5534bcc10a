import type { Part } from "./dataset_index.ts";
import type { DecodeResponse, Examination, Refusal } from "./decode_in_order.ts";

/** Where a photo belongs; unknown for a photo in no class folder, or in no split yet. */
export interface Place {
  split?: Part;
  className?: string;
}

/** A photo file that was looked at. */
export interface Examined extends Place {
  /** Relative to the folder of photos, with `/`. */
  path: string;
  /** Upright where EXIF is honoured; absent when there is none. */
  photo?: Examination & { sha256: string };
  /** Why there is none. */
  refusal?: Refusal;
}

/** What decoding with `examine` says of a file. */
export function examinedFrom(path: string, place: Place, decoded: DecodeResponse): Examined {
  if ("refusal" in decoded) return { path, ...place, refusal: decoded };
  const { sha256, examination } = decoded;
  return { path, ...place, photo: { sha256, ...examination! } };
}
