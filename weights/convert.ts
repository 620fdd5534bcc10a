/** From PyTorch's state dict to parameters in tfjs's layout, and back. */
import { withoutPrefix } from "./fit.ts";
import { describeMismatch } from "./mismatch.ts";
import type { NamedTensor, ParameterLayout } from "./parameter.ts";
import { transpose } from "./strided.ts";
import { type Tensor, WeightsError } from "./tensor.ts";

/**
 * The axes of PyTorch's layout in the order that tfjs has them: OIHW to HWIO; [C, 1, H, W] to
 * [H, W, C, 1]; [out, in] to [in, out].
 */
const axes = {
  conv: [2, 3, 1, 0],
  depthwise: [2, 3, 0, 1],
  linear: [1, 0],
} as const;

/**
 * The parameters that `specs` lists, in their order and in tfjs's layout, after a check that the
 * state dict has exactly these. A prefix before all of them is dropped; `num_batches_tracked` and
 * what profilers count may be there, and buffers that nobody learned may be missing.
 *
 * @param what names the weights in messages, such as the path of their file
 * @throws {WeightsError} which lists what is missing, unexpected or misshapen
 *
 * @example
 * ```ts
 * const parameters = convertStateDict(await readStateDict(path), specs, path);
 * parameters.get("conv1.weight")?.shape; // [7, 7, 3, 64]
 * ```
 */
export function convertStateDict(
  stateDict: ReadonlyMap<string, Tensor>,
  specs: readonly ParameterLayout[],
  what = "the file of weights",
): Map<string, NamedTensor> {
  const fitting = withoutPrefix(stateDict, specs, what);
  const complete = withConstants(fitting.stateDict, specs);
  const mismatch = describeMismatch(complete, specs);
  if (mismatch) throw new WeightsError(`${fitting.what} does not fit the model. ${mismatch}`);
  return new Map(specs.map(({ name, kind, shape, constant }) => {
    const tensor = complete.get(name)!;
    const data = constant ? constants(name, tensor, constant, what) : floats(name, tensor, what);
    return [
      name,
      kind === "vector" ? { shape: [...shape], data } : transpose(data, shape, axes[kind]),
    ];
  }));
}

/**
 * The inverse of {@linkcode convertStateDict}: parameters in PyTorch's layout, under its names.
 *
 * @throws {WeightsError} where a parameter is missing
 */
export function toTorchLayout(
  parameters: ReadonlyMap<string, NamedTensor>,
  specs: readonly ParameterLayout[],
): Map<string, Tensor> {
  return new Map(specs.map(({ name, kind, constant }): [string, Tensor] => {
    const parameter = parameters.get(name);
    if (!parameter) throw new WeightsError(`the parameter ${name} is missing`);
    if (constant) {
      const data = BigInt64Array.from(parameter.data, BigInt);
      return [name, { dtype: "int64", shape: [...parameter.shape], data }];
    }
    const { shape, data } = kind === "vector"
      ? { shape: [...parameter.shape], data: parameter.data }
      : transpose(parameter.data, parameter.shape, inverse(axes[kind]));
    return [name, { dtype: "float32", shape, data }];
  }));
}

function inverse(order: readonly number[]): number[] {
  return order.map((_, axis) => order.indexOf(axis));
}

function floats(name: string, { dtype, data }: Tensor, what: string): Float32Array {
  if (data instanceof Float32Array) return data;
  if (data instanceof Float64Array) return Float32Array.from(data);
  throw new WeightsError(`${what}: ${name} holds ${dtype}, not floating-point numbers`);
}

/** With the buffers that are the same in every file where this one has none. */
function withConstants(
  stateDict: ReadonlyMap<string, Tensor>,
  specs: readonly ParameterLayout[],
): ReadonlyMap<string, Tensor> {
  const missing = specs.filter(({ name, constant }) => constant && !stateDict.has(name));
  if (missing.length === 0) return stateDict;
  return new Map([
    ...stateDict,
    ...missing.map(({ name, shape, constant }): [string, Tensor] => {
      return [name, { dtype: "float32", shape: [...shape], data: Float32Array.from(constant!) }];
    }),
  ]);
}

/** As float32, which has all numbers that stand for places. */
function constants(
  name: string,
  { data }: Tensor,
  expected: ArrayLike<number>,
  what: string,
): Float32Array {
  const values = Float32Array.from(data as ArrayLike<number | bigint>, Number);
  if (values.every((value, i) => value === expected[i])) return values;
  throw new WeightsError(
    `${what}: ${name} holds other numbers than this model's: it was saved from another model`,
  );
}
