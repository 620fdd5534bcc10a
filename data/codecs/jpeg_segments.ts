import { ImageError } from "../image.ts";

/** What stands in a JPEG file before its first scan. */
export interface JpegHeader {
  width: number;
  height: number;
  /** 1 grey, 3 colour, 4 CMYK or YCCK. */
  components: number;
  /** Bits a sample. */
  precision: number;
  /** Name of the coding process where it is not Huffman-coded DCT. */
  unusualCoding: string | undefined;
  /** The TIFF structure of the EXIF segment. */
  exif: Uint8Array | undefined;
  /** The XML of the XMP segment. */
  xmp: Uint8Array | undefined;
  /** Whether Adobe's mark is there, which says what four components are. */
  adobe: boolean;
  /** Coefficients in many scans, each more exact. */
  progressive: boolean;
  /** Where the first scan begins. */
  scan: number;
}

const EXIF = "Exif\0\0";
const XMP = "http://ns.adobe.com/xap/1.0/\0";

/**
 * Reads the marker segments up to the first scan (ITU-T T.81, annex B).
 * @throws {ImageError} when they end early or make no sense.
 */
export function readJpegHeader(bytes: Uint8Array): JpegHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let frame: Omit<JpegHeader, "exif" | "xmp" | "adobe" | "scan"> | undefined;
  let exif: Uint8Array | undefined;
  let xmp: Uint8Array | undefined;
  let adobe = false;
  let at = 2;
  while (at + 4 <= bytes.length) {
    const marker = bytes[at + 1];
    if (bytes[at] !== 0xff || marker === 0xff || marker === 0) {
      at++; // fill bytes, or garbage that decoders skip too
      continue;
    }
    const length = isAlone(marker) ? 0 : view.getUint16(at + 2);
    const segment = bytes.subarray(at + 4, at + 2 + length);
    at += 2 + length;
    if (marker === 0xda) {
      if (!frame) throw new ImageError("corrupt", "JPEG scan without a frame");
      return { ...frame, exif, xmp, adobe, scan: at };
    }
    if (isFrame(marker) && segment.length >= 6) {
      frame = {
        precision: segment[0],
        height: segment[1] << 8 | segment[2],
        width: segment[3] << 8 | segment[4],
        components: segment[5],
        unusualCoding: marker >= 0xc9 ? "arithmetic" : marker === 0xc3 ? "lossless" : undefined,
        progressive: (marker & 3) === 2,
      };
    } else if (marker === 0xee && startsWith(segment, "Adobe")) {
      adobe = true;
    } else if (marker === 0xe1 && startsWith(segment, XMP)) {
      xmp = segment.subarray(XMP.length);
    } else if (marker === 0xe1 && !exif && startsWith(segment, EXIF)) {
      exif = segment.subarray(EXIF.length);
    }
  }
  throw new ImageError("truncated", "JPEG file ends before its pixels");
}

/**
 * Walks from the data of the first scan, at `at`, to the end of the image, past which there may be
 * anything, a video say: how many scans there are, and whether there is an end.
 */
export function readJpegScans(bytes: Uint8Array, at: number): { scans: number; ended: boolean } {
  let scans = 1;
  while (true) {
    at = bytes.indexOf(0xff, at);
    const marker = bytes[at + 1];
    if (at < 0 || marker === undefined) return { scans, ended: false };
    if (marker === 0xd9) return { scans, ended: true };
    if (marker === 0xff) at++;
    else if (marker === 0 || isAlone(marker)) at += 2;
    else {
      if (marker === 0xda) scans++;
      at += 2 + (bytes[at + 2] << 8 | bytes[at + 3]);
    }
  }
}

/** Markers without a segment: TEM, RSTn, SOI, EOI. */
function isAlone(marker: number): boolean {
  return marker === 0x01 || marker >= 0xd0 && marker <= 0xd9;
}

/** SOFn; 0xc4, 0xc8 and 0xcc in between are others. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  return Array.from(text).every((c, i) => bytes[i] === c.charCodeAt(0));
}
