/** A device that has all that our kernels and tfjs ask for. */
export async function requestDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  const { limits } = adapter;
  return await adapter.requestDevice({
    requiredFeatures: adapter.features.has("timestamp-query") ? ["timestamp-query"] : [],
    requiredLimits: {
      ...Object.fromEntries(FULL_LIMITS.map((name) => [name, limits[name]])),
      // So that parts of a batch may begin with nearly any photo.
      minStorageBufferOffsetAlignment: limits.minStorageBufferOffsetAlignment,
      maxStorageBuffersPerShaderStage: Math.min(
        STORAGE_BUFFERS,
        limits.maxStorageBuffersPerShaderStage,
      ),
    },
  });
}

/**
 * Enough for all parameters of most networks in one dispatch of their optimiser, where the adapter
 * has as many: Vulkan's drivers have millions, Metal 31. As many as WebGPU promises to a bind group.
 */
const STORAGE_BUFFERS = 1000;

/** The limits that tfjs asks for itself: all that the adapter has. */
const FULL_LIMITS = [
  "maxComputeWorkgroupStorageSize",
  "maxComputeWorkgroupsPerDimension",
  "maxStorageBufferBindingSize",
  "maxBufferSize",
  "maxComputeWorkgroupSizeX",
  "maxComputeInvocationsPerWorkgroup",
] as const;
