/** Files of every format to RGB, as Pillow decodes them. */
import { decodeImage } from "../../data/decode.ts";
import { type Check, Comparison, Equality } from "./check.ts";
import { readFixture, sha256 } from "./fixtures.ts";

/** As tests/reference/photo_files.py writes it. */
interface PhotoFile {
  name: string;
  /** base64, as `rgb`. */
  file: string;
  /** Of Pillow's RGB. */
  sha256: string;
  /** Pillow's RGB, where ours may be off by `within`: its codec rounds otherwise than Pillow's. */
  rgb?: string;
  within: number;
}

export async function* checkDecoding(): AsyncGenerator<Check> {
  const files = await readFixture<PhotoFile[]>("data/photo_files.json");
  const formats = new Set(files.map(({ name }) => formatOf(name)));
  for (const format of formats) {
    const equality = new Equality();
    const near = new Comparison();
    const ofFormat = files.filter(({ name }) => formatOf(name) === format);
    for (const { name, file, sha256: expected, rgb, within } of ofFormat) {
      const { data } = await decodeImage(fromBase64(file));
      if (rgb) near.add(name, data.length, furthest(data, fromBase64(rgb)), within);
      else equality.digest(name, data.length, sha256(data), expected);
    }
    const exact = ofFormat.filter(({ rgb }) => !rgb).length;
    if (exact > 0) yield equality.check("decoding", `${exact} kinds of ${format}: bytes`);
    if (exact < ofFormat.length) {
      const kinds = ofFormat.length - exact;
      yield near.check("decoding", `${kinds} more of ${format}: levels of 255`);
    }
  }
}

function formatOf(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

function furthest(ours: Uint8Array, theirs: Uint8Array): number {
  if (ours.length !== theirs.length) return NaN;
  return ours.reduce((worst, value, i) => Math.max(worst, Math.abs(value - theirs[i])), 0);
}
