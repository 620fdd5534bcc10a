/** The kernels as they are cut for hardware adapters, which a software one computes as well. */
import { batchNormContract } from "../contract/batch_norm.ts";
import { conv2dContract } from "../contract/conv2d.ts";
import { depthwiseContract } from "../contract/depthwise.ts";
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
conv2dContract(subject);
depthwiseContract(subject);
batchNormContract(subject);
