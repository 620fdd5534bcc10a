/** What transformers need besides products of matrices. */
import { address, f32, flag, i32, type KernelSpec } from "./field.ts";

export const layerNorm: KernelSpec = {
  file: "layer_norm",
  fields: {
    x: address(),
    out: address(),
    weight: address(),
    bias: address(),
    statistics: address("Of each row, its mean and 1/√(variance + ε)."),
    rows: i32(),
    channels: i32(),
    rowsPerChunk: i32(),
    epsilon: f32(),
  },
};

export const layerNormGradient: KernelSpec = {
  file: "layer_norm",
  fields: {
    x: address(),
    dy: address(),
    weight: address(),
    statistics: address("As layerNorm wrote it."),
    dx: address(),
    dweight: address("Partial sums, one vector a chunk."),
    dbias: address("The same."),
    rows: i32(),
    channels: i32(),
    rowsPerChunk: i32(),
  },
};

export const gelu: KernelSpec = {
  file: "gelu",
  fields: {
    x: address(),
    out: address(),
    count: i32(),
    countPerChunk: i32("A multiple of 8."),
    byTanh: flag("Whether in the form by tanh."),
  },
};

export const geluGradient: KernelSpec = {
  file: "gelu",
  fields: {
    x: address(),
    dy: address(),
    dx: address(),
    count: i32(),
    countPerChunk: i32("A multiple of 8."),
    byTanh: flag("Whether in the form by tanh."),
  },
};

export const columnSums: KernelSpec = {
  file: "column_sums",
  fields: {
    x: address(),
    y: address("What x is multiplied by, or 0."),
    parts: address("[chunks][columns]"),
    rows: i32(),
    columns: i32(),
    rowsPerChunk: i32(),
  },
};

export const sumRows: KernelSpec = {
  file: "column_sums",
  fields: {
    x: address(),
    out: address("[columns]"),
    rows: i32("Few: one chunk sums all, in double precision, as stock tfjs does."),
    columns: i32(),
  },
};

const attentionFields = {
  qkv: address("[batch][tokens][queries, keys, values][heads][depth]"),
  tokens: i32(),
  heads: i32(),
  depth: i32("A multiple of 8."),
  blockRows: i32("Queries whose scores fit the cache."),
  scale: f32("1/√depth"),
  wide: flag(),
};

export const attention: KernelSpec = {
  file: "attention",
  fields: {
    ...attentionFields,
    out: address("[batch][tokens][heads][depth]"),
    sums: address("[batch][heads][tokens] of the largest scaled score, and of 1/Σ exp."),
    chunksPerHead: i32(),
    rowsPerChunk: i32("Queries."),
  },
};

export const attentionGradient: KernelSpec = {
  file: "attention",
  fields: {
    ...attentionFields,
    y: address("What attention gave."),
    dy: address(),
    sums: address("As attention wrote them."),
    dqkv: address(),
  },
};

const windowAttentionFields = {
  qkv: address("[images][height][width][queries, keys, values][heads][depth]"),
  table: address("[(2·side - 1)²][heads]"),
  sums: address("[windows][heads][tokens] of the largest score, and of 1/Σ exp."),
  height: i32(),
  width: i32(),
  side: i32("Tokens a side of a window."),
  down: i32("By how many tokens windows are moved."),
  right: i32(),
  heads: i32(),
  depth: i32("A multiple of 8."),
  windows: i32("Of all images."),
  chunksPerHead: i32(),
  windowsPerChunk: i32(),
  scale: f32("1/√depth"),
  wide: flag(),
};

export const windowAttention: KernelSpec = {
  file: "window_attention",
  fields: {
    ...windowAttentionFields,
    out: address("[images][height][width][heads][depth]"),
  },
};

export const windowAttentionGradient: KernelSpec = {
  file: "window_attention",
  fields: {
    ...windowAttentionFields,
    y: address("What windowAttention gave."),
    dy: address(),
    dqkv: address(),
    dtable: address("Partial sums, one table a chunk of a head."),
  },
};

export const transposeRows: KernelSpec = {
  file: "transpose_rows",
  fields: {
    x: address("[blocks][rows][columns][channels]"),
    out: address("[blocks][columns][rows][channels]"),
    blocks: i32(),
    rows: i32(),
    columns: i32(),
    channels: i32(),
    blocksPerChunk: i32(),
  },
};
