/**
 * L-BFGS: Nocedal and Wright, Numerical Optimization, 2nd edition, algorithms 7.4 and 7.5, for smooth
 * functions whose value and gradient come together.
 */
import { searchLine } from "./line_search.ts";

/** Writes the gradient at `x` into `gradient` and returns the value there. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

export interface LbfgsOptions {
  /** Converged where no entry of the gradient is larger: scikit-learn's `tol`. */
  tol: number;
  maxIter: number;
  /** Pairs of steps and gradient changes that the curvature is made from; 10 when left out. */
  history?: number;
  /**
   * Multiplies in place by a first guess of the inverse Hessian: symmetric, positive definite. The
   * identity when left out; a good one saves iterations and changes nothing else.
   */
  precondition?: (vector: Float64Array) => void;
  /** Pairs of a search before, of an objective that was hardly another; those of this one follow. */
  pairs?: Pair[];
  /** What the objective is at the start, where that is known: it is not asked there then. */
  first?: { value: number; gradient: Float64Array<ArrayBuffer> };
}

export interface LbfgsResult {
  x: Float64Array;
  value: number;
  /** Largest entry of the gradient at x, without its sign. */
  maxGradient: number;
  nIter: number;
  /** False where `maxIter` came first, or float64 could not tell steps apart any more. */
  converged: boolean;
}

/** A step, and how the gradient changed along it. */
export interface Pair {
  step: Float64Array;
  change: Float64Array;
  /** Of step and change. */
  product: number;
}

/** Goes downhill from `start`, which is left as it is, until the gradient is as good as zero. */
export function minimise(
  objective: Objective,
  start: Float64Array,
  { tol, maxIter, history = 10, precondition, pairs = [], first: known }: LbfgsOptions,
): LbfgsResult {
  let x = start.slice(), gradient = known?.gradient ?? new Float64Array(x.length);
  let value = known?.value ?? objective(x, gradient);
  let inherited = pairs.length > 0;
  const result = (nIter: number): LbfgsResult => {
    const maxGradient = largest(gradient);
    return { x, value, maxGradient, nIter, converged: maxGradient <= tol };
  };
  for (let nIter = 0; nIter < maxIter; nIter++) {
    if (largest(gradient) <= tol) return result(nIter);
    const direction = descent(gradient, pairs, precondition);
    // Without any curvature the length of the gradient says nothing about that of the step.
    const first = pairs.length > 0 || precondition ? 1 : 1 / Math.max(1, norm(gradient));
    const next = searchLine(objective, { x, value, gradient }, direction, first);
    if (!next && inherited) {
      // What held before may mislead.
      pairs.length = 0;
      inherited = false;
      nIter--;
      continue;
    }
    if (!next) return result(nIter);
    const step = difference(next.x, x), change = difference(next.gradient, gradient);
    const product = dot(step, change);
    if (product > Number.EPSILON * dot(change, change)) {
      if (pairs.length === history) pairs.shift();
      pairs.push({ step, change, product });
    }
    ({ x, value, gradient } = next);
  }
  return result(maxIter);
}

/** The two-loop recursion: minus the inverse Hessian, as far as it is known, times the gradient. */
function descent(
  gradient: Float64Array,
  pairs: readonly Pair[],
  precondition: LbfgsOptions["precondition"],
): Float64Array<ArrayBuffer> {
  const direction = gradient.map((value) => -value);
  const shares: number[] = [];
  for (let i = pairs.length - 1; i >= 0; i--) {
    const { step, change, product } = pairs[i];
    shares[i] = dot(step, direction) / product;
    addScaled(direction, -shares[i], change);
  }
  precondition?.(direction);
  const last = pairs.at(-1);
  if (last) {
    // The first guess is scaled to the curvature along the latest step.
    const guessed = last.change.slice();
    precondition?.(guessed);
    const scale = last.product / dot(last.change, guessed);
    for (let i = 0; i < direction.length; i++) direction[i] *= scale;
  }
  pairs.forEach(({ step, change, product }, i) => {
    addScaled(direction, shares[i] - dot(change, direction) / product, step);
  });
  return direction;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function addScaled(target: Float64Array, scale: number, vector: Float64Array): void {
  for (let i = 0; i < target.length; i++) target[i] += scale * vector[i];
}

function difference(a: Float64Array, b: Float64Array): Float64Array {
  const result = new Float64Array(a.length);
  for (let i = 0; i < a.length; i++) result[i] = a[i] - b[i];
  return result;
}

const norm = (vector: Float64Array) => Math.sqrt(dot(vector, vector));

function largest(vector: Float64Array): number {
  let most = 0;
  for (let i = 0; i < vector.length; i++) most = Math.max(most, Math.abs(vector[i]));
  return most;
}
