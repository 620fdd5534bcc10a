/** The formats that are decoded. */
export type ImageFormat = "jpeg" | "png" | "gif" | "bmp" | "tiff" | "webp" | "pnm";

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
  return undefined;
}

/** Endings of photos in formats that ImageFolder does not take. */
const OTHER_FORMAT =
  /\.(gif|heic|heif|avif|jxl|jp2|j2k|raw|cr2|cr3|nef|arw|raf|orf|rw2|dng|svg|psd)$/i;

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
