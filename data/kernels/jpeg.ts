/** Baseline JPEG, decoded in one pass, and no further than where the part ends that is wanted. */
import { colourRow, greyRow } from "./colour";
import { bitsLeft, buildTable, decodeBlock, openSegment, skipBlock } from "./huffman";
import { inverseDct } from "./inverse_dct";
import {
  BLOCK,
  CODES,
  COMPONENT_BYTES,
  COMPONENTS,
  PLAN,
  QUANTISATION,
  QUANTISATION_BYTES,
  TABLE_BYTES,
  TABLES,
} from "./layout";
import { upsampleAcross, upsampleBoth } from "./upsample";

const RST0 = 0xd0, EOI = 0xd9;

/** Of a component, as `data/codecs/baseline_jpeg.ts` writes it. */
@unmanaged
class Component {
  /** Blocks of a unit. */
  across: i32;
  down: i32;
  /** Its tables, 0 or 1. */
  dc: i32;
  ac: i32;
  /** The last DC coefficient. */
  level: i32;
  /** Where its rows lie, those of two units in turn. */
  rows: usize;
  /** Bytes from a row to the next. */
  pitch: i32;
}

/** What of a photo is wanted, and where what is needed for it lies. */
@unmanaged
class Plan {
  width: i32;
  height: i32;
  /** 1 for grey, 3 for colour. */
  components: i32;
  /** Units between restarts, 0 for none. */
  restart: i32;
  /** The scan's data, and the end of the file. */
  scan: usize;
  end: usize;
  /** What is behind the memory for a segment. */
  segment: usize;
  /** Columns and rows of units that are wanted. */
  left: i32;
  right: i32;
  upper: i32;
  lower: i32;
  /** Rows of pixels that are wanted. */
  top: i32;
  bottom: i32;
  /** Room for samples of a row, three times. */
  samples: usize;
  samplesBytes: i32;
  /** Where pixels of the wanted columns go, and how far from a row to the next. */
  pixels: usize;
  pitch: i32;
}

function componentAt(index: i32): Component {
  return changetype<Component>(COMPONENTS + index * COMPONENT_BYTES);
}

/** Reads codes that lie in `CODES`: 0 and 1 for DC, 2 and 3 for AC. Returns false where they are none. */
export function defineCodes(table: i32): bool {
  return buildTable(TABLES + table * TABLE_BYTES, CODES, table >= 2);
}

/** Returns false for a file that is not as it should be: nothing of it counts then. */
export function decode(): bool {
  const plan = changetype<Plan>(PLAN);
  const luma = componentAt(0), down = luma.down;
  const columns = (plan.width + 8 * luma.across - 1) / (8 * luma.across);
  const rows = (plan.height + 8 * down - 1) / (8 * down);
  memory.fill(BLOCK, 0, 256); // a file that was given up leaves something
  let marker = openSegment(plan.scan, plan.end, plan.segment);
  resetLevels(plan.components);
  let untilRestart = plan.restart, restarts = 0, y = plan.top;
  for (let row = 0; row < plan.lower; row++) {
    for (let column = 0; column < columns; column++) {
      if (plan.restart > 0) {
        if (untilRestart === 0) {
          if (!isOver() || !isMarker(marker, plan.end, RST0 + (restarts++ & 7))) return false;
          marker = openSegment(marker + 2, plan.end, plan.segment);
          resetLevels(plan.components);
          untilRestart = plan.restart;
        }
        untilRestart--;
      }
      const isWanted = row >= plan.upper && column >= plan.left && column < plan.right;
      const isUnit = isWanted
        ? decodeUnit(plan.components, row, column - plan.left)
        : skipUnit(plan.components);
      if (!isUnit) return false;
    }
    if (bitsLeft() < 0) return false;
    // A row of pixels between two rows of chroma needs the next.
    const isLast = row + 1 === rows;
    const there = isLast ? plan.height : 8 * down * (row + 1) - (down - 1);
    if (row >= plan.upper) { for (; y < min(there, plan.bottom); y++) writeRow(plan, y); }
    if (isLast && !(isOver() && isMarker(marker, plan.end, EOI))) return false;
  }
  return true;
}

/** Whether a segment ends within its last byte. */
function isOver(): bool {
  const left = bitsLeft();
  return left >= 0 && left < 8;
}

function isMarker(at: usize, end: usize, marker: i32): bool {
  return at + 2 <= end && load<u8>(at + 1) === marker;
}

function resetLevels(components: i32): void {
  for (let c = 0; c < components; c++) componentAt(c).level = 0;
}

/** @param column among the wanted ones */
function decodeUnit(components: i32, row: i32, column: i32): bool {
  for (let c = 0; c < components; c++) {
    const part = componentAt(c), pitch = part.pitch;
    const dc = TABLES + part.dc * TABLE_BYTES, ac = TABLES + (2 + part.ac) * TABLE_BYTES;
    const level = changetype<usize>(part) + offsetof<Component>("level");
    const quantisation = QUANTISATION + c * QUANTISATION_BYTES;
    let out = part.rows + (row & 1) * 8 * part.down * pitch + 8 * column * part.across;
    for (let v = 0; v < part.down; v++, out += 8 * pitch) {
      for (let h = 0; h < part.across; h++) {
        const coefficients = decodeBlock(dc, ac, quantisation, level);
        if (coefficients < 0) return false;
        inverseDct(coefficients, out + 8 * h, pitch);
      }
    }
  }
  return true;
}

function skipUnit(components: i32): bool {
  for (let c = 0; c < components; c++) {
    const part = componentAt(c);
    const dc = TABLES + part.dc * TABLE_BYTES, ac = TABLES + (2 + part.ac) * TABLE_BYTES;
    const level = changetype<usize>(part) + offsetof<Component>("level");
    for (let block = part.across * part.down; block > 0; block--) {
      if (!skipBlock(dc, ac, level)) return false;
    }
  }
  return true;
}

function writeRow(plan: Plan, y: i32): void {
  const luma = componentAt(0), first = 8 * luma.across * plan.left;
  const count = min(8 * luma.across * plan.right, plan.width) - first;
  const row = luma.rows + (y & (16 * luma.down - 1)) * luma.pitch;
  const out = plan.pixels + (y - plan.top) * plan.pitch;
  if (plan.components === 1) greyRow(row, out, count);
  else {
    const cb = chromaRow(plan, 1, y), cr = chromaRow(plan, 2, y);
    colourRow(row, cb, cr, out, count);
  }
}

/** A row of a chroma component as wide as the luma's. */
function chromaRow(plan: Plan, index: i32, y: i32): usize {
  const luma = componentAt(0), part = componentAt(index);
  const near = y >> (luma.down - 1);
  const row = part.rows + (near & 15) * part.pitch;
  if (luma.across === 1) return row;
  const first = 8 * plan.left, count = min(8 * plan.right, (plan.width + 1) >> 1) - first;
  const sums = plan.samples, out = plan.samples + index * plan.samplesBytes;
  if (luma.down === 1) upsampleAcross(row, count, sums, out);
  else {
    const last = ((plan.height + 1) >> 1) - 1;
    const far = min(max((y & 1) === 1 ? near + 1 : near - 1, 0), last);
    upsampleBoth(row, part.rows + (far & 15) * part.pitch, count, sums, out);
  }
  return out;
}
