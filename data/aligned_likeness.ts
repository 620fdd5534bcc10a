/** Whether two small pictures show the same, though one may be cut a little, brighter or grey. */

/** Side of the pictures: a fingerprint's. */
const SIDE = 32;
/** The smallest part of one picture that may be the other: a photo cropped by 13%. */
const SMALLEST = 28;
/** Steps by which the best part is refined, in pixels. */
const STEPS = [0.5, 0.25, 0.125];
const MOST_PASSES = 4;
/** Side of the squares in which the pictures are compared. */
const SQUARE = 4;
/** A picture with less contrast is judged as if it had so much: noise is no difference. */
const LEAST_DEVIATION = 8;

/** Pearson's r of grey values, once aligned, from which on two pictures may show the same. */
const LEAST_LIKENESS = 0.93;
/**
 * The most that they may differ where they differ most: the mean in a square, in standard deviations of
 * the picture. Another object before the same backdrop differs in its place; a copy differs little
 * everywhere. Measured: docs/own_photos.md.
 */
const MOST_DIFFERENCE = 0.45;

type Picture = ArrayLike<number>;
/** Left, top, right, bottom. */
type Part = readonly [number, number, number, number];

interface Fit {
  likeness: number;
  part: Part;
  from: Picture;
  to: Picture;
}

const WHOLE: Part = [0, 0, SIDE, SIDE];
const PARTS = [...partsOf()];
/** If none of these fits better than the whole, no part does but by less than a pixel. */
const PROBES = PARTS.filter(([left, top, right]) =>
  right - left === SIDE - 1 || (left === 1 && top === 1 && right === SIDE - 1)
);

/**
 * Whether the pictures show the same in each of their parts, once the part of either that fits the other
 * best is laid over it, and brightness and contrast are made alike.
 * @param a [32, 32] grey values
 * @param b likewise
 */
export function showsTheSame(a: Picture, b: Picture): boolean {
  const whole: Fit = { likeness: correlation(a, b), part: WHOLE, from: a, to: b };
  if (isSame(whole)) return true;
  let best = bestOf(PROBES, whole);
  if (best !== whole) best = bestOf(PARTS, best);
  const turned = { ...whole, from: b, to: a };
  const starts = best === whole ? [whole, turned] : [best];
  return starts.some((start) => isSame(refined(start)));
}

function isSame({ likeness, part, from, to }: Fit): boolean {
  return likeness >= LEAST_LIKENESS && worstDifference(cut(from, part), to) <= MOST_DIFFERENCE;
}

/** Parts of either picture, laid over the other. */
function bestOf(parts: readonly Part[], start: Fit): Fit {
  let best = start;
  for (const part of parts) {
    best = better(best, { part, from: start.from, to: start.to });
    best = better(best, { part, from: start.to, to: start.from });
  }
  return best;
}

function* partsOf(): Generator<Part> {
  for (let side = SIDE - 1; side >= SMALLEST; side--) {
    for (let left = 0; left + side <= SIDE; left++) {
      for (let top = 0; top + side <= SIDE; top++) yield [left, top, left + side, top + side];
    }
  }
}

function better(best: Fit, { part, from, to }: Omit<Fit, "likeness">): Fit {
  const likeness = correlation(cut(from, part), to);
  return likeness > best.likeness ? { likeness, part, from, to } : best;
}

/** Moves each edge by itself, by ever smaller steps. */
function refined(best: Fit): Fit {
  for (const step of STEPS) {
    for (let pass = 0; pass < MOST_PASSES; pass++) {
      const before = best;
      for (let edge = 0; edge < 4; edge++) {
        for (const sign of [-1, 1]) {
          const { part, from, to } = best;
          const moved = part.with(edge, part[edge] + sign * step) as unknown as Part;
          best = better(best, { part: moved, from, to });
        }
      }
      if (best === before) break;
    }
  }
  return best;
}

/** The part at the size of the whole, bilinear; beyond the edge the edge goes on. */
function cut(picture: Picture, [left, top, right, bottom]: Part): Float64Array {
  const columns = places(left, right), rows = places(top, bottom);
  const out = new Float64Array(SIDE * SIDE);
  for (let y = 0, to = 0; y < SIDE; y++) {
    const at = rows.first[y] * SIDE, down = rows.share[y];
    for (let x = 0; x < SIDE; x++) {
      const i = at + columns.first[x], right = columns.share[x];
      const upper = picture[i] * (1 - right) + picture[i + 1] * right;
      const lower = picture[i + SIDE] * (1 - right) + picture[i + SIDE + 1] * right;
      out[to++] = upper * (1 - down) + lower * down;
    }
  }
  return out;
}

/** Between which two pixels each of the output's lies, and how near to the second. */
function places(start: number, end: number) {
  const first = new Uint8Array(SIDE), share = new Float64Array(SIDE);
  for (let i = 0; i < SIDE; i++) {
    const exact = start + (i + 0.5) * (end - start) / SIDE - 0.5;
    const place = Math.min(Math.max(exact, 0), SIDE - 1);
    first[i] = Math.min(Math.floor(place), SIDE - 2);
    share[i] = place - first[i];
  }
  return { first, share };
}

function correlation(a: Picture, b: Picture): number {
  const { covariance, varianceA, varianceB } = moments(a, b);
  const scale = Math.sqrt(varianceA * varianceB);
  return scale > 0 ? covariance / scale : 0;
}

function moments(a: Picture, b: Picture) {
  let [sumA, sumB, squaresA, squaresB, products] = [0, 0, 0, 0, 0];
  for (let i = 0; i < SIDE * SIDE; i++) {
    sumA += a[i];
    sumB += b[i];
    squaresA += a[i] * a[i];
    squaresB += b[i] * b[i];
    products += a[i] * b[i];
  }
  const n = SIDE * SIDE;
  const [meanA, meanB] = [sumA / n, sumB / n];
  return {
    meanA,
    meanB,
    varianceA: squaresA / n - meanA * meanA,
    varianceB: squaresB / n - meanB * meanB,
    covariance: products / n - meanA * meanB,
  };
}

/** @param a is brought to the brightness and contrast of b */
function worstDifference(a: Picture, b: Picture): number {
  const { meanA, meanB, varianceA, varianceB, covariance } = moments(a, b);
  const contrast = varianceA > 0 ? covariance / varianceA : 0;
  const apart = Float64Array.from(
    { length: SIDE * SIDE },
    (_, i) => Math.abs(b[i] - meanB - contrast * (a[i] - meanA)),
  );
  let worst = 0;
  for (let top = 0; top + SQUARE <= SIDE; top++) {
    for (let left = 0; left + SQUARE <= SIDE; left++) {
      let sum = 0;
      for (let i = 0; i < SQUARE * SQUARE; i++) {
        sum += apart[(top + Math.floor(i / SQUARE)) * SIDE + left + i % SQUARE];
      }
      worst = Math.max(worst, sum);
    }
  }
  return worst / SQUARE ** 2 / Math.max(Math.sqrt(Math.max(0, varianceB)), LEAST_DEVIATION);
}
