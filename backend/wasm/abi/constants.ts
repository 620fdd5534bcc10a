/** Addresses, sizes and codes. */
import { wordsOf } from "./layout.ts";
import { RECORDS } from "./records.ts";

interface Constant {
  /** Addresses and bytes are usize. */
  type: "usize" | "i32" | "f32";
  value: number;
  doc?: string;
  /** Where only one side knows it. */
  side?: "kernels" | "typescript";
}

const bytes = (value: number, doc?: string, side?: Constant["side"]): Constant => {
  return { type: "usize", value, doc, side };
};
const count = (value: number, doc?: string, side?: Constant["side"]): Constant => {
  return { type: "i32", value, doc, side };
};

const COMMANDS = 512, COMMAND_BYTES = 256, MOST_TAPS = 1024;
export const PAGE = 64 * 1024;
const RING = PAGE;
/** The kernels' own constants lie between the ring and what is staged. */
export const KERNEL_DATA = RING + COMMANDS * COMMAND_BYTES;
const STAGING = 4 * PAGE, STAGING_BYTES = 4 * PAGE;

export const CONSTANTS: Record<string, Constant> = {
  // Words on cache lines of their own.
  PUBLISHED: bytes(1024, "How many commands were ever written."),
  NEXT: bytes(
    1088,
    "The chunk to be taken next (low word) and the command it is of (high word).",
    "kernels",
  ),
  COMPLETED: bytes(1092, "How many commands are done.", "typescript"),
  DONE: bytes(1152, "Chunks of the command that are done.", "kernels"),
  PARKED: bytes(1216, "How many workers sleep until there is work."),
  THREADS: bytes(1280, "Threads in use, the main one included."),
  NEVER: bytes(1344, "Nobody writes it: waiting for it with a time limit is sleeping.", "kernels"),

  FAILURE_FLAG: bytes(3072, "Not 0 once a worker died.", "typescript"),
  FAILURE_LENGTH: bytes(3076, "Bytes of what it said.", "typescript"),
  FAILURE_TEXT: bytes(3080, "What it said, in UTF-8.", "typescript"),
  FAILURE_TEXT_BYTES: bytes(512, undefined, "typescript"),

  RING: bytes(RING, "Where the commands lie, each at its number modulo COMMANDS."),
  COMMANDS: count(COMMANDS, "A power of two."),
  COMMAND_BYTES: bytes(COMMAND_BYTES),
  STAGING: bytes(
    STAGING,
    "Where JavaScript puts small values while kernels are still at work in the heap.",
    "typescript",
  ),
  STAGING_BYTES: bytes(STAGING_BYTES, undefined, "typescript"),
  HEAP: bytes(STAGING + STAGING_BYTES, "Tensors lie from here on.", "typescript"),

  STATISTICS_VECTORS: count(
    3,
    "Batch statistics of a chunk are vectors: an origin, Σ(z - origin) and Σ(z - origin)².",
  ),
  GRADIENT_STATISTICS_VECTORS: count(2, "Gradient statistics of a chunk: Σd and Σd·(z - mean)."),
  STATE_VECTORS: count(4, "What normalises: mean, 1/√(variance + ε), scale, shift.", "typescript"),
  SCALE_VECTOR: count(2, "Which of these is scale; shift is behind it."),
  COEFFICIENT_VECTORS: count(3, "Of a lazy gradient: A, B, C.", "typescript"),

  RELU6_UPPER: { type: "f32", value: 6 },
  K_BLOCK: count(
    256,
    "Steps of k that are summed before the next panel's turn: so much of a panel stays in the " +
      "first level cache while all rows of the block pass over it.",
  ),
  INTEGER_ROWS: count(8, "Rows that become integers at once, while they are in cache."),
  MOST_TAPS: count(MOST_TAPS, "Filters up to 32×32 fit.", "typescript"),
  TAP_TABLE_BYTES: bytes(
    MOST_TAPS * 4 * wordsOf(RECORDS.Tap.fields),
    "Scratch for a row's table of taps.",
  ),
  SPATIAL_MEAN_ROWS: count(
    64,
    "Pixels that are summed at once: precision as well as cache ask for short sums.",
  ),
  WINOGRAD_POSITIONS: count(36, "Positions of a transformed tile."),
  WINOGRAD_TEMPORARY_BYTES: bytes(2048, "What a transform needs for its first pass."),
};

/** Alternatives, numbered from 0 on. */
export const CODES: Record<string, string[]> = {
  // From hardSwish on they bend: kernels/activation.ts.
  ActivationCode: ["linear", "relu", "relu6", "hardSwish", "silu", "hardSigmoid", "sigmoid"],
  SourceKind: ["plain", "normalized", "normalizedGradient", "scaled"],
  RowReading: ["gathered", "pointwise", "strips"],
  BinaryOperation: ["add", "subtract", "multiply", "divide"],
};
