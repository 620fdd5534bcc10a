/** What bombs are made of. */
import type { Bomb } from "./bomb_files.ts";
import type { Random } from "./random.ts";

export const ascii = (text: string) => new TextEncoder().encode(text);

export const photo = (bytes: Uint8Array): Bomb => ({ reader: "photo", bytes });

/** Whole numbers, each of so many bytes. */
export function numbers(
  entries: [size: 1 | 2 | 4, value: number][],
  little = true,
): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(entries.reduce((sum, [size]) => sum + size, 0)));
  let at = 0;
  for (const [size, value] of entries) {
    if (size === 1) view.setUint8(at, value);
    else if (size === 2) view.setUint16(at, value, little);
    else view.setUint32(at, value, little);
    at += size;
  }
  return new Uint8Array(view.buffer);
}

/** Sides of up to `most` pixels together, also very long ones. */
export function sides(random: Random, most = 89e6): [number, number] {
  const width = Math.ceil(65535 ** random());
  return [width, Math.max(1, Math.min(65535, Math.floor(most / width)))];
}
