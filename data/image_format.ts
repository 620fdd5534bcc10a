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
