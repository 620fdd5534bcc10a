/** Grouped convolutions and their gradients. */
import {
  address,
  epilogue,
  gradientStatistics,
  groupedBands,
  type KernelSpec,
  source,
} from "./field.ts";

export const groupedConv: KernelSpec = {
  file: "grouped_conv",
  fields: { source: source(), bands: groupedBands(), epilogue: epilogue() },
};

export const groupedConvInputGradient: KernelSpec = {
  file: "grouped_conv_gradients",
  fields: {
    dy: source(),
    bands: groupedBands("Of the input's gradient, its `out`."),
    statistics: gradientStatistics(),
  },
};

export const groupedConvFilterGradient: KernelSpec = {
  file: "grouped_conv_gradients",
  fields: {
    x: source(),
    dy: source(),
    bands: groupedBands(),
    parts: address("Partial filter gradients, one set a chunk."),
  },
};
