/** What a device has compiled. */
import type { Program } from "./program.ts";

interface Pipeline {
  pipeline: GPUComputePipeline;
  layout: GPUBindGroupLayout;
}

/** Of a device, what was compiled, by its text, and the sizes that programs were told. */
interface Compiled {
  pipelines: Map<string, Pipeline>;
  sizes: Map<string, GPUBuffer>;
}

const compiled = new WeakMap<GPUDevice, Compiled>();

function compiledOf(device: GPUDevice): Compiled {
  let known = compiled.get(device);
  if (!known) compiled.set(device, known = { pipelines: new Map(), sizes: new Map() });
  return known;
}

/** A program's, compiled when it is met first. */
export function pipelineOf(device: GPUDevice, program: Program): Pipeline {
  const { pipelines } = compiledOf(device);
  let pipeline = pipelines.get(program.code);
  if (!pipeline) pipelines.set(program.code, pipeline = createPipeline(device, program));
  return pipeline;
}

/** The buffer that holds a program's sizes, if it is told any; kept, as shapes are few. */
export function sizesOf(device: GPUDevice, { sizes }: Program): GPUBufferBinding[] {
  if (sizes.length === 0) return [];
  const known = compiledOf(device).sizes, key = sizes.join();
  let buffer = known.get(key);
  if (!buffer) {
    const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
    known.set(key, buffer = device.createBuffer({ size: sizes.byteLength, usage }));
    device.queue.writeBuffer(buffer, 0, sizes as BufferSource);
  }
  return [{ buffer }];
}

function createPipeline(device: GPUDevice, { name: label, code, bindings }: Program): Pipeline {
  const layout = device.createBindGroupLayout({
    label,
    entries: bindings.map((type, binding) => ({
      binding,
      visibility: GPUShaderStage.COMPUTE,
      buffer: { type },
    })),
  });
  const pipeline = device.createComputePipeline({
    label,
    layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
    compute: { module: device.createShaderModule({ label, code }), entryPoint: "main" },
  });
  return { pipeline, layout };
}
