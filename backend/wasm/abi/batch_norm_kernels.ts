/** Batch normalisation, and what reads a lazy tensor. */
import { activation, address, f64, flag, i32, type KernelSpec, source } from "./field.ts";

export const materialize: KernelSpec = {
  file: "batch_norm",
  fields: {
    source: source(),
    out: address(),
    residual: address(),
    rows: i32(),
    channels: i32(),
    rowsPerChunk: i32(),
  },
};

export const statistics: KernelSpec = {
  file: "batch_norm",
  fields: {
    z: address(),
    partials: address(),
    rows: i32(),
    channels: i32(),
    rowsPerChunk: i32(),
  },
};

export const gradientStatistics: KernelSpec = {
  file: "batch_norm",
  fields: {
    d: address(),
    z: address(),
    mean: address(),
    scaleShift: address(),
    activation: activation(),
    partials: address(),
    rows: i32(),
    channels: i32(),
    rowsPerChunk: i32(),
    y: address("With a residual: y, whose sign says where the activation passes; else 0."),
    masked: address("With a residual: where d, so masked, is written."),
  },
};

export const finishStatistics: KernelSpec = {
  file: "batch_norm",
  fields: {
    momentum: f64(),
    epsilon: f64(),
    partials: address(),
    counts: address("Rows of each partial, as i32."),
    parts: i32(),
    channels: i32(),
    channelsPerChunk: i32(),
    gamma: address(),
    beta: address(),
    runningMean: address(),
    runningVariance: address(),
    state: address("Mean, 1/√(variance + ε), scale, shift: four vectors, written here."),
  },
};

export const foldStatistics: KernelSpec = {
  file: "batch_norm",
  fields: {
    epsilon: f64(),
    gamma: address("0 for ones."),
    beta: address("0 for zeros."),
    mean: address(),
    variance: address(),
    channels: i32(),
    state: address("As finishStatistics writes it."),
  },
};

export const finishGradientStatistics: KernelSpec = {
  file: "batch_norm",
  fields: {
    partials: address(),
    parts: i32(),
    channels: i32(),
    channelsPerChunk: i32(),
    rows: i32(),
    running: flag("Whether mean and variance are running ones, which x does not move."),
    gamma: address(),
    state: address("As finishStatistics wrote it."),
    coefficients: address(),
    dgamma: address(),
    dbeta: address(),
  },
};
