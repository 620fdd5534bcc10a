/** Each value by itself. */
import { activation, address, binaryOperation, f32, i32, type KernelSpec } from "./field.ts";

export const binary: KernelSpec = {
  file: "binary",
  fields: {
    operation: binaryOperation(),
    a: address(),
    b: address(),
    out: address(),
    rows: i32(),
    middle: i32(),
    inner: i32(),
    aOuter: i32("Floats from one index of a dimension to the next, here and below."),
    aMiddle: i32(),
    aInner: i32(),
    bOuter: i32(),
    bMiddle: i32(),
    bInner: i32(),
    rowsPerChunk: i32(),
  },
};

export const copy: KernelSpec = {
  file: "copy",
  fields: { from: address(), to: address(), bytes: i32() },
};

export const clamp: KernelSpec = {
  file: "unary",
  fields: {
    x: address(),
    out: address(),
    count: i32(),
    countPerChunk: i32("A multiple of 8."),
    upper: f32(),
  },
};

export const activate: KernelSpec = {
  file: "activation",
  fields: {
    activation: activation("One that bends."),
    x: address(),
    out: address(),
    count: i32(),
    countPerChunk: i32("A multiple of 8."),
  },
};

export const activateGradient: KernelSpec = {
  file: "activation",
  fields: {
    activation: activation(),
    dy: address(),
    x: address("What was activated."),
    dx: address(),
    count: i32(),
    countPerChunk: i32("A multiple of 8."),
  },
};

export const adamw: KernelSpec = {
  file: "adamw",
  fields: {
    table: address("Of `AdamwEntry`s."),
    step: address(
      "The learning rate; the same divided by the first moment's correction; root of the second's.",
    ),
    gradientScale: address("Of one value."),
    beta1: f32(),
    beta2: f32(),
    epsilon: f32(),
  },
};

export const sumSquares: KernelSpec = {
  file: "sum_squares",
  fields: {
    table: address("Of `ValuesEntry`s."),
    sums: address("One double a chunk."),
  },
};

export const moveAverages: KernelSpec = {
  file: "move_averages",
  fields: { table: address("Of `AverageEntry`s."), share: f32("Of the values in the averages.") },
};

export const sgd: KernelSpec = {
  file: "sgd",
  fields: {
    table: address("Of `SgdEntry`s."),
    lr: address("Of one value."),
    momentum: f32(),
  },
};
