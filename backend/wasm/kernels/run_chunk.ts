/** Kernel numbers, as backend/wasm/kernel.ts lists them. */
import {
  finishGradientStatisticsChunk, finishStatisticsChunk, foldStatisticsChunk, gradientStatisticsChunk,
  materializeChunk, statisticsChunk,
} from "./batch_norm";
import { binaryChunk } from "./binary";
import { conv2dChunk } from "./conv2d";
import { conv2dFilterGradientChunk } from "./conv2d_filter_gradient";
import { depthwiseChunk } from "./depthwise";
import {
  depthwiseFilterGradientChunk, depthwiseGradientsChunk, depthwiseInputGradientChunk,
} from "./depthwise_gradients";
import { expandedDepthwiseChunk } from "./expanded_depthwise";
import { maxPoolChunk, maxPoolGradientChunk } from "./max_pool";
import { packChunk } from "./pack";
import { pointwiseGradientsChunk } from "./pointwise_gradients";
import { sgdChunk } from "./sgd";
import { spatialMeanChunk } from "./spatial_mean";
import { sumPartsChunk } from "./sum_parts";
import { clampChunk } from "./unary";
import { winogradChunk } from "./winograd";
import {
  winogradFilterChunk, winogradFilterGradientChunk, winogradTransposedFilterChunk,
} from "./winograd_filter";
import {
  winogradOutputChunk, winogradPositionChunk, winogradProductChunk, winogradTransformChunk,
} from "./winograd_positions";

export function runChunk(kernel: i32, chunk: i32, thread: i32): void {
  switch (kernel) {
    case 0: packChunk(chunk, thread); break;
    case 1: conv2dChunk(chunk, thread); break;
    case 2: conv2dFilterGradientChunk(chunk, thread); break;
    case 3: sumPartsChunk(chunk, thread); break;
    case 4: depthwiseChunk(chunk, thread); break;
    case 5: depthwiseFilterGradientChunk(chunk, thread); break;
    case 6: depthwiseInputGradientChunk(chunk, thread); break;
    case 7: materializeChunk(chunk, thread); break;
    case 8: statisticsChunk(chunk, thread); break;
    case 9: gradientStatisticsChunk(chunk, thread); break;
    case 10: binaryChunk(chunk, thread); break;
    case 11: clampChunk(chunk, thread); break;
    case 12: maxPoolChunk(chunk, thread); break;
    case 13: maxPoolGradientChunk(chunk, thread); break;
    case 14: spatialMeanChunk(chunk, thread); break;
    case 15: sgdChunk(chunk, thread); break;
    case 16: winogradChunk(chunk, thread); break;
    case 17: winogradFilterChunk(chunk, thread); break;
    case 18: winogradTransposedFilterChunk(chunk, thread); break;
    case 19: winogradTransformChunk(chunk, thread); break;
    case 20: winogradPositionChunk(chunk, thread); break;
    case 21: winogradFilterGradientChunk(chunk, thread); break;
    case 22: pointwiseGradientsChunk(chunk, thread); break;
    case 23: depthwiseGradientsChunk(chunk, thread); break;
    case 24: winogradProductChunk(chunk, thread); break;
    case 25: winogradOutputChunk(chunk, thread); break;
    case 26: finishStatisticsChunk(chunk, thread); break;
    case 27: foldStatisticsChunk(chunk, thread); break;
    case 28: finishGradientStatisticsChunk(chunk, thread); break;
    case 29: expandedDepthwiseChunk(chunk, thread); break;
    // For the test of what happens when a worker dies: only workers trap, and the main thread waits.
    case 99: if (thread > 0) unreachable(); break;
    default: unreachable();
  }
}
