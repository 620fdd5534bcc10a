/** The models of tests/reference/models.py: the same weights, heads, inputs, and what torch made of them. */
import * as tf from "@tensorflow/tfjs";
import type { Architecture } from "../../models/architecture.ts";
import type { Branch } from "../../models/manifest.ts";
import { findArchitecture } from "../../models/registry.ts";
import { Model } from "../../models/model.ts";
import { parameterSpecs } from "../../models/parameter_specs.ts";
import type { NamedTensor, ParameterSpec } from "../../weights/parameter.ts";
import { readFixture } from "./fixtures.ts";
import { hashTensor } from "./hash_numbers.ts";

export interface Reference {
  values: number[];
  max_abs: number;
  f32_error_max: number;
}

export interface TrainingReference {
  losses: number[];
  f32_loss_error: number;
  gradients?: Record<string, Reference>;
  state: Record<string, Reference>;
}

export interface ModelReference {
  /** Of the numbers that the batch is made of. */
  input_stream: number;
  logits: Reference;
  finetune_1: TrainingReference;
  finetune_5?: TrainingReference;
  frozen_1: TrainingReference;
  frozen_5: TrainingReference;
}

/** Steps of `tests/reference/model_steps.py`: by another optimiser, or batch norm by running statistics. */
export interface StepsReference {
  input_stream: number;
  cases: (TrainingReference & {
    branch: Branch;
    optimizer: "sgd" | "adamw";
    batch_norm: "batch" | "running";
    steps: number;
  })[];
}

export async function readSteps(name: string, size: number): Promise<StepsReference> {
  return await readFixture(`steps/${name}.${size}.json`);
}

export async function readReference(name: string, size: number): Promise<ModelReference> {
  return await readFixture(`models/${name}.${size}.json`);
}

/** Names and torch shapes of a state dict, in torch's order. */
export async function readShapes(name: string): Promise<Record<string, number[]>> {
  return await readFixture(`models/${name}.shapes.json`);
}

/** torch layout to tfjs layout, written as plainly as can be. */
async function toTfjs(spec: ParameterSpec, data: Float32Array): Promise<NamedTensor> {
  const moved = tf.tidy(() => {
    const tensor = tf.tensor(data, spec.shape);
    return {
      conv: () => tf.transpose(tensor, [2, 3, 1, 0]),
      depthwise: () => tf.transpose(tensor, [2, 3, 0, 1]),
      linear: () => tf.transpose(tensor),
      vector: () => tensor,
    }[spec.kind]();
  });
  // A copy: the data of some backends are views of memory that they use again.
  const result = { shape: moved.shape, data: (await moved.data<"float32">()).slice() };
  moved.dispose();
  return result;
}

/** tfjs layout back to torch's. */
export function toTorch(spec: ParameterSpec, tensor: tf.Tensor): Float32Array {
  return inTorchLayout(spec, tensor).dataSync<"float32">();
}

/** As `toTorch`, on any backend: those of GPUs cannot be read at once. */
export async function readTorch(spec: ParameterSpec, tensor: tf.Tensor): Promise<Float32Array> {
  const moved = tf.tidy(() => inTorchLayout(spec, tensor));
  const data = (await moved.data<"float32">()).slice();
  if (moved !== tensor) moved.dispose();
  return data;
}

function inTorchLayout(spec: ParameterSpec, tensor: tf.Tensor): tf.Tensor {
  return {
    conv: () => tf.transpose(tensor, [3, 2, 0, 1]),
    depthwise: () => tf.transpose(tensor, [2, 3, 0, 1]),
    linear: () => tf.transpose(tensor),
    vector: () => tensor,
  }[spec.kind]();
}

/** The model of `fill_with_hash`, with 1000 classes or the head of `two_classes`. */
export async function referenceModel(name: string, classes: 1000 | 2): Promise<Model> {
  return new Model(findArchitecture(name), classes, await referenceTensors(name, classes));
}

/** Its parameters and buffers, in tfjs layout. */
export async function referenceTensors(
  name: string,
  classes: 1000 | 2,
): Promise<Map<string, NamedTensor>> {
  return await hashedTensors(findArchitecture(name), await readShapes(name), classes);
}

/** Parameters and buffers of any architecture as `fill_with_hash` leaves them, in tfjs layout. */
export async function hashedTensors(
  architecture: Architecture,
  shapes: Record<string, number[]>,
  classes: 1000 | 2,
): Promise<Map<string, NamedTensor>> {
  const names = Object.keys(shapes);
  const [, features] = shapes[`${architecture.head}.weight`];
  const tensors = new Map<string, NamedTensor>();
  for (const spec of parameterSpecs(architecture, classes)) {
    const data = spec.constant
      ? Float32Array.from(spec.constant)
      : classes === 2 && spec.name.startsWith(`${architecture.head}.`)
      ? headValues(spec, features)
      : hashTensor(names.indexOf(spec.name) + 1, spec.shape, ...scaleOf(spec, names));
    tensors.set(spec.name, await toTfjs(spec, data));
  }
  return tensors;
}

function headValues(spec: ParameterSpec, features: number) {
  return hashTensor(spec.kind === "linear" ? 9000 : 9001, spec.shape, features ** -0.5);
}

function scaleOf(spec: ParameterSpec, names: readonly string[]): [number, number] {
  if (spec.shape.length > 1) {
    const fanIn = spec.shape.slice(1).reduce((a, b) => a * b, 1);
    return [Math.sqrt(6 / fanIn), 0];
  }
  const [, module, kind] = /^(.*)\.([^.]+)$/.exec(spec.name)!;
  if (kind === "weight" && endsBranch(module, names)) return [0.125, 0.25];
  if (kind === "weight" || kind === "running_var") return [0.5, 1];
  return [0.1, 0];
}

/** As `ends_branch` of tests/reference/numbers_from_hash.py. */
function endsBranch(norm: string, names: readonly string[]): boolean {
  if (/(bn[23]|\.conv\.[23]|\.f\.c\.1|\.pw_proj\.bn)$/.test(norm)) return true;
  const [, block, index] = /^(.*\.block)\.(\d+)\.1$/.exec(norm) ?? [];
  const has = (i: number) => names.includes(`${block}.${i}.1.running_var`);
  return block !== undefined && !has(Number(index) + 1) && !has(Number(index) + 2);
}

/** The batch of 4, rolled by `step` photos as torch.roll does. */
export function referenceBatch(
  stream: number,
  size: number,
  step: number,
): { images: tf.Tensor4D; labels: tf.Tensor1D } {
  return tf.tidy(() => {
    const nchw = tf.tensor4d(hashTensor(stream, [4, 3, size, size], 2), [4, 3, size, size]);
    const order = tf.tensor1d([0, 1, 2, 3].map((i) => (i - step + 8) % 4), "int32");
    const images = tf.gather(tf.transpose(nchw, [0, 2, 3, 1]), order) as tf.Tensor4D;
    const labels = tf.gather(tf.tensor1d([0, 1, 0, 1], "int32"), order) as tf.Tensor1D;
    return { images, labels };
  });
}

/** The elements that the fixture keeps of a large tensor, `count` of them. */
export function sample(values: ArrayLike<number>, count: number): number[] {
  if (values.length <= count) return Array.from(values);
  return Array.from({ length: count }, (_, i) => values[(i * 104729) % values.length]);
}
