/**
 * The JPEG files that nearly everybody has, baseline, in one scan, in colour or grey: decoded by kernels
 * of ours, so that no more is computed than is wanted. They give up where a file is in any way not as
 * it should be, and libjpeg says what to make of it.
 */
import type { Box } from "../resize.ts";
import { CODES, COMPONENT_BYTES, COMPONENTS, FREE, PLAN, QUANTISATION } from "../kernels/layout.ts";
import { type DecodedPixels, photoKernels } from "../photo_kernels.ts";
import { Places } from "../resample_kernels.ts";

interface Component {
  id: number;
  /** Blocks of a unit, which are 8 by 8 samples each. */
  across: number;
  down: number;
  quantisation: number;
  dc: number;
  ac: number;
}

/** What stands before the scan. */
export interface BaselineJpeg {
  width: number;
  height: number;
  components: Component[];
  /** 64 values of each. */
  quantisations: Uint16Array[];
  /** Counts and symbols as they stand there: of DC 0 and 1, and of AC. */
  codes: Uint8Array[];
  /** Units between restarts, 0 for none. */
  restart: number;
  /** Where its data begins. */
  scan: number;
}

/** Narrower photos are upsampled otherwise. */
const LEAST_WIDTH = 8;
const TEXT = { jfif: "JFIF\0", adobe: "Adobe" };

/** Undefined for files that are not plain enough. */
export function readBaselineJpeg(bytes: Uint8Array): BaselineJpeg | undefined {
  const quantisations: Uint16Array[] = [], codes: Uint8Array[] = [];
  let frame: Pick<BaselineJpeg, "width" | "height" | "components"> | undefined;
  let restart = 0, isJfif = false;
  let adobe: number | undefined;
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return undefined;
  for (let at = 2; at + 4 <= bytes.length;) {
    const length = bytes[at + 2] << 8 | bytes[at + 3];
    const segment = bytes.subarray(at + 4, at + 2 + length);
    if (bytes[at] !== 0xff || segment.length !== length - 2) return undefined;
    const marker = bytes[at + 1];
    at += 2 + length;
    switch (marker) {
      case 0xda:
        if (!frame || !readScan(segment, frame.components)) return undefined;
        if (!isPlain(frame, quantisations, codes)) return undefined;
        if (frame.components.length === 3 && !isYcc(frame.components, isJfif, adobe)) {
          return undefined;
        }
        return { ...frame, quantisations, codes, restart, scan: at };
      case 0xc0:
      case 0xc1:
        if (frame || segment[0] !== 8) return undefined;
        frame = readFrame(segment);
        if (!frame) return undefined;
        break;
      case 0xc4:
        if (!readCodes(segment, codes)) return undefined;
        break;
      case 0xdb:
        if (!readQuantisations(segment, quantisations)) return undefined;
        break;
      case 0xdd:
        if (segment.length !== 2) return undefined;
        restart = segment[0] << 8 | segment[1];
        break;
      case 0xe0:
        isJfif ||= segment.length >= 12 && startsWith(segment, TEXT.jfif);
        break;
      case 0xee:
        if (segment.length >= 12 && startsWith(segment, TEXT.adobe)) adobe = segment[11];
        break;
      default:
        if (marker !== 0xfe && (marker & 0xf0) !== 0xe0) return undefined;
    }
  }
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  return Array.from(text).every((c, i) => bytes[i] === c.charCodeAt(0));
}

function readFrame(segment: Uint8Array) {
  const [, h1, h0, w1, w0, count] = segment;
  if (segment.length !== 6 + 3 * count || ![1, 3].includes(count)) return undefined;
  const components = Array.from({ length: count }, (_, i): Component => {
    const [id, factors, quantisation] = segment.subarray(6 + 3 * i);
    const [across, down] = count === 1 ? [1, 1] : [factors >> 4, factors & 15];
    return { id, across, down, quantisation, dc: 0, ac: 0 };
  });
  return { width: w1 << 8 | w0, height: h1 << 8 | h0, components };
}

/** Which codes each component has; false where not all are in this scan, or not all of them. */
function readScan(segment: Uint8Array, components: Component[]): boolean {
  if (segment.length !== 4 + 2 * components.length || segment[0] !== components.length) {
    return false;
  }
  for (const [i, component] of components.entries()) {
    const [id, tables] = segment.subarray(1 + 2 * i);
    if (id !== component.id) return false;
    component.dc = tables >> 4;
    component.ac = tables & 15;
  }
  const [first, last, exactness] = segment.subarray(-3);
  return first === 0 && last === 63 && exactness === 0;
}

function readCodes(segment: Uint8Array, codes: Uint8Array[]): boolean {
  while (segment.length >= 17) {
    const count = segment.subarray(1, 17).reduce((sum, value) => sum + value, 0);
    const [kind, table] = [segment[0] >> 4, segment[0] & 15];
    if (kind > 1 || table > 1 || count > 256 || segment.length < 17 + count) return false;
    codes[2 * kind + table] = segment.subarray(1, 17 + count);
    segment = segment.subarray(17 + count);
  }
  return segment.length === 0;
}

function readQuantisations(segment: Uint8Array, quantisations: Uint16Array[]): boolean {
  while (segment.length > 0) {
    const [bytes, table] = [1 + (segment[0] >> 4), segment[0] & 15];
    const values = segment.subarray(1, 1 + 64 * bytes);
    if (bytes > 2 || table > 3 || values.length !== 64 * bytes) return false;
    quantisations[table] = Uint16Array.from(
      { length: 64 },
      (_, i) => bytes === 1 ? values[i] : values[2 * i] << 8 | values[2 * i + 1],
    );
    segment = segment.subarray(1 + 64 * bytes);
  }
  return true;
}

/** Whether everything that it needs is there, and colour is as exact as brightness, or half as exact. */
function isPlain(
  { width, height, components }: Pick<BaselineJpeg, "width" | "height" | "components">,
  quantisations: Uint16Array[],
  codes: Uint8Array[],
): boolean {
  const [{ across, down }, ...chroma] = components;
  return width >= LEAST_WIDTH && height > 0 &&
    ["1 1", "2 1", "2 2"].includes(`${across} ${down}`) &&
    chroma.every(({ across, down }) => across === 1 && down === 1) &&
    components.every(({ quantisation, dc, ac }) =>
      quantisations[quantisation] !== undefined && dc < 2 && ac < 2 &&
      codes[dc] !== undefined && codes[2 + ac] !== undefined
    );
}

/** What libjpeg takes three components for, by what is in the file. */
function isYcc(components: Component[], isJfif: boolean, adobe: number | undefined): boolean {
  if (isJfif) return true;
  if (adobe !== undefined) return adobe === 1;
  return components.every(({ id }, i) => id === i + 1);
}

/**
 * Decodes a part of a photo, its whole pixels, to the bytes that `decodeJpeg` gives.
 * @returns undefined where the file is not as it should be
 */
export function decodePart(
  bytes: Uint8Array,
  jpeg: BaselineJpeg,
  part: Box,
): DecodedPixels | undefined {
  const { width, height, components, quantisations, codes } = jpeg;
  const [luma] = components;
  const [unitWidth, unitHeight] = [8 * luma.across, 8 * luma.down];
  const [columns, rows] = [Math.ceil(width / unitWidth), Math.ceil(height / unitHeight)];
  // Between samples of chroma one more on each side counts.
  const more = luma.across - 1;
  const left = Math.max(0, Math.floor(part.left / unitWidth) - more);
  const right = Math.min(columns, Math.ceil((part.left + part.width) / unitWidth) + more);
  const upper = Math.max(0, Math.floor(part.top / unitHeight) - more);
  const lower = Math.min(rows, Math.ceil((part.top + part.height) / unitHeight) + more);

  const places = new Places(FREE);
  const file = places.take(bytes.length);
  const segment = places.take(bytes.length + 32) + bytes.length + 32;
  const rings = components.map(({ across, down }) => {
    const pitch = 8 * across * (right - left) + 32;
    return { at: places.take(16 * down * pitch), pitch };
  });
  const samplesBytes = unitWidth * (right - left) + 64;
  const samples = places.take(3 * samplesBytes);
  const pitch = 3 * (Math.min(unitWidth * right, width) - unitWidth * left);
  const pixels = places.take(part.height * pitch);
  const kernels = photoKernels(places.end);
  if (!kernels) return undefined;

  kernels.bytes.set(bytes, file);
  for (const [table, code] of codes.entries()) {
    if (!code) continue;
    kernels.bytes.set(code, CODES);
    if (!kernels.jpeg.defineCodes(table)) return undefined;
  }
  for (const [i, { across, down, quantisation, dc, ac }] of components.entries()) {
    kernels.words(QUANTISATION + 256 * i, 64).set(quantisations[quantisation]);
    kernels.words(COMPONENTS + COMPONENT_BYTES * i, 7)
      .set([across, down, dc, ac, 0, rings[i].at, rings[i].pitch]);
  }
  const { top } = part, bottom = part.top + part.height;
  kernels.words(PLAN, 17).set([
    ...[width, height, components.length, jpeg.restart, file + jpeg.scan, file + bytes.length],
    ...[segment, left, right, upper, lower, top, bottom, samples, samplesBytes, pixels, pitch],
  ]);
  try {
    if (!kernels.jpeg.decode()) return undefined;
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) return undefined; // it ran out of the memory
    throw error;
  }
  const at = pixels + 3 * (part.left - unitWidth * left);
  return { kernels, at, pitch, places };
}

/** A whole photo: [height, width, 3]; undefined where the file is not as it should be. */
export function decodeBaselineJpeg(bytes: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  const jpeg = readBaselineJpeg(bytes);
  if (!jpeg) return undefined;
  const { width, height } = jpeg;
  const decoded = decodePart(bytes, jpeg, { left: 0, top: 0, width, height });
  return decoded?.kernels.bytes.slice(decoded.at, decoded.at + 3 * width * height);
}
