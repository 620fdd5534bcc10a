/** The ways in which a convolution may be cut for an adapter's threads. None changes a bit of it. */
import { type Tiling, wavesOf } from "./tiling.ts";

/**
 * TM pixels by TN vectors of output channels a thread. `registers`: it reads what it multiplies from
 * memory, WX by WY threads a workgroup. `shared`: a workgroup of LX threads over channels by LY over
 * pixels reads it into its own memory first, BK vectors of input channels at a time.
 */
export type ConvTile =
  | { kind: "registers"; TM: number; TN: number; WX: number; WY: number }
  | SharedTile;

interface SharedTile {
  kind: "shared";
  TM: number;
  TN: number;
  LX: number;
  LY: number;
  BK: number;
}

interface ConvExtent {
  /** Vectors of output channels. */
  columns: number;
  /** Pixels of a row that meet the same taps. */
  pixelsPerRow: number;
  pixels: number;
  /** Terms of a sum. */
  depth: number;
  /** Vectors of input channels, and how many channels a vector is. */
  inputs: number;
  width: number;
  /** Whether the input is spread out, as in the gradient of a strided convolution. */
  isSpread: boolean;
}

/** Each that is measured is compiled first, which takes a driver a tenth of a second. */
const MOST_OF_A_KIND = 2;

/** The most likely first: it is taken where nothing is measured. */
export function convTiles(extent: ConvExtent, tiling: Tiling): ConvTile[] {
  const registers = registerTiles(extent, tiling);
  if (extent.isSpread || !tiling.sharesMemory) return registers;
  const shared = sharedTiles(extent);
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

/** The large ones read least, the small ones fill the adapter. */
export const SHARED: readonly [TM: number, TN: number, LX: number, LY: number][] = [
  [8, 2, 16, 16],
  [8, 2, 8, 16],
  [8, 2, 8, 8],
  [8, 2, 4, 16],
  [4, 2, 8, 8],
  [8, 1, 8, 8],
  [4, 3, 2, 32],
  [4, 1, 8, 8],
  [4, 1, 4, 16],
  [2, 1, 8, 8],
  [2, 1, 4, 16],
  [1, 1, 8, 8],
];

/** Processors of a large GPU, and of a small one. */
const PROCESSORS = [128, 16];

/** That which is likely the fastest on a large GPU, and on a small one. */
function sharedTiles({ columns, pixels, inputs, width }: ConvExtent): SharedTile[] {
  const timeOf = (tile: typeof SHARED[number], processors: number) => {
    const [TM, TN, LX, LY] = tile;
    const workgroups = Math.ceil(pixels / (LY * TM)) * Math.ceil(columns / (LX * TN));
    // A load from the workgroup's memory takes as long as four terms; one from the adapter's, with
    // finding out where, as twelve. Workgroups end together.
    const perVector = 16 * TM * TN + 4 * TM + 16 * TN + 6 +
      12 * (LY * TM + 4 * LX * TN) / (LX * LY);
    return wavesOf(workgroups, LX * LY, processors) * perVector;
  };
  const best = PROCESSORS.map((processors) =>
    SHARED.reduce((a, b) => timeOf(b, processors) < timeOf(a, processors) ? b : a)
  );
  return [...new Set(best)].map(([TM, TN, LX, LY]) => {
    const threads = LX * LY;
    // Small tiles need more of the input at once, so that memory has enough to do.
    const likely = (TM * TN === 1 ? 16 : TM * TN <= 4 ? 8 : 4) * (width === 4 ? 1 : 4);
    const BK = Math.min(likely, 2 ** Math.ceil(Math.log2(inputs)), threads);
    return { kind: "shared", TM, TN, LX, LY, BK };
  });
}
