/** Products of matrices: convolutions and their gradients. */
import {
  address,
  epilogue,
  flag,
  gather,
  gradientStatistics,
  i32,
  type KernelSpec,
  rowReading,
  source,
} from "./field.ts";

export const pack: KernelSpec = {
  file: "pack",
  fields: {
    source: address(),
    packed: address(),
    tapIndices: address(),
    taps: i32(),
    K: i32("Rows a tap."),
    N: i32("Columns."),
    transposed: flag(),
    wide: flag(),
  },
};

export const conv2d: KernelSpec = {
  file: "conv2d",
  fields: {
    source: source(),
    gather: gather(),
    reading: rowReading("How rows are come by."),
    packed: address(),
    out: address(),
    rows: i32("Grid pixels of the batch."),
    K: i32("Floats of a gathered row."),
    N: i32("Output channels."),
    runs: i32(),
    gatherDepth: i32(
      "Floats of a row that are gathered at once, at least the longest run; or what strips need.",
    ),
    outHeight: i32(),
    outWidth: i32(),
    outStepHeight: i32(),
    outStepWidth: i32(),
    outOffsetHeight: i32(),
    outOffsetWidth: i32(),
    statistics: address("Partial batch statistics, one set a row chunk, or 0."),
    rowsPerChunk: i32(),
    columnsPerChunk: i32("A multiple of 16, or all."),
    blockRows: i32("Rows that fit the cache with their inputs and outputs."),
    wide: flag(),
    units: address("Of rows that are 16-bit integers, as weights are then; or 0."),
    epilogue: epilogue(),
  },
};

export const conv2dFilterGradient: KernelSpec = {
  file: "conv2d_filter_gradient",
  fields: {
    x: source(),
    dy: source(),
    gather: gather(),
    pointwise: flag(),
    out: address("Partial gradients [rowChunks][K][N padded to 8]."),
    rows: i32(),
    K: i32(),
    N: i32(),
    runs: i32(),
    runsPerChunk: i32(),
    channelsPerChunk: i32(
      "For a pointwise one: input channels a chunk, a multiple of 4, or all.",
    ),
    columnsPerChunk: i32("Of the N, a multiple of 16, or all."),
    rowsPerChunk: i32(),
    blockRows: i32(),
    wide: flag(),
  },
};

export const pointwiseGradients: KernelSpec = {
  file: "pointwise_gradients",
  fields: {
    x: source(),
    dy: source(),
    packed: address("The filter, transposed and packed."),
    dx: address("The input's gradient."),
    addend: address("Added to dx, or 0: a gradient that reached the input by another way."),
    parts: address("Partial filter gradients [chunks][channels][outChannels padded to 8]."),
    rows: i32(),
    channels: i32("A multiple of 8."),
    outChannels: i32(),
    rowsPerChunk: i32(),
    blockRows: i32(),
    wide: flag(),
    dots: address(
      "Where x is scaled: for each chunk and image of it, Σ dx·(what is scaled) of each channel; or 0.",
    ),
    imagesPerChunk: i32("That one may have pixels of."),
    statistics: gradientStatistics(),
  },
};

export const sumParts: KernelSpec = {
  file: "sum_parts",
  fields: {
    parts: address(),
    out: address(),
    count: i32(),
    rows: i32(),
    pitch: i32(),
    columns: i32(),
    rowsPerChunk: i32(),
  },
};

export const fewRows: KernelSpec = {
  file: "few_rows",
  fields: {
    a: address("[rows, K]"),
    weights: address("[K, N], or where they are transposed [N, K]."),
    transposed: flag(),
    out: address("[rows, N]"),
    rows: i32(),
    K: i32(),
    N: i32("In eights."),
    columnsPerChunk: i32("A multiple of 16."),
    wide: flag(),
  },
};
