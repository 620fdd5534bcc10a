/**
 * WebGPU's constants where there is no WebGPU: in Node, and in pages that are not secure. Modules ask
 * for them as they load; that there is no adapter is said to whoever asks for one.
 *
 * Source: https://www.w3.org/TR/webgpu/#namespacedef-gpubufferusage and the two like it.
 */
const { GPUBufferUsage: usage, GPUMapMode: mode, GPUShaderStage: stage } = globalThis as Partial<
  Record<"GPUBufferUsage" | "GPUMapMode" | "GPUShaderStage", Record<string, number>>
>;

export const GPUBufferUsage = usage ?? {
  MAP_READ: 0x0001,
  MAP_WRITE: 0x0002,
  COPY_SRC: 0x0004,
  COPY_DST: 0x0008,
  INDEX: 0x0010,
  VERTEX: 0x0020,
  UNIFORM: 0x0040,
  STORAGE: 0x0080,
  INDIRECT: 0x0100,
  QUERY_RESOLVE: 0x0200,
};

export const GPUMapMode = mode ?? { READ: 0x0001, WRITE: 0x0002 };

export const GPUShaderStage = stage ??
  { VERTEX: 0x1, FRAGMENT: 0x2, COMPUTE: 0x4 };
