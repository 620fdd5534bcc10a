import type { RgbImage } from "./image.ts";
import { resize } from "./resize.ts";

/** What a model could tell a photo by without looking at what it shows. */
export interface Look {
  /** Mean grey value, 0 to 255. */
  brightness: number;
  /** Mean of Laplace's operator, which blur makes small, in standard deviations of the grey values. */
  sharpness: number;
  /** Standard deviation of grey values along the edges: next to none of a frame or a plain backdrop. */
  border: number;
  /** As bright as the 5% that are darkest are at most, and as all but 1% are: 0 to 1, as eyes see it. */
  shadows: number;
  highlights: number;
  /** Of the colours' values, in bits: little of a photo of nothing. */
  entropy: number;
  /** cleanvision's, 0 to 1: little of a photo without an edge that is sharp enough for a model. */
  edges: number;
}

/** Side of the small photo, about as much of it as models see. */
const SIDE = 128;
/** Width of the border, in its pixels. */
const BORDER = 4;

export function lookOf(image: RgbImage): Look {
  const small = resize(image, SIDE, SIDE);
  const { data } = small;
  const luma = Float64Array.from(
    { length: SIDE * SIDE },
    (_, i) => 0.299 * data[3 * i] + 0.587 * data[3 * i + 1] + 0.114 * data[3 * i + 2],
  );
  const isEdge = (i: number) => {
    const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
    return Math.min(x, y, SIDE - 1 - x, SIDE - 1 - y) < BORDER;
  };
  const all = spread(luma);
  let edges = 0;
  for (let y = 1; y < SIDE - 1; y++) {
    for (let x = 1; x < SIDE - 1; x++) {
      const at = y * SIDE + x;
      const around = luma[at - 1] + luma[at + 1] + luma[at - SIDE] + luma[at + SIDE];
      edges += Math.abs(4 * luma[at] - around);
    }
  }
  return {
    brightness: all.mean,
    sharpness: edges / (SIDE - 2) ** 2 / Math.max(all.deviation, 1),
    border: spread(luma.filter((_, i) => isEdge(i))).deviation,
    ...exposureOf(data),
    entropy: entropyOf(data),
    // From a large photo itself it would take as long as decoding it.
    edges: edgesOf(Math.max(image.width, image.height) > DIRECT ? small : image, image),
  };
}

/** cleanvision's percentiles of perceived brightness (https://alienryderflex.com/hsp.html). */
function exposureOf(data: Uint8Array): Pick<Look, "shadows" | "highlights"> {
  const perceived = Float64Array.from({ length: data.length / 3 }, (_, i) => {
    const [red, green, blue] = data.subarray(3 * i, 3 * i + 3);
    return Math.sqrt(0.241 * red ** 2 + 0.691 * green ** 2 + 0.068 * blue ** 2) / 255;
  }).sort();
  const at = (share: number) => perceived[Math.round(share * (perceived.length - 1))];
  return { shadows: at(0.05), highlights: at(0.99) };
}

/** As Pillow has it: of all values of three colours, each colour's own. */
function entropyOf(data: Uint8Array): number {
  const counts = new Uint32Array(3 * 256);
  data.forEach((value, i) => counts[256 * (i % 3) + value]++);
  let entropy = 0;
  for (const count of counts) {
    if (count > 0) entropy -= count / data.length * Math.log2(count / data.length);
  }
  return entropy;
}

/** Longer side of photos that are made small for it at once. */
const DIRECT = 512;
/** Longer side of the photo in which edges are looked for. */
const EDGE_SIDE = 64;
/** Of the scores, cleanvision's; a peaked histogram, as of a drawing, speaks against blur from here on. */
const EDGE_SCALE = 0.01;
const PEAKED = 0.18;

/**
 * cleanvision's score of blur: how much edges vary, and how peaked the histogram is.
 * @param small the photo, perhaps squeezed into a square
 */
function edgesOf(small: RgbImage, { width, height }: Pick<RgbImage, "width" | "height">): number {
  const sideOf = (side: number) =>
    Math.max(1, Math.floor(side * Math.min(1, EDGE_SIDE / Math.max(width, height))));
  const [columns, rows] = [sideOf(width), sideOf(height)];
  const { data } = resize(small, columns, rows, "bicubic");
  const grey = Float64Array.from(
    { length: columns * rows },
    (_, i) => Math.round(0.299 * data[3 * i] + 0.587 * data[3 * i + 1] + 0.114 * data[3 * i + 2]),
  );
  // Pillow's FIND_EDGES leaves the border as it is.
  const edges = grey.map((value, at) => {
    const [x, y] = [at % columns, Math.floor(at / columns)];
    if (Math.min(x, y, columns - 1 - x, rows - 1 - y) < 1) return value;
    let sum = 9 * value;
    for (const row of [at - columns, at, at + columns]) {
      sum -= grey[row - 1] + grey[row] + grey[row + 1];
    }
    return Math.max(0, Math.min(255, sum));
  });
  const histogram = new Float64Array(256);
  for (const value of grey) histogram[value]++;
  const score = (value: number) => 1 - Math.exp(-EDGE_SCALE * value);
  const peaked = score(spread(histogram).deviation);
  return Math.min(1, score(spread(edges).deviation) + (peaked > PEAKED ? peaked : 0));
}

function spread(values: Float64Array): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / values.length) };
}
