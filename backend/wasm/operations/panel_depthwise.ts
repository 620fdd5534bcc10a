/** Runs kernels/panel_depthwise.ts: 3×3 depthwise convolutions of lazy tensors while they learn. */
import type { ConvInfo } from "../../window.ts";
import type { WasmBackend } from "../backend.ts";
import {
  ActivationCode,
  type ArgumentsOf,
  type DepthwiseBandsRecord,
  Kernel,
  SourceKind,
  type SourceRecord,
} from "../generated_abi.ts";
import { evenly, type Partition } from "../partition.ts";
import { isBound } from "../tensor_data.ts";
import type { Bands } from "./depthwise_bands.ts";

/** Chunks that one is cut into, about. */
const CHUNKS = 32;
/** Side by side in a chunk: of shorter pieces of pixels, memory is read a quarter slower. */
const LEAST_CHANNELS = 96;
/** Channels of a panel. */
const PANEL = 16;

/** Whether the output can be computed by panels, and should be: what is in memory is not worth copying. */
export function suitsPanels(info: ConvInfo, { kind }: SourceRecord): boolean {
  return isOurs(info) && kind === SourceKind.normalized;
}

/** Whether both gradients can, of a filter that is padded by half its sides. */
export function suitsPanelGradients(info: ConvInfo, x: SourceRecord, dy: SourceRecord): boolean {
  const areSidesEven = info.strideHeight === 1 ||
    (info.inHeight % 2 === 0 && info.inWidth % 2 === 0);
  return isOurs(info) && areSidesEven && x.kind !== SourceKind.scaled &&
    dy.kind !== SourceKind.scaled &&
    (dy.activation === ActivationCode.linear || isBound(dy.activation));
}

function isOurs(info: ConvInfo): boolean {
  return info.filterHeight === 3 && info.filterWidth === 3 && info.inChannels % 8 === 0 &&
    info.dilationHeight * info.dilationWidth === 1 &&
    info.strideHeight === info.strideWidth && info.strideWidth <= 2;
}

export function runPanels(
  { pool }: WasmBackend,
  info: ConvInfo,
  source: SourceRecord,
  { rows, count }: Bands,
  bands: DepthwiseBandsRecord,
): void {
  const bandCount = info.batchSize * count, split = channelGroups(info, bandCount);
  pool.run(Kernel.panelDepthwise, bandCount * split.chunks, split.panels * seenFloats(info, rows), {
    channelsPerChunk: split.perChunk,
    source,
    bands,
  });
}

export function runPanelGradients(
  { pool }: WasmBackend,
  info: ConvInfo,
  bands: Bands,
  kernelArguments: Omit<ArgumentsOf<typeof Kernel.panelDepthwiseGradients>, "channelsPerChunk">,
): void {
  const bandCount = info.batchSize * bands.count, split = channelGroups(info, bandCount);
  const rows = bands.rows / info.strideHeight;
  const floats = seenFloats(info, rows) + (rows + 2) * (info.outWidth + 2) * PANEL;
  pool.run(Kernel.panelDepthwiseGradients, bandCount * split.chunks, split.panels * floats, {
    ...kernelArguments,
    channelsPerChunk: split.perChunk,
  });
}

/** What so many rows of outputs see of a panel. */
function seenFloats({ strideHeight, outWidth }: ConvInfo, rows: number): number {
  return ((rows - 1) * strideHeight + 3) * ((outWidth - 1) * strideHeight + 3) * PANEL;
}

/** Cuts the channels of bands where these are too few chunks for many threads. */
function channelGroups(
  { inChannels }: ConvInfo,
  bands: number,
): Partition & { panels: number } {
  const split = evenly(inChannels, Math.min(CHUNKS / bands, inChannels / LEAST_CHANNELS), PANEL);
  return { ...split, panels: Math.ceil(split.perChunk / PANEL) };
}
