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
  /** Of a gradient: how far it moves where rounding takes ReLUs' inputs that are near enough across. */
  jump?: number;
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

/** torch layout to tfjs layout. */
function toTfjs(spec: ParameterSpec, torch: Float32Array): NamedTensor {
  const strides = stridesOf(spec), data = new Float32Array(torch.length);
  const columns = spec.shape.at(-1)!, apart = strides.at(-1)!;
  for (let row = 0; row < data.length; row += columns) {
    const first = placeOf(row, spec, strides);
    for (let i = 0; i < columns; i++) data[first + i * apart] = torch[row + i];
  }
  return { shape: tfjsAxes(spec).map((axis) => spec.shape[axis]), data };
}

/** Which of torch's axes each of tfjs's is. */
function tfjsAxes({ kind, shape }: ParameterSpec): number[] {
  if (kind === "vector") return [...shape.keys()];
  return { conv: [2, 3, 1, 0], depthwise: [2, 3, 0, 1], linear: [1, 0] }[kind];
}

/** How far apart the values of each of torch's axes are in tfjs's layout. */
function stridesOf(spec: ParameterSpec): number[] {
  const { shape } = spec, axes = tfjsAxes(spec);
  return shape.map((_, axis) =>
    axes.slice(axes.indexOf(axis) + 1).reduce((size, inner) => size * shape[inner], 1)
  );
}

/** Where tfjs's layout has what torch's has at an index. */
function placeOf(index: number, { shape }: ParameterSpec, strides: readonly number[]): number {
  let place = 0;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    place += index % shape[axis] * strides[axis];
    index = Math.floor(index / shape[axis]);
  }
  return place;
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
  return hashedTensors(findArchitecture(name), await readShapes(name), classes);
}

/** Parameters and buffers of any architecture as `fill_with_hash` leaves them, in tfjs layout. */
export function hashedTensors(
  architecture: Architecture,
  shapes: Record<string, number[]>,
  classes: 1000 | 2,
): Map<string, NamedTensor> {
  const names = Object.keys(shapes);
  const [, features] = shapes[`${architecture.head}.weight`];
  const tensors = new Map<string, NamedTensor>();
  for (const spec of parameterSpecs(architecture, classes)) {
    const data = spec.constant
      ? Float32Array.from(spec.constant)
      : classes === 2 && spec.name.startsWith(`${architecture.head}.`)
      ? headValues(spec, features)
      : hashTensor(names.indexOf(spec.name) + 1, spec.shape, ...scaleOf(spec, names));
    tensors.set(spec.name, toTfjs(spec, data));
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
  return sampled(values.length, count).map((i) => values[i]);
}

/** The same of a parameter, whose values are in tfjs's layout: the fixture counts in torch's. */
export function sampleParameter(
  spec: ParameterSpec,
  values: ArrayLike<number>,
  count: number,
): number[] {
  const strides = stridesOf(spec);
  return sampled(values.length, count).map((i) => values[placeOf(i, spec, strides)]);
}

function sampled(size: number, count: number): number[] {
  return Array.from(
    { length: Math.min(size, count) },
    (_, i) => size <= count ? i : i * 104729 % size,
  );
}
