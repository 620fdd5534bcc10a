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
