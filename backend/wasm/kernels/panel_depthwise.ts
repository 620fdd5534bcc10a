/**
 * 3×3 depthwise convolutions of lazy inputs, and both their gradients at once, panel by panel: a chunk
 * is some channels of a band of rows of one image, which are first computed into scratch, with the
 * padding around them. What chunks of a band leave are sums of its rows alone, however the channels
 * are cut.
 */
import { scratch } from "./command";
import { clear, copy } from "./gather";
import {
  DepthwiseBands, GRADIENT_STATISTICS_VECTORS, Source, STATISTICS_VECTORS,
} from "./generated_abi";
import {
  panelDepthwiseArguments, panelDepthwiseBands, panelDepthwiseGradientsArguments,
  panelDepthwiseGradientsBands, panelDepthwiseGradientsDy, panelDepthwiseGradientsStatistics,
  panelDepthwiseGradientsX, panelDepthwiseSource,
} from "./generated_arguments";
import {
  depthwisePanel16by1, depthwisePanel16by2, depthwisePanelFilter16by1, depthwisePanelFilter16by2,
  depthwisePanelPhases16, depthwisePanelTurned16by1,
} from "./generated_depthwise_panels";
import { PIXEL, writePanelRows } from "./panels";
import { floats } from "./simd";
import { addColumnsToGradientStatistics, addStatistics } from "./statistics";

const SIDE: i32 = 3, TAPS: i32 = 9;

export function panelDepthwiseChunk(chunk: i32, thread: i32): void {
  const source = panelDepthwiseSource();
  const args = panelDepthwiseBands();
  const channelsPerChunk = panelDepthwiseArguments().channelsPerChunk;
  const channels = args.channels, pixel = floats(channels), width = args.outWidth;
  const groups = (channels + channelsPerChunk - 1) / channelsPerChunk;
  const bands = (args.outHeight + args.bandRows - 1) / args.bandRows;
  const part = chunk / groups, image = part / bands, y0 = part % bands * args.bandRows;
  const y1 = min(args.outHeight, y0 + args.bandRows), rows = y1 - y0;
  const first = chunk % groups * channelsPerChunk, last = min(channels, first + channelsPerChunk);

  const rowStep = inputRowBytes(args), panelStep = <usize>inputRows(args, rows) * rowStep;
  let panel = scratch(thread);
  writeInput(args, source, image, y0, rows, first, last, panel, panelStep);
  const outRow = <usize>width * pixel;
  const out = args.out + <usize>((image * args.outHeight + y0) * width) * pixel;
  const partial = args.statistics + floats(part * STATISTICS_VECTORS * channels);
  for (let c = first; c < last; c += 16) {
    const columns = min(16, last - c), weights = args.weights + floats(c), to = out + floats(c);
    if (args.strideWidth == 1) {
      depthwisePanel16by1(panel, rowStep, weights, pixel, to, pixel, outRow, width, rows, columns);
    } else {
      depthwisePanel16by2(panel, rowStep, weights, pixel, to, pixel, outRow, width, rows, columns);
    }
    if (args.statistics) {
      const sums = partial + floats(c);
      copy(to, sums, columns);
      clearColumns(sums + pixel, STATISTICS_VECTORS - 1, pixel, columns);
      for (let r = 0; r < rows; r++) {
        addStatistics(to + <usize>r * outRow, pixel, width, columns, sums, channels);
      }
    }
    panel += panelStep;
  }
}

/** Of filters padded by 1, and with stride 2 of even sides. */
export function panelDepthwiseGradientsChunk(chunk: i32, thread: i32): void {
  const source = panelDepthwiseGradientsX();
  const gradient = panelDepthwiseGradientsDy();
  const args = panelDepthwiseGradientsBands();
  const statistics = panelDepthwiseGradientsStatistics();
  const parts = panelDepthwiseGradientsArguments().parts;
  const channelsPerChunk = panelDepthwiseGradientsArguments().channelsPerChunk;
  const channels = args.channels, pixel = floats(channels), stride = args.strideWidth;
  const groups = (channels + channelsPerChunk - 1) / channelsPerChunk;
  const bands = (args.height + args.bandRows - 1) / args.bandRows;
  const part = chunk / groups, image = part / bands, y0 = part % bands * args.bandRows;
  const y1 = min(args.height, y0 + args.bandRows);
  const o0 = y0 / stride, outRows = y1 / stride - o0, outWidth = args.outWidth;
  const first = chunk % groups * channelsPerChunk, last = min(channels, first + channelsPerChunk);

  const inputStep = inputRowBytes(args), inputPanel = <usize>inputRows(args, outRows) * inputStep;
  let input = scratch(thread), output = input + <usize>((last - first + 15) / 16) * inputPanel;
  writeInput(args, source, image, o0, outRows, first, last, input, inputPanel);
  // The rows and columns of the output's gradient that the input's comes from: with stride 2 those of
  // the band and one more, below and to the right; else one more on each side.
  const before = stride == 1 ? 1 : 0;
  const seenRows = outRows + 1 + before, seenWidth = outWidth + 1 + before;
  const step = <usize>seenWidth * PIXEL, outputPanel = <usize>seenRows * step;
  for (let r = 0; r < seenRows; r++) {
    writePanelRows(
      gradient, image, o0 - before + r, args.outHeight, outWidth, before, seenWidth,
      channels, first, last, output + <usize>r * step, outputPanel,
    );
  }

  const width = args.width, row = (image * args.height + y0) * width, outRow = <usize>width * pixel;
  for (let c = first; c < last; c += 16) {
    const columns = min(16, last - c), o = floats(c), weights = args.weights + o;
    const sums = parts + floats(part * TAPS * channels) + o, to = args.out + <usize>row * pixel + o;
    clearColumns(sums, TAPS, pixel, columns);
    if (stride == 1) {
      depthwisePanelFilter16by1(
        input, inputStep, output + step + PIXEL, step, sums, pixel, outWidth, outRows, columns,
      );
      depthwisePanelTurned16by1(
        output, step, weights, pixel, to, pixel, outRow, outWidth, outRows, columns,
      );
    } else {
      depthwisePanelFilter16by2(
        input, inputStep, output, step, sums, pixel, outWidth, outRows, columns,
      );
      depthwisePanelPhases16(
        output, step, weights, pixel, to, pixel, outRow, outWidth, outRows, columns,
      );
    }
    if (statistics.partials) {
      const vectors = GRADIENT_STATISTICS_VECTORS;
      const partial = statistics.partials + floats(part * vectors * channels) + o;
      clearColumns(partial, vectors, pixel, columns);
      for (let y = 0; y < y1 - y0; y++) {
        addColumnsToGradientStatistics(
          statistics, part, to + <usize>y * outRow, row + y * width, width, c, columns, channels,
        );
      }
    }
    input += inputPanel, output += outputPanel;
  }
}

/** Rows of the input that so many of outputs see. */
function inputRows(args: DepthwiseBands, rows: i32): i32 {
  return (rows - 1) * args.strideHeight + SIDE;
}

function inputRowBytes(args: DepthwiseBands): usize {
  return <usize>((args.outWidth - 1) * args.strideWidth + SIDE) * PIXEL;
}

/** What `rows` rows of outputs from y0 on see of channels [c0, c1), as panels. */
function writeInput(
  args: DepthwiseBands, source: Source, image: i32, y0: i32, rows: i32, c0: i32, c1: i32,
  panels: usize, panelStep: usize,
): void {
  const rowStep = inputRowBytes(args), pixels = <i32>(rowStep / PIXEL), seen = inputRows(args, rows);
  for (let r = 0; r < seen; r++) {
    writePanelRows(
      source, image, y0 * args.strideHeight - args.padTop + r, args.height, args.width,
      args.padLeft, pixels, args.channels, c0, c1, panels + <usize>r * rowStep, panelStep,
    );
  }
}

/** Of so many vectors, one behind the other. */
function clearColumns(to: usize, vectors: i32, vector: usize, columns: i32): void {
  for (let i = 0; i < vectors; i++) clear(to + <usize>i * vector, columns);
}
