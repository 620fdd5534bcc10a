/** A file made wrong, as bad disks, cut-off downloads and people with ideas make them. */
import { below, pick, type Random } from "./random.ts";

/** Values at which counts and sizes go wrong. */
const EDGES = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

type Mutation = (bytes: Uint8Array, random: Random, other: Uint8Array) => Uint8Array;

const MUTATIONS: Record<string, Mutation> = {
  flip(bytes, random) {
    const changed = bytes.slice();
    changed[below(random, bytes.length)] ^= 1 << below(random, 8);
    return changed;
  },
  byte(bytes, random) {
    const changed = bytes.slice();
    changed[below(random, bytes.length)] = below(random, 256);
    return changed;
  },
  truncate: (bytes, random) => bytes.slice(0, below(random, bytes.length)),
  /** The beginning of one, the end of another of its kind. */
  splice: (bytes, random, other) =>
    join(
      bytes.subarray(0, below(random, bytes.length)),
      other.subarray(below(random, other.length)),
    ),
  /** A piece of it once more, somewhere else. */
  repeat(bytes, random) {
    const from = below(random, bytes.length), at = below(random, bytes.length);
    const piece = bytes.subarray(from, from + 1 + below(random, 64));
    return join(bytes.subarray(0, at), piece, bytes.subarray(at));
  },
  cutOut(bytes, random) {
    const at = below(random, bytes.length);
    return join(bytes.subarray(0, at), bytes.subarray(at + 1 + below(random, 16)));
  },
  /** What may be a length, set to an edge; most stand at the beginning. */
  length(bytes, random) {
    const changed = bytes.slice(), size = pick(random, [1, 2, 4]);
    if (changed.length < size) return changed;
    const near = random() < 0.5 ? Math.min(changed.length, 256) : changed.length;
    const at = below(random, Math.max(1, near - size + 1));
    const view = new DataView(changed.buffer), little = random() < 0.5;
    const value = pick(random, EDGES);
    if (size === 1) view.setUint8(at, value & 0xff);
    else if (size === 2) view.setUint16(at, value & 0xffff, little);
    else view.setUint32(at, value, little);
    return changed;
  },
};

/**
 * One to four changes in turn.
 * @param other a file of the same kind
 */
export function mutate(
  bytes: Uint8Array,
  random: Random,
  other: Uint8Array,
): { bytes: Uint8Array; how: string } {
  const names: string[] = [];
  for (let left = 1 + below(random, 4); left > 0 && bytes.length > 0; left--) {
    const name = pick(random, Object.keys(MUTATIONS));
    bytes = MUTATIONS[name](bytes, random, other);
    names.push(name);
  }
  return { bytes, how: names.join(", ") };
}

export function join(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
