/** Depthwise convolutions and their gradients. */
import {
  address,
  bands,
  epilogue,
  expansion,
  gather,
  gradientStatistics,
  i32,
  type KernelSpec,
  source,
} from "./field.ts";

export const depthwise: KernelSpec = {
  file: "depthwise",
  fields: { source: source(), bands: bands(), epilogue: epilogue() },
};

export const depthwiseFilterGradient: KernelSpec = {
  file: "depthwise_gradients",
  fields: { x: source(), dy: source(), bands: bands() },
};

export const depthwiseInputGradient: KernelSpec = {
  file: "depthwise_gradients",
  fields: { dy: source(), bands: bands() },
};

export const depthwiseGradients: KernelSpec = {
  file: "depthwise_gradients",
  fields: {
    x: source(),
    dy: source(),
    bands: bands("Of the input's gradient, its `out`; `bandRows` is a multiple of the stride."),
    statistics: gradientStatistics(),
    parts: address("Partial filter gradients, one set a chunk."),
    addend: address("Added to the input's gradient, or 0."),
  },
};

export const expandedDepthwise: KernelSpec = {
  file: "expanded_depthwise",
  fields: {
    channelsPerChunk: i32(),
    runs: i32("Runs of a stem's taps, one a row of its filter; 0 for a 1×1 convolution."),
    expansion: expansion(),
    gather: gather("Of a stem's strips."),
    inner: epilogue("What follows the first convolution."),
    bands: bands(),
    epilogue: epilogue(),
  },
};

export const panelDepthwise: KernelSpec = {
  file: "panel_depthwise",
  fields: {
    channelsPerChunk: i32("A multiple of 16, or all, which are in eights."),
    source: source("Not scaled."),
    bands: bands("Of a 3×3 filter, undilated, of stride 1 or 2 both ways."),
  },
};

export const panelDepthwiseGradients: KernelSpec = {
  file: "panel_depthwise",
  fields: {
    x: source("Not scaled."),
    dy: source("Not scaled, and of an activation that does not bend."),
    bands: bands("Of the input's gradient, its `out`; `bandRows` is a multiple of the stride."),
    statistics: gradientStatistics(),
    parts: address("Partial filter gradients, one set a band."),
    channelsPerChunk: i32("A multiple of 16, or all, which are in eights."),
  },
};
