import { activation, address, f32, flag, i32, type RecordSpec, sourceKind } from "./field.ts";

/** What lies inside of kernels' arguments, or in tables that these point to. */
export const RECORDS: Record<string, RecordSpec> = {
  CommandHeader: {
    doc: "What lies ahead of a kernel's own arguments.",
    fields: {
      kernel: i32(),
      chunks: i32(),
      scratch: address(),
      scratchPerThread: address(),
    },
    home: "header",
  },
  Source: {
    doc:
      "A tensor's rows (row: the channels of one pixel), in memory or computed when they are read.",
    fields: {
      kind: sourceKind(),
      values: address(
        "The tensor; z of a lazy forward value; d of a lazy gradient; what is scaled.",
      ),
      z: address("z of a lazy gradient."),
      scaleShift: address("Of what is scaled, its factors: [images, channels]."),
      coefficients: address(),
      activation: activation(),
      pixels: i32("An image has, of what is scaled."),
    },
    home: "arguments",
  },
  Gather: {
    doc: "Which source pixels each pixel of a grid sees.",
    fields: {
      source: address(),
      sourceHeight: i32(),
      sourceWidth: i32(),
      channels: i32(),
      gridHeight: i32(),
      gridWidth: i32(),
      strideHeight: i32(),
      strideWidth: i32(),
      runs: address("Table of `TapRun`s."),
    },
    home: "arguments",
  },
  TapRun: {
    doc: "Taps (dy, dx), (dy, dx + 1) … of `taps` pixels.",
    fields: { dy: i32(), dx: i32(), taps: i32() },
    home: "table",
  },
  Tap: {
    doc: "A tap of a row: where its first pixel and its weights (`channels` floats) lie.",
    fields: { pixels: address(), weights: address() },
    home: "scratch",
  },
  Epilogue: {
    doc: "What follows a convolution: min(max(scale·y + shift + residual, lower), upper).",
    fields: {
      scale: address("One value a channel, or 0: there is no epilogue."),
      shift: address("One value a channel."),
      residual: address("Laid out as the output, or 0: none."),
      lower: f32(),
      upper: f32(),
      activation: activation("One that bends, instead of the bounds; else linear."),
    },
    home: "arguments",
  },
  Expansion: {
    doc: "A 1×1 convolution, or a stem, that the depthwise one behind it computes in passing.",
    fields: {
      values: address("What a 1×1 convolution multiplies: [batch, height, width, K]."),
      packed: address(),
      K: i32("Values of a pixel; of a stem, of a run of taps."),
      wide: flag(),
      units: address("Of pixels whose values are 16-bit integers, as weights are then; or 0."),
    },
    home: "arguments",
  },
  DepthwiseBands: {
    doc: "A depthwise convolution or a gradient of it, a band of rows a chunk.",
    fields: {
      weights: address("[filterHeight][filterWidth][channels]"),
      out: address(
        "The output; the input's gradient; or partial filter gradients, one set a chunk.",
      ),
      height: i32(),
      width: i32(),
      channels: i32(),
      outHeight: i32(),
      outWidth: i32(),
      filterHeight: i32(),
      filterWidth: i32(),
      strideHeight: i32(),
      strideWidth: i32(),
      dilationHeight: i32(),
      dilationWidth: i32(),
      padTop: i32(),
      padLeft: i32(),
      bandRows: i32("Rows a chunk: of the output, or of the input's gradient."),
      statistics: address("Partial batch statistics, one set a chunk, or 0."),
    },
    home: "arguments",
  },
  GroupedBands: {
    doc: "A grouped convolution or a gradient of it, a band of rows a chunk.",
    fields: {
      weights: address("[filterHeight][filterWidth][channels of a group][outChannels]"),
      out: address("The output, or the input's gradient."),
      height: i32(),
      width: i32(),
      channels: i32(),
      outHeight: i32(),
      outWidth: i32(),
      outChannels: i32(),
      groups: i32("Of channels in eights, as are their outputs."),
      filterHeight: i32(),
      filterWidth: i32(),
      stride: i32(),
      padTop: i32(),
      padLeft: i32(),
      bandRows: i32("Rows a chunk: of the output, or of the input's gradient."),
      statistics: address("Partial batch statistics, one set a chunk, or 0."),
      wide: flag(),
    },
    home: "arguments",
  },
  GradientStatistics: {
    doc:
      "What a kernel needs to leave gradient statistics of the tensor it produces, for the batch " +
      "norm that the tensor is the gradient of. `z` is that one's input. The tensor is then only " +
      "what the activation passes.",
    fields: {
      partials: address("Partial sums, one set a chunk, or 0 for none."),
      z: address(),
      mean: address(),
      scaleShift: address(),
      activation: activation(),
      y: address("Behind a residual: that batch norm's output, which says what passes; else 0."),
    },
    home: "arguments",
  },
  AdamwEntry: {
    doc: "Some values of one parameter.",
    fields: {
      parameter: address(),
      first: address("The moments."),
      second: address(),
      gradient: address(),
      count: i32(),
      rate: f32("What the learning rate is multiplied by."),
      decay: f32(),
    },
    home: "table",
  },
  ValuesEntry: {
    doc: "Some values of one tensor.",
    fields: { values: address(), count: i32() },
    home: "table",
  },
  AverageEntry: {
    doc: "Some values of one tensor, and their average.",
    fields: { average: address(), values: address(), count: i32() },
    home: "table",
  },
  SgdEntry: {
    doc: "Some values of one parameter.",
    fields: { parameter: address(), buffer: address(), gradient: address(), count: i32() },
    home: "table",
  },
};
