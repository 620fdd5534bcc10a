/** Records our kernels on the same command encoder as tfjs's own, in one order with them. */
import * as tf from "@tensorflow/tfjs";
import { type Constants, expand } from "./expand.ts";
import type { TfjsWebGpuBackend } from "./tfjs_backend.ts";

/** A WGSL file: its name, for labels and timings, and its text. */
export interface Kernel {
  name: string;
  source: string;
}

interface Pipeline {
  pipeline: GPUComputePipeline;
  layout: GPUBindGroupLayout;
}

const pipelines = new WeakMap<GPUDevice, Map<string, Pipeline>>();

/**
 * Records one dispatch.
 *
 * @param constants what the file's `{{…}}` and directives refer to; each set is compiled once
 * @param tensors in the order of the file's bindings; outputs must have been made by `allocate`
 * @param groups number of workgroups in x, y and z
 */
export function dispatch(
  backend: TfjsWebGpuBackend,
  kernel: Kernel,
  constants: Constants,
  tensors: tf.TensorInfo[],
  groups: [number, number?, number?],
): void {
  const { pipeline, layout } = pipelineOf(backend.device, kernel, constants);
  const entries = tensors.map(({ dataId }, binding) => {
    backend.uploadToGPU(dataId);
    backend.commandQueueOwnedIds.add(dataId);
    return { binding, resource: { buffer: backend.tensorMap.get(dataId).resource! } };
  });
  const bindGroup = backend.device.createBindGroup({ layout, entries });
  const timed = backend.activeTimers != null && backend.supportTimestampQuery;
  const pass = beginPass(backend, timed);
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindGroup);
  pass.dispatchWorkgroups(...groups);
  backend.dispatchCountInPass++;
  if (timed) {
    backend.endComputePassEncoder();
    backend.activeTimers!.push({ name: kernel.name, query: backend.getQueryTime() });
  } else if (
    backend.dispatchCountInPass >= tf.env().getNumber("WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE")
  ) {
    backend.endComputePassEncoder();
    backend.submitQueue();
  }
}

/** A tensor in the GPU's memory whose values are still to be computed. */
export function allocate(backend: TfjsWebGpuBackend, shape: number[]): tf.TensorInfo {
  const tensor = backend.makeTensorInfo(shape, "float32");
  backend.uploadToGPU(tensor.dataId);
  return tensor;
}

/**
 * To be called before a tensor is written in place. tfjs keeps what was once read of a tensor as its
 * values on the CPU, and may still be about to; such a copy would be out of date.
 */
export function keepOnlyOnGpu(backend: TfjsWebGpuBackend, ...tensors: tf.TensorInfo[]): void {
  for (const { dataId } of tensors) {
    backend.uploadToGPU(dataId);
    const data = backend.tensorMap.get(dataId);
    const isKept = Object.getOwnPropertyDescriptor(data, "values")?.get !== undefined;
    if (!isKept) Object.defineProperty(data, "values", { get: () => null, set: () => {} });
  }
}

/** Lets go of temporary tensors; those still in use by commands live until these are submitted. */
export function release(backend: TfjsWebGpuBackend, ...tensors: tf.TensorInfo[]): void {
  for (const { dataId } of tensors) backend.disposeData(dataId);
}

/** Workgroups in x and y for so many in all, WebGPU's limit being 65,535 in each direction. */
export function spread(groups: number): [number, number] {
  return groups <= 65535 ? [groups, 1] : [32768, Math.ceil(groups / 32768)];
}

function pipelineOf(device: GPUDevice, kernel: Kernel, constants: Constants): Pipeline {
  let known = pipelines.get(device);
  if (!known) pipelines.set(device, known = new Map());
  const key = `${kernel.name} ${JSON.stringify(constants)}`;
  let pipeline = known.get(key);
  if (!pipeline) known.set(key, pipeline = createPipeline(device, kernel, constants));
  return pipeline;
}

/** Of a kernel whose bindings are storage buffers of group 0, in their order, and that starts at `main`. */
function createPipeline(
  device: GPUDevice,
  { name: label, source }: Kernel,
  constants: Constants,
): Pipeline {
  const code = expand(source, constants);
  const written = [...code.matchAll(/var<storage, (read_write|read)>/g)]
    .map(([, access]) => access === "read_write");
  const layout = device.createBindGroupLayout({
    label,
    entries: written.map((isWritten, binding) => ({
      binding,
      visibility: GPUShaderStage.COMPUTE,
      buffer: { type: isWritten ? "storage" : "read-only-storage" },
    })),
  });
  const pipeline = device.createComputePipeline({
    label,
    layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
    compute: { module: device.createShaderModule({ label, code }), entryPoint: "main" },
  });
  return { pipeline, layout };
}

function beginPass(backend: TfjsWebGpuBackend, timed: boolean): GPUComputePassEncoder {
  backend.ensureCommandEncoderReady();
  if (timed) {
    // A pass of its own, with the two timestamps that tf.time reads.
    backend.endComputePassEncoder();
    backend.querySet ??= backend.device.createQuerySet({
      type: "timestamp",
      count: backend.querySetCount,
    });
    backend.computePassEncoder = backend.commandEncoder!.beginComputePass({
      timestampWrites: {
        querySet: backend.querySet,
        beginningOfPassWriteIndex: 0,
        endOfPassWriteIndex: 1,
      },
    });
  }
  backend.computePassEncoder ??= backend.commandEncoder!.beginComputePass();
  return backend.computePassEncoder;
}
