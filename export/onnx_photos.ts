/**
 * The way from photos to a network's input, as nodes: what `data/transforms.ts` and `data/resize.ts` do,
 * for photos of any size, to the same levels. ONNX's own `Resize` with antialiasing is another:
 * onnxruntime's is off by up to 18 levels of Pillow's bilinear. So each pass is a product with weights
 * that the graph computes from the photo's sides.
 *
 * Weights are integers of 22 bits, as Pillow's. Floats hold 24, and a level has 8: so weights are cut
 * into two of 11 bits, of which sums are exact as long as a pixel is made of at most 32 a side.
 */
import { marginColour } from "../data/fit.ts";
import type { Preprocessing } from "../models/architecture.ts";
import { DOUBLE, FLOAT, INT64 } from "../weights/onnx_fields.ts";
import type { Attributes, OnnxGraph } from "./onnx_graph.ts";

/** How a side of the photo becomes one of the square: names of int64 scalars. */
interface Side {
  /** Pixels that there are. */
  from: string;
  /** Pixels that they become. */
  to: string;
  /** Of these, the first that the square shows, and how many it shows. */
  first: string;
  shown: string;
}

/** Bits of a half of a weight. */
const HALF_BITS = 11;

/** Weights as two matrices: 2^11 times the first, and the second, are the weight times 2^22. */
interface Weights {
  high: string;
  low: string;
}

/** How far Pillow's filters reach, in pixels of the smaller side. */
const REACH = { bilinear: 1, bicubic: 2 };

/**
 * @param photos name of uint8 [batch, height, width, channels]: red, green, blue, and what is passed
 *   over, such as the alpha of a canvas
 * @returns name of float32 [batch, 3, size, size], normalised
 */
export function imagesOfPhotos(
  graph: OnnxGraph,
  photos: string,
  preprocessing: Preprocessing,
): string {
  return new PhotoNodes(graph, preprocessing).images(photos);
}

class PhotoNodes {
  #count = 0;

  constructor(private readonly graph: OnnxGraph, private readonly preprocessing: Preprocessing) {}

  images(photos: string): string {
    const { size, mean, std } = this.preprocessing;
    const shape = this.#add("Shape", [photos]);
    const [height, width] = [1, 2].map((axis) =>
      this.#add("Gather", [shape, this.#int(axis)], { axis: 0 })
    );
    const [down, across] = this.#sides(height, width);
    const square = this.#fill(this.#resample(photos, down, across), down, across);
    const sized = this.#add("Reshape", [square, this.#ints([-1, 3, size, size])]);
    const share = this.#add("Div", [sized, this.#float(255)]);
    const centred = this.#add("Sub", [share, this.#colour("mean", mean)]);
    return this.#add("Div", [centred, this.#colour("std", std)]);
  }

  /** Down and across. */
  #sides(height: string, width: string): [Side, Side] {
    const { fit = "crop", resize, size } = this.preprocessing;
    const [nothing, whole] = [this.#int(0), this.#int(size)];
    const all = (from: string, to: string): Side => ({ from, to, first: nothing, shown: to });
    switch (fit) {
      case "squash":
        return [all(height, whole), all(width, whole)];
      case "crop": {
        const short = this.#add("Min", [height, width]);
        const cropped = (from: string): Side => {
          const to = this.#add("Div", [this.#add("Mul", [from, this.#int(resize)]), short]);
          const middle = this.#half(this.#add("Sub", [to, whole]));
          return {
            from,
            to,
            first: this.#add("Max", [middle, nothing]),
            shown: this.#add("Min", [to, whole]),
          };
        };
        return [cropped(height), cropped(width)];
      }
      case "pad": {
        // The side that is no longer than the other; double as JavaScript's and Python's numbers are.
        const shortened = (from: string, other: string) => {
          const [a, b] = [from, other].map((side) => this.#add("Cast", [side], { to: DOUBLE }));
          const exact = this.#add("Mul", [this.#add("Div", [a, b]), this.#double(size)]);
          const rounded = this.#add("Cast", [this.#add("Round", [exact])], { to: INT64 });
          return all(from, this.#add("Min", [this.#add("Max", [rounded, this.#int(1)]), whole]));
        };
        return [shortened(height, width), shortened(width, height)];
      }
    }
  }

  /** The part of the resized photo that the square shows: [batch, 3, rows, columns] of whole levels. */
  #resample(photos: string, down: Side, across: Side): string {
    const [rows, columns] = [this.#needed(down), this.#needed(across)];
    const starts = this.#vector([rows.start, columns.start, this.#int(0)]);
    const ends = this.#vector([rows.end, columns.end, this.#int(3)]);
    const part = this.#add("Slice", [photos, starts, ends, this.#ints([1, 2, 3])]);
    const planes = this.#add("Transpose", [part], { perm: [0, 3, 1, 2] });
    const levels = this.#add("Cast", [planes], { to: FLOAT });
    const left = this.#weights(down, rows);
    const turned = this.#weights(across, columns);
    const right = {
      high: this.#add("Transpose", [turned.high], { perm: [1, 0] }),
      low: this.#add("Transpose", [turned.low], { perm: [1, 0] }),
    };
    const passDown = (x: string) =>
      this.#whole(this.#add("MatMul", [left.high, x]), this.#add("MatMul", [left.low, x]));
    const passAcross = (x: string) =>
      this.#whole(this.#add("MatMul", [x, right.high]), this.#add("MatMul", [x, right.low]));
    // Pillow 13's order, which the rounding shows.
    const shrinks = this.#add("Sub", [down.from, down.to]);
    const twice = this.#add("Mul", [this.#add("Sub", [across.from, across.to]), this.#int(2)]);
    const least = this.#add("Max", [twice, this.#int(0)]);
    const columnsFirst = this.#add("Greater", [shrinks, least]);
    return this.#add("If", [columnsFirst], {
      then_branch: this.graph.branch("photos.columns_first", () => passAcross(passDown(levels))),
      else_branch: this.graph.branch("photos.rows_first", () => passDown(passAcross(levels))),
    });
  }

  /** Of the photo's pixels, those that the shown ones are made of, and one or two more. */
  #needed({ from, to, first, shown }: Side): { start: string; end: string } {
    const twice = (x: string) => this.#add("Mul", [x, this.#int(2)]);
    const double = twice(to);
    const reach = this.#add("Mul", [this.#add("Max", [from, to]), this.#int(2 * this.#reach)]);
    const middle = (output: string, part: number) =>
      this.#add("Mul", [this.#add("Add", [twice(output), this.#int(part)]), from]);
    const low = this.#add("Div", [this.#add("Sub", [middle(first, 1), reach]), double]);
    const last = middle(this.#add("Add", [first, shown]), -1);
    const high = this.#add("Div", [this.#add("Add", [last, reach]), double]);
    return {
      start: this.#add("Max", [this.#add("Sub", [low, this.#int(1)]), this.#int(0)]),
      end: this.#add("Min", [this.#add("Add", [high, this.#int(2)]), from]),
    };
  }

  /**
   * What each needed pixel weighs in each shown one: float32 [shown, needed]. Distances are whole
   * numbers of 1 / (2·to) pixels, so that nothing is lost before the one division.
   */
  #weights(
    { from, to, first, shown }: Side,
    { start, end }: { start: string; end: string },
  ): Weights {
    const one = this.#int(1);
    const centres = (begin: string, stop: string, scale: string) => {
      const numbers = this.#add("Range", [begin, stop, one]);
      const odd = this.#add("Add", [this.#add("Mul", [numbers, this.#int(2)]), one]);
      return this.#add("Mul", [odd, scale]);
    };
    const inputs = centres(start, end, to);
    const outputs = this.#add("Unsqueeze", [
      centres(first, this.#add("Add", [first, shown]), from),
      this.#ints([1]),
    ]);
    const distance = this.#add("Cast", [this.#add("Sub", [outputs, inputs])], { to: DOUBLE });
    const unit = this.#add("Mul", [this.#add("Max", [from, to]), this.#int(2)]);
    const x = this.#add("Div", [
      this.#add("Abs", [distance]),
      this.#add("Cast", [unit], { to: DOUBLE }),
    ]);
    const weights = this.#filter(x);
    const sum = this.#add("ReduceSum", [weights, this.#ints([1])], { keepdims: 1 });
    const share = this.#add("Div", [weights, sum]);
    const half = this.#double(2 ** HALF_BITS);
    const exact = this.#add("Mul", [share, this.#double(2 ** (2 * HALF_BITS))]);
    const whole = this.#add("Round", [exact]);
    const high = this.#add("Floor", [this.#add("Div", [whole, half])]);
    const low = this.#add("Sub", [whole, this.#add("Mul", [high, half])]);
    return {
      high: this.#add("Cast", [high], { to: FLOAT }),
      low: this.#add("Cast", [low], { to: FLOAT }),
    };
  }

  get #reach(): number {
    return REACH[this.preprocessing.interpolation ?? "bilinear"];
  }

  /** `filter` of data/resize.ts. */
  #filter(x: string): string {
    if (this.#reach === 1) return this.#add("Relu", [this.#add("Sub", [this.#double(1), x])]);
    const polynomial = (...factors: number[]) =>
      factors.slice(1).reduce(
        (sum, factor) => this.#add("Add", [this.#add("Mul", [sum, x]), this.#double(factor)]),
        this.#double(factors[0]),
      );
    const near = polynomial(1.5, -2.5, 0, 1), far = polynomial(-0.5, 2.5, -4, 2);
    const below = (limit: number) => this.#add("Less", [x, this.#double(limit)]);
    const beyond = this.#add("Where", [below(2), far, this.#double(0)]);
    return this.#add("Where", [below(1), near, beyond]);
  }

  /** To the nearest level, halves up; what bicubic overshoots is cut off. */
  #whole(high: string, low: string): string {
    const half = this.#float(2 ** HALF_BITS);
    const carried = this.#add("Floor", [this.#add("Div", [low, half])]);
    const rounding = this.#add("Add", [carried, this.#float(2 ** (HALF_BITS - 1))]);
    const level = this.#add("Floor", [
      this.#add("Div", [this.#add("Add", [high, rounding]), half]),
    ]);
    if (this.#reach === 1) return level;
    return this.#add("Clip", [level, this.#float(0), this.#float(255)]);
  }

  /** Surrounds what is smaller than the square: `pad` by the mean colour, `crop` by black. */
  #fill(part: string, down: Side, across: Side): string {
    const { fit = "crop", resize, size, mean } = this.preprocessing;
    if (fit === "squash" || fit === "crop" && resize >= size) return part;
    const both = [down, across].map(({ shown }) => {
      const rest = this.#add("Sub", [this.#int(size), shown]);
      const before = fit === "pad" ? this.#half(rest) : this.#add("Div", [rest, this.#int(2)]);
      return { before, after: this.#add("Sub", [rest, before]) };
    });
    const none = this.#int(0);
    const margins = this.#vector([
      none,
      none,
      ...both.map(({ before }) => before),
      none,
      none,
      ...both.map(({ after }) => after),
    ]);
    const colour = this.#colour("margin", fit === "pad" ? marginColour(mean) : [0, 0, 0]);
    const apart = this.#add("Sub", [part, colour]); // `Pad` has one value for all channels: zero
    return this.#add("Add", [this.#add("Pad", [apart, margins]), colour]);
  }

  /** Half of it, to the nearest whole number, halves to the even one. */
  #half(x: string): string {
    const half = this.#add("Mul", [this.#add("Cast", [x], { to: FLOAT }), this.#float(0.5)]);
    return this.#add("Cast", [this.#add("Round", [half])], { to: INT64 });
  }

  #colour(name: string, values: readonly number[]): string {
    return this.graph.constant(`photos.${name}`, [3, 1, 1], Float32Array.from(values));
  }

  #vector(scalars: readonly string[]): string {
    const rows = scalars.map((scalar) => this.#add("Unsqueeze", [scalar, this.#ints([0])]));
    return this.#add("Concat", rows, { axis: 0 });
  }

  #int(value: number): string {
    return this.graph.constant(`photos.int${value}`, [], BigInt64Array.of(BigInt(value)));
  }

  #ints(values: readonly number[]): string {
    const data = BigInt64Array.from(values, BigInt);
    return this.graph.constant(`photos.ints${values.join("_")}`, [values.length], data);
  }

  #float(value: number): string {
    return this.graph.constant(`photos.float${value}`, [], Float32Array.of(value));
  }

  #double(value: number): string {
    return this.graph.constant(`photos.double${value}`, [], Float64Array.of(value));
  }

  #add(opType: string, input: string[], attributes?: Attributes): string {
    return this.graph.add(opType, `photos.${this.#count++}`, input, attributes);
  }
}
