/**
 * One computation over new values again and again, as training is. A backend may record it and
 * replay what it recorded; on every other backend each step is computed anew.
 */
import * as tf from "@tensorflow/tfjs";

export type StepValues = Float32Array | Int32Array;

/**
 * Declares a tensor whose values are new in every step: the batch, a learning rate, the noise behind
 * a dropout mask. Whatever else a step takes from the CPU must be the same each time.
 *
 * @param values those of a step
 */
export type StepInput<State> = (
  shape: number[],
  dtype: "float32" | "int32",
  values: (state: State) => StepValues,
) => tf.Tensor;

/** A step's outputs, float32 tensors; variables may change in place (`sgdMomentum`). */
export type StepComputation<State> = (input: StepInput<State>) => tf.Tensor[];

export interface StepResult<State> {
  /** As it was given to `run`. */
  state: State;
  outputs: Float32Array[];
}

export interface RepeatedStep<State> {
  /**
   * Computes one step, or has the GPU do so.
   * @returns results that have come in, in the order of the steps: not always this one's
   */
  run(state: State): Promise<StepResult<State>[]>;
  /** Waits for the results that are still out. */
  finish(): Promise<StepResult<State>[]>;
  dispose(): void;
}

type StepRepeater = <State>(compute: StepComputation<State>) => RepeatedStep<State>;

const repeaters = new Map<string, StepRepeater>();

/** For a backend that has a way of its own. */
export function registerStepRepeater(backendName: string, repeater: StepRepeater): void {
  repeaters.set(backendName, repeater);
}

/** A step on the active backend. */
export function repeatStep<State>(compute: StepComputation<State>): RepeatedStep<State> {
  const repeater = repeaters.get(tf.getBackend());
  return repeater ? repeater(compute) : new ComputedStep(compute);
}

/** Computes each step anew. */
export class ComputedStep<State> implements RepeatedStep<State> {
  constructor(private readonly compute: StepComputation<State>) {}

  async run(state: State): Promise<StepResult<State>[]> {
    const tensors = tf.tidy(() =>
      this.compute((shape, dtype, values) => tf.tensor(values(state), shape, dtype))
    );
    try {
      const outputs = await Promise.all(tensors.map((tensor) => tensor.data<"float32">()));
      return [{ state, outputs }];
    } finally {
      tf.dispose(tensors);
    }
  }

  finish(): Promise<StepResult<State>[]> {
    return Promise.resolve([]);
  }

  dispose(): void {}
}

/**
 * What a recorded step's input was given.
 * @throws {Error} when they are not as many, or not of the type, as the input was declared
 */
export function checkedValues(
  values: StepValues,
  shape: number[],
  dtype: "float32" | "int32",
): StepValues {
  const size = tf.util.sizeFromShape(shape);
  const isRight = values instanceof (dtype === "float32" ? Float32Array : Int32Array);
  if (isRight && values.length === size) return values;
  throw new Error(
    `a step's input of shape [${shape}] takes ${size} values as ${dtype}, got ${values.length} in ` +
      `a ${values.constructor.name}`,
  );
}
