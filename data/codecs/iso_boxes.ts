import { ImageError } from "../image.ts";

/** What a file of boxes (ISO/IEC 14496-12), as HEIC and AVIF are, says of its primary photo. */
export interface PrimaryItem {
  /** As coded, before it is turned; absent where the file does not say. */
  size?: { width: number; height: number };
  /** Bits a sample. */
  bits: number;
  /** What a viewer is to do, as EXIF counts it: 1 upright, 2 to 8 turned or mirrored. */
  orientation: number;
}

interface Box {
  type: string;
  data: DataView;
}

/** By quarter turns against the clock: alone, and followed by a mirror from top to bottom or left to right. */
const ORIENTATIONS = [[1, 4, 2], [8, 5, 7], [3, 2, 4], [6, 7, 5]];

/**
 * Reads the properties of the primary item: ISO/IEC 23008-12 (HEIF), sections 6.5 and 9.3.
 * @throws {ImageError} where the boxes are cut off or contradict themselves
 */
export function readPrimaryItem(bytes: Uint8Array): PrimaryItem {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const meta = find(boxesOf(view), "meta");
    if (!meta) throw new ImageError("truncated", "the file has no description of its photo");
    const parts = [...boxesOf(meta, 4)];
    const properties = propertiesOf(parts, primaryId(find(parts, "pitm")));
    return {
      ...sizeOf(find(properties, "ispe")),
      bits: bitsOf(properties),
      orientation: orientationOf(properties),
    };
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new ImageError("truncated", "the file is shorter than its boxes say", { cause });
  }
}

const find = (boxes: Iterable<Box>, type: string) =>
  [...boxes].find((box) => box.type === type)?.data;

/** @throws {RangeError} where a box is longer than what holds it */
function* boxesOf(view: DataView, start = 0): Generator<Box> {
  for (let at = start; at + 8 <= view.byteLength;) {
    const type = String.fromCharCode(
      ...[4, 5, 6, 7].map((offset) => view.getUint8(at + offset)),
    );
    let [length, head] = [view.getUint32(at), 8];
    if (length === 1) [length, head] = [Number(view.getBigUint64(at + 8)), 16];
    if (length === 0) length = view.byteLength - at; // to the end
    if (length < head) throw new RangeError("a box is shorter than its head");
    const held = new DataView(view.buffer, view.byteOffset + at + head, length - head);
    if (held.byteOffset + held.byteLength > view.byteOffset + view.byteLength) {
      // What follows the photo's description, its pixels say, may be cut off: decoders will say so.
      if (type !== "mdat") throw new RangeError("a box is longer than what holds it");
      return;
    }
    yield { type, data: held };
    at += length;
  }
}

function primaryId(pitm: DataView | undefined): number {
  if (!pitm) throw new ImageError("corrupt", "the file does not say which photo is its main one");
  return pitm.getUint8(0) === 0 ? pitm.getUint16(4) : pitm.getUint32(4);
}

/** The properties of an item, in the order in which they apply. */
function propertiesOf(meta: readonly Box[], item: number): Box[] {
  const iprp = find(meta, "iprp");
  if (!iprp) return [];
  const parts = [...boxesOf(iprp)];
  const ipco = find(parts, "ipco");
  const all = ipco ? [...boxesOf(ipco)] : [];
  return parts.filter(({ type }) => type === "ipma")
    .flatMap(({ data }) => associationsOf(data, item))
    .map((index) => all[index - 1])
    .filter((box) => box !== undefined);
}

/** Numbers of properties, from 1 on. */
function associationsOf(ipma: DataView, wanted: number): number[] {
  const isWide = (ipma.getUint8(3) & 1) === 1;
  const idBytes = ipma.getUint8(0) === 0 ? 2 : 4;
  const entries = ipma.getUint32(4);
  for (let i = 0, at = 8; i < entries; i++) {
    const id = idBytes === 2 ? ipma.getUint16(at) : ipma.getUint32(at);
    const count = ipma.getUint8(at + idBytes);
    at += idBytes + 1;
    if (id === wanted) {
      return Array.from(
        { length: count },
        (_, k) => isWide ? ipma.getUint16(at + 2 * k) & 0x7fff : ipma.getUint8(at + k) & 0x7f,
      );
    }
    at += count * (isWide ? 2 : 1);
  }
  return [];
}

function sizeOf(ispe: DataView | undefined): Pick<PrimaryItem, "size"> {
  return ispe ? { size: { width: ispe.getUint32(4), height: ispe.getUint32(8) } } : {};
}

/** Said outright, or by the configuration of the codec. */
function bitsOf(properties: readonly Box[]): number {
  const pixi = find(properties, "pixi");
  if (pixi && pixi.getUint8(4) > 0) return pixi.getUint8(5);
  const av1C = find(properties, "av1C")?.getUint8(2) ?? 0;
  if (av1C & 0x40) return av1C & 0x20 ? 12 : 10;
  const hvcC = find(properties, "hvcC");
  return 8 + (hvcC ? hvcC.getUint8(17) & 7 : 0);
}

/** First turned, then mirrored, as HEIF has it. */
function orientationOf(properties: readonly Box[]): number {
  const turns = (find(properties, "irot")?.getUint8(0) ?? 0) & 3;
  const axis = find(properties, "imir")?.getUint8(0);
  return ORIENTATIONS[turns][axis === undefined ? 0 : 1 + (axis & 1)];
}
