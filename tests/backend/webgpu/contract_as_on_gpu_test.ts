/**
 * The kernels as they are cut for hardware adapters, which a software one computes as well. Only what
 * the cut changes: tiles of convolutions, slices of sums, threads that share a statistic. Shaders with
 * barriers take a software adapter long to compile, hence few shapes, and small ones.
 */
import { statisticsContract, trainedBatchNormContract } from "../contract/batch_norm.ts";
import { convolutionsContract } from "../contract/conv2d.ts";
import { depthwiseConvolutionsContract } from "../contract/depthwise.ts";
import { groupedConvolutionsContract } from "../contract/grouped_conv2d.ts";
import {
  attentionContract,
  layerNormContract,
  linearContract,
  windowAttentionContract,
} from "../contract/transformers.ts";
import { Subject } from "../contract/subject.ts";
import { asOnGpu } from "./as_on_gpu.ts";
import { WEBGPU } from "./subject.ts";

class AsOnGpu extends Subject {
  override test(name: string, fn: () => Promise<void>): void {
    super.test(name, () => asOnGpu(fn));
  }

  override activate(): Promise<void> {
    return WEBGPU.activate();
  }
}

const subject = new AsOnGpu({ ...WEBGPU.settings, name: "webgpu, cut for hardware" });

convolutionsContract(subject, [
  // In registers, for sums of less than 32 terms: each number of columns a thread.
  { input: [3, 4, 5, 6], filters: 17, kernel: [1, 1] },
  { input: [1, 5, 7, 24], filters: 72, kernel: [1, 1] },
  { input: [7, 1, 1, 20], filters: 10, kernel: [1, 1] },
  { input: [1, 5, 5, 4], filters: 4, kernel: [1, 1], pad: 1 },
  // Spread out, in the gradient of a stride.
  { input: [2, 7, 6, 16], filters: 24, kernel: [1, 1], stride: 2 },
  { input: [2, 7, 6, 5], filters: 3, kernel: [1, 1], stride: 3 },
  { input: [2, 9, 9, 17], filters: 5, kernel: [3, 3], stride: 2, pad: 1 },
  // In shared memory: single channels by vectors and the reverse, both, and neither.
  { input: [1, 5, 7, 33], filters: 24, kernel: [1, 1] },
  { input: [3, 4, 5, 6], filters: 40, kernel: [1, 1] },
  { input: [1, 9, 9, 96], filters: 136, kernel: [1, 1] },
  { input: [1, 5, 4, 24], filters: 1, kernel: [3, 3], pad: 3 },
  { input: [3, 9, 8, 5], filters: 17, kernel: [3, 3], pad: 1 },
  { input: [2, 8, 9, 16], filters: 16, kernel: [3, 3], pad: "same" },
]);

depthwiseConvolutionsContract(subject, [
  { input: [2, 7, 9, 17], kernel: [3, 3], pad: 1 },
  { input: [2, 56, 56, 24], kernel: [3, 3], stride: 2, pad: 1 },
  // More vectors of channels than a workgroup takes.
  { input: [2, 6, 10, 288], kernel: [3, 3], pad: 1 },
]);

groupedConvolutionsContract(subject, [
  { input: [2, 7, 9, 24], groups: 3, filters: 24, strides: 2, pad: 1 },
]);

for (const activation of ["linear", "relu", "relu6"] as const) {
  trainedBatchNormContract(subject, [[2, 9, 5, 16], [3, 31, 33, 17]], activation, false);
}
statisticsContract(subject);

// Several threads share a row of a layer norm, and the keys of a query.
layerNormContract(subject, [[3, 5, 24], [700, 9]]);
attentionContract(subject, [[2, 11, 2, 8], [1, 3, 1, 64]]);
windowAttentionContract(subject, [[1, 2, 2, 1, 2, 8]]);
linearContract(subject, [[2, 70, 36, 40], [1, 3, 5, 7]]);
