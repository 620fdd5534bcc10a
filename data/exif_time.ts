/** When a photo was taken, and by what: photos of a series are taken one soon after another. */
import { readPhotoMetadata } from "./codecs/photo_metadata.ts";
import { ImageError } from "./image.ts";
import type { ImageFormat } from "./image_format.ts";

export interface Shot {
  /** Maker and model, as far as they are told; two cameras of one model are one. */
  camera: string;
  /** By the camera's clock, which has no time zone: seconds since 1970 as if it were UTC's. */
  seconds: number;
}

const MAKE = 0x010f, MODEL = 0x0110, EXIF_DIRECTORY = 0x8769;
const DATE_TIME_ORIGINAL = 0x9003;
const ASCII = 2, LONG = 4;
/** No honest directory has as many fields, and no text of these is as long. */
const MOST_FIELDS = 1000, MOST_TEXT = 200;

/**
 * By EXIF's DateTimeOriginal; undefined where the file has none, or it cannot be read. DateTime does
 * not stand in for it: programs write there when they saved the file, of hundreds within a second.
 */
export function readShot(bytes: Uint8Array, format: ImageFormat): Shot | undefined {
  const exif = exifOf(bytes, format);
  if (!exif) return undefined;
  const view = new DataView(exif.buffer, exif.byteOffset, exif.byteLength);
  const little = exif[0] === 0x49;
  const first = fieldsOf(view, uint32(view, 4, little), little);
  const pointer = first.get(EXIF_DIRECTORY);
  const inner = pointer?.type === LONG
    ? fieldsOf(view, uint32(view, pointer.at, little), little)
    : undefined;
  const taken = inner?.get(DATE_TIME_ORIGINAL);
  const seconds = secondsOf(taken && textOf(view, taken, little));
  return seconds === undefined ? undefined : { camera: cameraOf(view, first, little), seconds };
}

/** Maker and model of the camera; undefined where EXIF says neither. */
export function readCamera(bytes: Uint8Array, format: ImageFormat): string | undefined {
  const exif = exifOf(bytes, format);
  if (!exif) return undefined;
  const view = new DataView(exif.buffer, exif.byteOffset, exif.byteLength);
  const little = exif[0] === 0x49;
  return cameraOf(view, fieldsOf(view, uint32(view, 4, little), little), little) || undefined;
}

function cameraOf(view: DataView, fields: ReadonlyMap<number, Field>, little: boolean): string {
  const texts = [MAKE, MODEL].map((tag) => {
    const field = fields.get(tag);
    return field && textOf(view, field, little)?.trim();
  });
  return texts.filter(Boolean).join(" ");
}

function exifOf(bytes: Uint8Array, format: ImageFormat): Uint8Array | undefined {
  if (format === "heic" || format === "avif") return scannedExif(bytes);
  try {
    return readPhotoMetadata(bytes, format).exif;
  } catch (error) {
    if (error instanceof ImageError) return undefined;
    throw error;
  }
}

/** Containers of many boxes keep it anywhere, under the same name that a JPEG's segment has. */
function scannedExif(bytes: Uint8Array): Uint8Array | undefined {
  const name = [0x45, 0x78, 0x69, 0x66, 0, 0]; // "Exif\0\0"
  for (let at = bytes.indexOf(name[0]); at >= 0; at = bytes.indexOf(name[0], at + 1)) {
    if (!name.every((byte, i) => bytes[at + i] === byte)) continue;
    const [a, b] = bytes.subarray(at + 6, at + 8);
    if (a === b && (a === 0x49 || a === 0x4d)) return bytes.subarray(at + 6);
  }
}

interface Field {
  type: number;
  count: number;
  /** Of the value, or of its offset. */
  at: number;
}

/** Fields of a directory by tag; none where it does not lie in the file. */
function fieldsOf(view: DataView, start: number | undefined, little: boolean): Map<number, Field> {
  const fields = new Map<number, Field>();
  if (start === undefined || start + 2 > view.byteLength) return fields;
  const count = Math.min(view.getUint16(start, little), MOST_FIELDS);
  for (let i = 0; i < count; i++) {
    const at = start + 2 + 12 * i;
    if (at + 12 > view.byteLength) break;
    fields.set(view.getUint16(at, little), {
      type: view.getUint16(at + 2, little),
      count: view.getUint32(at + 4, little),
      at: at + 8,
    });
  }
  return fields;
}

/** Up to its first NUL; undefined of what is no text. */
function textOf(view: DataView, { type, count, at }: Field, little: boolean): string | undefined {
  if (type !== ASCII) return undefined;
  const start = count <= 4 ? at : uint32(view, at, little);
  if (start === undefined || start > view.byteLength) return undefined;
  const length = Math.min(count, MOST_TEXT, view.byteLength - start);
  const bytes = new Uint8Array(view.buffer, view.byteOffset + start, length);
  return new TextDecoder("latin1").decode(bytes).split("\0", 1)[0];
}

/** `2024:05:31 18:03:59`; undefined of what is no time, as of zeros that stand for an unset clock. */
function secondsOf(text: string | undefined): number | undefined {
  const match = /^(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d)/.exec(text ?? "");
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number);
  const isTime = year > 0 && month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour < 24 &&
    minute < 60 && second <= 60;
  return isTime ? Date.UTC(year, month - 1, day, hour, minute, second) / 1000 : undefined;
}

function uint32(view: DataView, at: number, little: boolean): number | undefined {
  return at + 4 <= view.byteLength ? view.getUint32(at, little) : undefined;
}
