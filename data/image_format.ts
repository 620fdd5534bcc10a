/** The formats that are decoded. */
export type ImageFormat =
  | "jpeg"
  | "png"
  | "gif"
  | "bmp"
  | "tiff"
  | "webp"
  | "pnm"
  | "heic"
  | "avif";

/** Brands stand within so many bytes. */
const MOST_BRANDS_BYTES = 256;

/**
 * Tells a format by its first bytes, whatever the file is called; undefined for anything else.
 */
export function sniffImageFormat(bytes: Uint8Array): ImageFormat | undefined {
  const start = String.fromCharCode(...bytes.subarray(0, 12));
  if (start.startsWith("\xff\xd8\xff")) return "jpeg";
  if (start.startsWith("\x89PNG\r\n\x1a\n")) return "png";
  if (/^GIF8[79]a/.test(start)) return "gif";
  if (/^RIFF[^]{4}WEBP/.test(start)) return "webp";
  if (/^(II[*+]\0|MM\0[*+])/.test(start)) return "tiff";
  if (/^P[1-6][\s#]/.test(start)) return "pnm";
  if (start.startsWith("BM")) return "bmp";
  return formatOfBrands(brandsOf(bytes));
}

/**
 * The brands of a file of boxes (ISO/IEC 14496-12), the major one first; none for other files.
 * https://mp4ra.org/registered-types/brands
 */
export function brandsOf(bytes: Uint8Array): string[] {
  if (bytes.length < 12) return [];
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0);
  const box = String.fromCharCode(...bytes.subarray(0, Math.min(length, MOST_BRANDS_BYTES)));
  if (box.slice(4, 8) !== "ftyp") return [];
  return [box.slice(8, 12), ...box.slice(16).match(/[^]{4}/g) ?? []];
}

/** What the major brand leaves open, as `mif1` does, one of the others says. */
function formatOfBrands(brands: readonly string[]): ImageFormat | undefined {
  if (brands.some((brand) => /^avi[fs]$/.test(brand))) return "avif";
  return brands.some((brand) => /^(hei[cmsx]|hev[cmsx]|mif1|msf1)$/.test(brand))
    ? "heic"
    : undefined;
}

/** Endings of photos in formats that ImageFolder does not take. */
const OTHER_FORMAT = /\.(gif|jxl|jp2|j2k|raw|cr2|cr3|nef|arw|raf|orf|rw2|dng|svg|psd)$/i;

/** Endings of JPEG that ImageFolder does not take. */
const JPEG_ENDING = /\.(jfif|jpe|jif|jfi)$/i;

/** Whether a name says a format that ImageFolder does not take. */
export function saysOtherFormat(name: string): boolean {
  return OTHER_FORMAT.test(name);
}

/** Whether a name is a photo's, though not one that ImageFolder takes. */
export function isPhotoByEnding(name: string): boolean {
  return saysOtherFormat(name) || JPEG_ENDING.test(name);
}
