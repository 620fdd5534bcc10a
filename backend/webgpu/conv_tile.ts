/** The ways in which a convolution may be cut for an adapter's threads. None changes a bit of it. */
import type { Tiling } from "./tiling.ts";

/**
 * `registers`: a thread reads what it multiplies from memory. `shared`: a workgroup reads it into
 * its own memory first. TM pixels by TN vectors of output channels a thread, WX·WY threads.
 */
export type ConvTile =
  | { kind: "registers"; TM: number; TN: number; WX: number; WY: number }
  | { kind: "shared"; TM: number; TN: number };

interface ConvExtent {
  /** Vectors of output channels. */
  columns: number;
  /** Pixels of a row that meet the same taps. */
  pixelsPerRow: number;
  pixels: number;
  /** Terms of a sum. */
  depth: number;
  /** Whether the input is spread out, as in the gradient of a strided convolution. */
  isSpread: boolean;
}

/** Each that is measured is compiled first, which takes a driver a tenth of a second. */
const MOST_OF_A_KIND = 2;

/** The most likely first: it is taken where nothing is measured. */
export function convTiles(extent: ConvExtent, tiling: Tiling): ConvTile[] {
  const registers = registerTiles(extent, tiling);
  if (extent.isSpread || !tiling.sharesMemory) return registers;
  const shared = sharedTiles(extent).slice(0, MOST_OF_A_KIND);
  registers.length = Math.min(registers.length, MOST_OF_A_KIND);
  // Short sums end before the tiles that they were loaded into have paid off.
  return extent.depth < 32 ? [...registers, ...shared] : [...shared, ...registers];
}

function registerTiles({ columns, pixelsPerRow }: ConvExtent, tiling: Tiling): ConvTile[] {
  const WX = Math.min(8, columns);
  const perThread = Math.ceil(columns / WX);
  const likely = perThread === 1 || perThread === 3 ? perThread : 2;
  const computed = (TM: number) => Math.ceil(pixelsPerRow / TM) * TM;
  const widths = ([likely, 1, 2, 3] as const)
    .filter((TN, i, all) => TN <= perThread && all.indexOf(TN) === i);
  return widths.flatMap((TN) => {
    const candidates = tiling.pixelsPerThread[TN];
    const best = Math.min(...candidates.map(computed));
    const even = candidates.filter((TM) => computed(TM) === best);
    return even.slice(0, 2).map((TM) =>
      ({ kind: "registers", TM, TN, WX, WY: tiling.workgroupRows }) as const
    );
  });
}

function sharedTiles({ columns, pixels }: ConvExtent): ConvTile[] {
  // Large tiles read least, and small ones fill the adapter.
  const isLarge = pixels * columns > 64 * 64 * 32;
  const likely = { TM: isLarge ? 8 : 4, TN: isLarge && columns > 8 ? 2 : 1 };
  const all = [likely, { TM: 4, TN: 1 }, { TM: 8, TN: 1 }, { TM: 4, TN: 2 }, { TM: 8, TN: 2 }];
  return all
    .filter(({ TN }) => TN === 1 || columns > 8)
    .filter(({ TM, TN }, i, all) => all.findIndex((t) => t.TM === TM && t.TN === TN) === i)
    .map((tile) => ({ kind: "shared", ...tile }));
}
