/** Records our kernels on the same command encoder as tfjs's own, in one order with them. */
import * as tf from "@tensorflow/tfjs";
import type { Constants } from "./expand.ts";
import { uploadForParts } from "./limits.ts";
import { bindingOf, type Part as PartOfTensor } from "./photos.ts";
import { pipelineOf, sizesOf } from "./pipelines.ts";
import {
  commonThreads,
  joinedProgram,
  type Kernel,
  type Part,
  type Program,
  programOf,
} from "./program.ts";
import type { TfjsWebGpuBackend } from "./tfjs_backend.ts";
import { mostBindings, tilingOf } from "./tiling.ts";

export type { Kernel } from "./program.ts";

/** A dispatch that is not recorded yet. */
interface Waiting extends Part {
  /** Of its program with its workgroups. */
  key: string;
  bindings: GPUBufferBinding[];
}

/** How many dispatches are held back, for others to join them. */
const MOST_WAITING = 4;

const programs = new Map<string, Program>();
const joined = new Map<string, ReturnType<typeof joinedProgram>>();
/** Of each backend, what is to run side by side first, what then, and so on. */
const waiting = new WeakMap<TfjsWebGpuBackend, Waiting[][]>();
const watched = new WeakSet<TfjsWebGpuBackend>();
const joining = new WeakSet<TfjsWebGpuBackend>();

/**
 * From now on dispatches that need nothing of each other become one: a dispatch costs a GPU
 * microseconds in which it computes nothing, and small ones do not fill it. For work that comes again
 * as it is, as each joined program is compiled. @returns what ends it
 */
export function runSideBySide(backend: TfjsWebGpuBackend): () => void {
  joining.add(backend);
  return () => {
    joining.delete(backend);
    recordWaiting(backend);
  };
}

/**
 * Records one dispatch, while they run side by side as soon as it is known whether the next ones can
 * join it.
 *
 * @param constants what the file's `{{…}}` and directives refer to; each set is compiled once, or
 *   on hardware once for all sets that differ in sizes alone
 * @param tensors in the order of the file's bindings; outputs must have been made by `allocate`, or
 *   by `allocateForParts` where parts of them are given
 * @param groups number of workgroups in x, y and z
 */
export function dispatch(
  backend: TfjsWebGpuBackend,
  kernel: Kernel,
  constants: Constants,
  tensors: PartOfTensor[],
  [x, y = 1, z = 1]: [number, number?, number?],
): void {
  watchForOthers(backend);
  const bindings = tensors.map((tensor) => {
    uploadForParts(backend, tensor.dataId);
    backend.commandQueueOwnedIds.add(tensor.dataId);
    return bindingOf(backend, tensor);
  });
  const { knowsSizes } = tilingOf(backend);
  const programKey = `${kernel.name} ${knowsSizes} ${JSON.stringify(constants)}`;
  let program = programs.get(programKey);
  if (!program) programs.set(programKey, program = programOf(kernel, constants, knowsSizes));
  const key = `${programKey} ${x} ${y} ${z}`;
  const next: Waiting = { key, program, bindings, groups: [x, y, z] };
  const groups = waiting.get(backend) ?? [];
  waiting.set(backend, groups);
  const group = groups.slice(firstFreeOf(groups, next))
    .find((others) => canRunBeside(backend, others, next));
  if (group) group.push(next);
  else groups.push([next]);
  // A time is asked of each by itself.
  const isAlone = !joining.has(backend) || backend.activeTimers != null;
  recordWaiting(backend, isAlone ? 0 : MOST_WAITING);
  if (backend.activeTimers != null) return;
  if (
    backend.dispatchCountInPass >= tf.env().getNumber("WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE")
  ) {
    backend.endComputePassEncoder();
    backend.submitQueue();
  }
}

/**
 * Records what `dispatch` holds back, all but the last so many. To be called before anybody else
 * records or submits: tfjs gives the buffers of what it submitted to others.
 */
export function recordWaiting(backend: TfjsWebGpuBackend, kept = 0): void {
  const groups = waiting.get(backend) ?? [];
  waiting.delete(backend); // recording one must not record the ones behind it
  while (groups.length > kept) recordTogether(backend, groups.shift()!);
  if (kept > 0) waiting.set(backend, groups);
}

function recordTogether(backend: TfjsWebGpuBackend, parts: readonly Waiting[]): void {
  const isJoined = parts.length > 1;
  const { program, groups } = isJoined ? joinedOf(backend, parts) : parts[0];
  const { pipeline, layout } = pipelineOf(backend.device, program);
  const resources = parts.flatMap(({ program, bindings }) => [
    ...bindings,
    ...sizesOf(backend.device, program),
  ]);
  if (isJoined) resources.push(...sizesOf(backend.device, program));
  const entries = resources.map((resource, binding) => ({ binding, resource }));
  const bindGroup = backend.device.createBindGroup({ layout, entries });
  const timed = backend.activeTimers != null && backend.supportTimestampQuery;
  const pass = beginPass(backend, timed);
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindGroup);
  pass.dispatchWorkgroups(...groups);
  backend.dispatchCountInPass++;
  if (timed) {
    backend.endComputePassEncoder();
    backend.activeTimers!.push({ name: program.name, query: backend.getQueryTime() });
  }
}

/** tfjs's programs, copies and submissions come behind what was dispatched before them. */
export function watchForOthers(backend: TfjsWebGpuBackend): void {
  if (watched.has(backend)) return;
  watched.add(backend);
  const { ensureCommandEncoderReady, endComputePassEncoder } = backend;
  backend.ensureCommandEncoderReady = () => {
    recordWaiting(backend);
    ensureCommandEncoderReady.call(backend);
  };
  backend.endComputePassEncoder = () => {
    recordWaiting(backend);
    endComputePassEncoder.call(backend);
  };
}

/** Index of the first group behind the last one that `next` must not overtake or run beside. */
function firstFreeOf(groups: readonly Waiting[][], next: Waiting): number {
  return 1 +
    groups.findLastIndex((others) =>
      others.some((other) => writesWhatIsUsed(other, next) || writesWhatIsUsed(next, other))
    );
}

/** Whether one workgroup has the means for all of them, and the adapter room. */
function canRunBeside(
  backend: TfjsWebGpuBackend,
  others: readonly Waiting[],
  next: Waiting,
): boolean {
  const { maxUniformBuffersPerShaderStage, maxComputeWorkgroupStorageSize } = backend.device.limits;
  const { threadsSideBySide, memorySideBySide } = tilingOf(backend);
  const parts = [...others, next];
  const bindings = parts.reduce((sum, { program }) => sum + program.bindings.length, 0);
  const memory = parts.reduce((sum, { program }) => sum + (program.body?.memory ?? 0), 0);
  if (
    bindings > mostBindings(backend) ||
    parts.length >= maxUniformBuffersPerShaderStage ||
    memory > Math.min(memorySideBySide, maxComputeWorkgroupStorageSize) ||
    commonThreads(parts.map(({ program }) => program)) === undefined
  ) return false;
  // All get the registers of the one that needs most: fewer threads then run at once.
  return parts.every(({ program }) => program.body!.isLight) ||
    parts.every(({ program, groups: [x, y, z] }) =>
      x * y * z * program.body!.threads <= threadsSideBySide
    );
}

function writesWhatIsUsed(writer: Waiting, user: Waiting): boolean {
  return writer.bindings.some(({ buffer }, i) =>
    writer.program.bindings[i] === "storage" && user.bindings.some((used) => used.buffer === buffer)
  );
}

function joinedOf(
  backend: TfjsWebGpuBackend,
  parts: readonly Waiting[],
): ReturnType<typeof joinedProgram> {
  const key = parts.map(({ key }) => key).join("\n");
  let program = joined.get(key);
  if (!program) joined.set(key, program = joinedProgram(parts, tilingOf(backend).knowsSizes));
  return program;
}

/** A tensor in the GPU's memory whose values are still to be computed. */
export function allocate(backend: TfjsWebGpuBackend, shape: number[]): tf.TensorInfo {
  const tensor = backend.makeTensorInfo(shape, "float32");
  backend.uploadToGPU(tensor.dataId);
  return tensor;
}

/** The same where a kernel will write it in parts, as `byPhotos` cuts it. */
export function allocateForParts(backend: TfjsWebGpuBackend, shape: number[]): tf.TensorInfo {
  const tensor = backend.makeTensorInfo(shape, "float32");
  uploadForParts(backend, tensor.dataId);
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
