/** Compute pipelines from WGSL text, here or in other threads. */

/** All that a pipeline is made of; it can be sent to a worker. */
export interface PipelineCode {
  /** The kernel's name. */
  label: string;
  code: string;
}

export interface Pipeline {
  pipeline: GPUComputePipeline;
  layout: GPUBindGroupLayout;
}

/** @param code its bindings are storage buffers of group 0, in their order; it starts at `main` */
export function createPipeline(device: GPUDevice, { label, code }: PipelineCode): Pipeline {
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

/** A device that has all that our kernels and tfjs ask for. */
export async function requestDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  const { limits } = adapter;
  return await adapter.requestDevice({
    requiredFeatures: adapter.features.has("timestamp-query") ? ["timestamp-query"] : [],
    requiredLimits: {
      ...Object.fromEntries(FULL_LIMITS.map((name) => [name, limits[name]])),
      maxStorageBuffersPerShaderStage: Math.min(
        STORAGE_BUFFERS,
        limits.maxStorageBuffersPerShaderStage,
      ),
    },
  });
}

/** Enough for ten parameters of SGD in one dispatch. */
const STORAGE_BUFFERS = 31;

/** The limits that tfjs asks for itself: all that the adapter has. */
const FULL_LIMITS = [
  "maxComputeWorkgroupStorageSize",
  "maxComputeWorkgroupsPerDimension",
  "maxStorageBufferBindingSize",
  "maxBufferSize",
  "maxComputeWorkgroupSizeX",
  "maxComputeInvocationsPerWorkgroup",
] as const;
