/**
 * Baseline JPEG's entropy coding (ITU-T T.81, annex F.2.2). Whatever a file should not have ends it
 * with an error: another decoder, which knows what to make of it, has the file then.
 */
import { BLOCK, ZIGZAG } from "./layout";

/** Bits that are looked up at once; longer codes are searched. */
const LOOK: u32 = 10;
/** Behind the table: the largest code of each length, and what leads from a code to its symbol. */
const LARGEST: usize = 4 << LOOK;
const OFFSET: usize = LARGEST + 4 * 17;
const SYMBOLS: usize = OFFSET + 4 * 17;

/** The next bits, from the highest on; `count` of them are sure. */
let bits: u64 = 0;
let count: u64 = 0;
/** Bytes of the segment lie backwards, so that eight can be taken at once; the next eight. */
let next: usize = 0;
let end: usize = 0;
let length: usize = 0;

/**
 * Of an entry: a coefficient in the upper half, how many zeros are before it, and the bits of both
 * code and coefficient; where these are too many, 0, the symbol, and the bits of its code. An entry of 0 says
 * that the code is longer.
 *
 * @param counts of codes by length, and then the symbols
 * @returns false where these are no codes
 */
export function buildTable(table: usize, counts: usize, isAc: bool): bool {
  memory.fill(table, 0, 4 << LOOK);
  let code: u32 = 0, index: u32 = 0;
  for (let length: u32 = 1; length <= 16; length++) {
    store<i32>(table + OFFSET + 4 * length, index - code);
    const codes = load<u8>(counts + length - 1);
    for (let i: u32 = 0; i < codes; i++, code++, index++) {
      const symbol = <u32> load<u8>(counts + 16 + index);
      store<u8>(table + SYMBOLS + index, symbol);
      if (!isAc && symbol > 15) return false;
      if (length <= LOOK) fill(table, code, length, symbol, isAc);
    }
    // No code is all ones.
    if (code >= <u32> 1 << length) return false;
    store<i32>(table + LARGEST + 4 * length, codes > 0 ? code - 1 : -1);
    code <<= 1;
  }
  return true;
}

function fill(table: usize, code: u32, length: u32, symbol: u32, isAc: bool): void {
  const left = LOOK - length, size = symbol & 15;
  const first = code << left;
  if (first + (1 << left) > 1 << LOOK) return; // refused above, once all of its length are known
  for (let rest: u32 = 0; rest < <u32> 1 << left; rest++) {
    let entry = symbol << 8 | length;
    if (isAc && size > 0 && size <= left) {
      const value = extended(rest >> (left - size), size);
      entry = value << 16 | (symbol >> 4) << 8 | (length + size);
    }
    store<u32>(table + 4 * (first + rest), entry);
  }
}

/** What `size` bits stand for, from 1 on: figure F.12. */
function extended(value: u32, size: u32): i32 {
  const isPositive: i32 = value >> (size - 1);
  return value + ((isPositive - 1) & ((-1 << size) + 1));
}

/** A code of more than `LOOK` bits: its symbol and length as in an entry, 0 where there is none. */
function longCode(table: usize, bits: u64): u32 {
  for (let length = LOOK + 1; length <= 16; length++) {
    const code = <i32> (bits >> (64 - length));
    if (code <= load<i32>(table + LARGEST + 4 * length)) {
      const index = code + load<i32>(table + OFFSET + 4 * length);
      return <u32> load<u8>(table + SYMBOLS + (index & 255)) << 8 | length;
    }
  }
  return 0;
}

/**
 * Lays a segment's bytes out, without those that are stuffed.
 * @param to what is behind where they end: they are laid out before it, and 16 zeros before them
 * @returns the marker behind the segment; past the file, its end
 */
export function openSegment(from: usize, fileEnd: usize, to: usize): usize {
  let at = to;
  const full = i8x16.splat(-1);
  while (from + 16 <= fileEnd) {
    const part = v128.load(from);
    if (v128.any_true(i8x16.eq(part, full))) {
      for (let i = 0; i < 16; i++) {
        const byte = load<u8>(from);
        if (byte === 0xff) {
          if (from + 1 >= fileEnd || load<u8>(from + 1) !== 0) return opened(from, at, to);
          from++;
        }
        from++;
        store<u8>(--at, byte);
      }
    } else {
      at -= 16;
      v128.store(
        at,
        i8x16.shuffle(part, part, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
      );
      from += 16;
    }
  }
  while (from < fileEnd) {
    const byte = load<u8>(from);
    if (byte === 0xff) {
      if (from + 1 >= fileEnd || load<u8>(from + 1) !== 0) return opened(from, at, to);
      from++;
    }
    from++;
    store<u8>(--at, byte);
  }
  return opened(from, at, to);
}

function opened(marker: usize, at: usize, to: usize): usize {
  v128.store(at - 16, i8x16.splat(0));
  bits = 0;
  count = 0;
  next = to - 8;
  end = to;
  length = to - at;
  return marker;
}

/** Bits of the segment that are left; fewer than none where it was too short. */
export function bitsLeft(): i32 {
  return 8 * (<i32> length - <i32> (end - 8 - next)) + <i32> count;
}

/**
 * Decodes a block into `BLOCK`, where there must be zeros.
 * @param predictor where the component's last DC coefficient lies
 * @returns how many coefficients there are, up to the last that is not 0; -1 for what is no block
 */
export function decodeBlock(dc: usize, ac: usize, quantisation: usize, predictor: usize): i32 {
  let buffer = bits, sure = count, from = next;

  buffer |= load<u64>(from) >> sure;
  from -= <usize> ((63 - sure) >> 3);
  sure |= 56;
  let entry = load<u32>(dc + ((<u32> (buffer >> (62 - LOOK))) & ((4 << LOOK) - 4)));
  if (entry === 0) {
    entry = longCode(dc, buffer);
    if (entry === 0) return -1;
  }
  let used: u64 = entry & 255;
  buffer <<= used;
  sure -= used;
  const size: u64 = entry >> 8;
  let level = load<i32>(predictor);
  if (size > 0) {
    level += extended(<u32> (buffer >> (64 - size)), <u32> size);
    buffer <<= size;
    sure -= size;
    store<i32>(predictor, level);
  }
  store<i32>(BLOCK, <i32> <i16> level * load<i32>(quantisation));

  let k: u32 = 1, last: u32 = 1;
  while (k < 64) {
    buffer |= load<u64>(from) >> sure;
    from -= <usize> ((63 - sure) >> 3);
    sure |= 56;
    entry = load<u32>(ac + ((<u32> (buffer >> (62 - LOOK))) & ((4 << LOOK) - 4)));
    let value = <i32> entry >> 16;
    if (value !== 0) {
      used = entry & 255;
      k += entry >> 8 & 255;
      if (k > 63) return -1;
    } else {
      if (entry === 0) {
        entry = longCode(ac, buffer);
        if (entry === 0) return -1;
      }
      used = entry & 255;
      const size = entry >> 8 & 15, run = entry >> 12;
      if (size === 0) {
        buffer <<= used;
        sure -= used;
        if (run !== 15) break;
        k += 16;
        continue;
      }
      value = extended(<u32> (buffer << used >> (64 - <u64> size)), size);
      used += size;
      k += run;
      if (k > 63) return -1;
    }
    buffer <<= used;
    sure -= used;
    store<i32>(BLOCK + load<u8>(ZIGZAG + k), <i32> <i16> value * load<i32>(quantisation + 4 * k));
    last = ++k;
  }
  bits = buffer;
  count = sure;
  next = from;
  return last;
}

/** Passes a block over that nobody needs. Returns whether it is one. */
export function skipBlock(dc: usize, ac: usize, predictor: usize): bool {
  let buffer = bits, sure = count, from = next;

  buffer |= load<u64>(from) >> sure;
  from -= <usize> ((63 - sure) >> 3);
  sure |= 56;
  let entry = load<u32>(dc + ((<u32> (buffer >> (62 - LOOK))) & ((4 << LOOK) - 4)));
  if (entry === 0) {
    entry = longCode(dc, buffer);
    if (entry === 0) return false;
  }
  let used: u64 = entry & 255;
  buffer <<= used;
  sure -= used;
  const size: u64 = entry >> 8;
  if (size > 0) {
    const step = extended(<u32> (buffer >> (64 - size)), <u32> size);
    buffer <<= size;
    sure -= size;
    store<i32>(predictor, load<i32>(predictor) + step);
  }

  let k: u32 = 1;
  while (k < 64) {
    buffer |= load<u64>(from) >> sure;
    from -= <usize> ((63 - sure) >> 3);
    sure |= 56;
    entry = load<u32>(ac + ((<u32> (buffer >> (62 - LOOK))) & ((4 << LOOK) - 4)));
    if (<i32> entry >> 16 !== 0) {
      used = entry & 255;
      k += (entry >> 8 & 255) + 1;
    } else {
      if (entry === 0) {
        entry = longCode(ac, buffer);
        if (entry === 0) return false;
      }
      const size = entry >> 8 & 15, run = entry >> 12;
      used = (entry & 255) + size;
      if (size === 0 && run !== 15) k = 64;
      else k += run + 1;
    }
    buffer <<= used;
    sure -= used;
  }
  bits = buffer;
  count = sure;
  next = from;
  return k === 64;
}
