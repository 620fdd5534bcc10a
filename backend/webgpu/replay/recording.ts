/** Runs a step once on the GPU and writes down every command of it. */
import * as tf from "@tensorflow/tfjs";
import { checkedValues, type StepComputation, type StepValues } from "../../repeat.ts";
import { recordWaiting, runSideBySide } from "../dispatch.ts";
import type { TfjsWebGpuBackend } from "../tfjs_backend.ts";
import { type BufferRouter, routerOf, type StepPool } from "./buffers.ts";

interface Command {
  pipeline: GPUComputePipeline;
  bindGroup: GPUBindGroup;
  groups: [number, number?, number?];
}

interface Input<State> {
  buffer: GPUBuffer;
  values: (state: State) => StepValues;
}

/** What a step took from the CPU, other than its inputs. */
interface Constant {
  id: object;
  buffer: GPUBuffer;
  values: ArrayLike<number>;
}

const TENSOR_USAGE = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;

export class Recording<State> {
  readonly commands: Command[] = [];
  readonly inputs: Input<State>[] = [];
  /** Tensors from before the step that it reads or changes, and their buffers. */
  readonly externals = new Map<object, GPUBuffer>();
  /** The variables among them, and the tensors that held their values. */
  readonly #variables: { variable: tf.Variable; id: object }[] = [];
  readonly outputs: GPUBuffer[] = [];
  /** Why a replay would not do the same. */
  refusal?: string;
  readonly #constants: Constant[] = [];
  readonly #uniforms = new Map<string, GPUBuffer>();

  /**
   * Computes the step. What `outputs` hold is valid until the next step of the pool.
   * @throws whatever `compute` does; the backend is as before then
   */
  constructor(
    private readonly backend: TfjsWebGpuBackend,
    private readonly pool: StepPool,
    compute: StepComputation<State>,
    state: State,
  ) {
    const router = routerOf(backend);
    flush(backend);
    const restore = this.#listen(router), endJoining = runSideBySide(backend);
    try {
      const outputs = tf.tidy(() =>
        compute((shape, dtype, values) => this.#addInput(router, shape, dtype, values, state))
      );
      for (const { dataId } of outputs) {
        backend.uploadToGPU(dataId);
        this.outputs.push(backend.tensorMap.get(dataId).resource!);
      }
      tf.dispose(outputs);
      flush(backend);
    } finally {
      endJoining();
      restore();
    }
    for (const variable of Object.values(tf.engine().registeredVariables)) {
      const id = variable.dataId;
      if (this.externals.has(id)) this.#variables.push({ variable, id });
    }
    this.#findRemains();
  }

  /** The first difference to what another step recorded, if there is one. */
  differenceTo(other: Recording<State>): string | undefined {
    if (this.commands.length !== other.commands.length) {
      return `it has ${other.commands.length} dispatches, then ${this.commands.length}`;
    }
    const differs = this.commands.findIndex(({ pipeline, groups }, i) =>
      pipeline !== other.commands[i].pipeline || groups.join() !== other.commands[i].groups.join()
    );
    if (differs >= 0) return `its dispatch ${differs} is another program or size each time`;
    if ([...this.#uniforms.keys()].join() !== [...other.#uniforms.keys()].join()) {
      return "the uniforms of its programs change";
    }
    const sizes = ({ inputs }: Recording<State>) => inputs.map(({ buffer }) => buffer.size).join();
    if (sizes(this) !== sizes(other)) return "the sizes of its inputs change";
    const isSame = this.#constants.length === other.#constants.length &&
      this.#constants.every(({ values }, i) => areEqual(values, other.#constants[i].values));
    if (!isSame) return "it takes values from the CPU that change and are not declared as inputs";
  }

  /** Whether the tensors from before the step are still those that were recorded. */
  isCurrent(): boolean {
    const { tensorMap } = this.backend;
    // An assigned variable has another tensor, whether or not somebody still holds the old one.
    if (this.#variables.some(({ variable, id }) => variable.dataId !== id)) return false;
    for (const [id, buffer] of this.externals) {
      if (!tensorMap.has(id) || tensorMap.get(id).resource !== buffer) return false;
    }
    return true;
  }

  /** Hands the step's values to the GPU, and its commands to the encoder. */
  replay(encoder: GPUCommandEncoder, state: State): void {
    const { queue } = this.backend.device;
    for (const { buffer, values } of this.inputs) {
      queue.writeBuffer(buffer, 0, values(state) as BufferSource);
    }
    const pass = encoder.beginComputePass();
    let current: GPUComputePipeline | undefined;
    for (const { pipeline, bindGroup, groups } of this.commands) {
      if (pipeline !== current) pass.setPipeline(current = pipeline);
      pass.setBindGroup(0, bindGroup);
      pass.dispatchWorkgroups(...groups);
    }
    pass.end();
  }

  dispose(): void {
    for (const { buffer } of this.inputs) buffer.destroy();
    for (const buffer of this.#uniforms.values()) buffer.destroy();
    for (const { id, buffer } of this.#constants) {
      if (!this.backend.tensorMap.has(id)) buffer.destroy();
    }
  }

  /** Puts itself between tfjs and the device; the result undoes that. */
  #listen(router: BufferRouter): () => void {
    const { backend } = this;
    const { write, uploadToGPU, makeUniforms, ensureCommandEncoderReady } = backend;
    const { read, readSync, readToGPU, copyBuffer, createTensorFromGPUData } = backend;
    const born = new WeakSet<object>();
    router.current = this.pool;

    backend.write = (...tensor) => {
      const id = write.apply(backend, tensor);
      born.add(id);
      return id;
    };
    backend.uploadToGPU = (id) => {
      const data = backend.tensorMap.get(id);
      if (!born.has(id)) {
        router.current = undefined; // it outlives the step
        uploadToGPU.call(backend, id);
        router.current = this.pool;
        this.externals.set(id, data.resource!);
      } else if (data.resource == null && data.values != null) {
        const { values } = data;
        data.resource = this.#pin(router, typedValues(values, data.dtype), TENSOR_USAGE);
        data.values = null;
        this.#constants.push({ id, buffer: data.resource, values });
      } else {
        uploadToGPU.call(backend, id);
      }
    };
    backend.makeUniforms = (uniforms) => {
      const key = JSON.stringify(uniforms.map(({ type, data }) => [type, ...data]));
      let buffer = this.#uniforms.get(key);
      if (!buffer) {
        router.current = undefined;
        buffer = makeUniforms.call(backend, uniforms).buffer;
        router.current = this.pool;
        // One of its own: tfjs would write the next program's values into this one.
        backend.uniformPendingDisposal.splice(backend.uniformPendingDisposal.indexOf(buffer), 1);
        router.pin(buffer);
        this.#uniforms.set(key, buffer);
      }
      return { offset: 0, size: buffer.size, buffer };
    };
    backend.ensureCommandEncoderReady = () => {
      recordWaiting(backend);
      backend.commandEncoder ??= this.#watched(backend.device.createCommandEncoder());
    };
    const refuse =
      <P extends unknown[], R>(method: (...parameters: P) => R, why: string) =>
      (...parameters: P) => {
        this.refusal ??= why;
        return method.apply(backend, parameters);
      };
    const refuseReading = <R>(method: (id: object) => R) => (id: object) => {
      const isOnCpu = born.has(id) && backend.tensorMap.get(id).values != null;
      if (!isOnCpu) this.refusal ??= "it reads a tensor back";
      return method.call(backend, id);
    };
    backend.read = refuseReading(read);
    backend.readSync = refuseReading(readSync);
    backend.readToGPU = refuse(readToGPU, "it reads a tensor back");
    backend.copyBuffer = refuse(copyBuffer, "it copies a buffer");
    backend.createTensorFromGPUData = refuse(createTensorFromGPUData, "it takes a buffer over");

    return () => {
      Object.assign(backend, {
        write,
        uploadToGPU,
        makeUniforms,
        ensureCommandEncoderReady,
        read,
        readSync,
        readToGPU,
        copyBuffer,
        createTensorFromGPUData,
      });
      router.current = undefined;
    };
  }

  /** An encoder that writes down what is dispatched, by tfjs's programs and our kernels alike. */
  #watched(encoder: GPUCommandEncoder): GPUCommandEncoder {
    return {
      beginComputePass: (descriptor?: GPUComputePassDescriptor) => {
        const pass = encoder.beginComputePass(descriptor);
        let pipeline: GPUComputePipeline, bindGroup: GPUBindGroup;
        return {
          setPipeline: (next: GPUComputePipeline) => pass.setPipeline(pipeline = next),
          setBindGroup: (index: number, next: GPUBindGroup) =>
            pass.setBindGroup(index, bindGroup = next),
          dispatchWorkgroups: (...groups: Command["groups"]) => {
            this.commands.push({ pipeline, bindGroup, groups });
            pass.dispatchWorkgroups(...groups);
          },
          end: () => pass.end(),
        };
      },
      copyBufferToBuffer: (...copy: Parameters<GPUCommandEncoder["copyBufferToBuffer"]>) => {
        this.refusal ??= "it copies buffers";
        encoder.copyBufferToBuffer(...copy);
      },
      finish: () => encoder.finish(),
    } as unknown as GPUCommandEncoder;
  }

  #addInput(
    router: BufferRouter,
    shape: number[],
    dtype: "float32" | "int32",
    values: (state: State) => StepValues,
    state: State,
  ): tf.Tensor {
    const { backend } = this;
    const info = backend.makeTensorInfo(shape, dtype);
    const buffer = this.#pin(router, checkedValues(values(state), shape, dtype), TENSOR_USAGE);
    // In no place but the GPU: tfjs computes small tensors on the CPU where their values are there.
    backend.tensorMap.get(info.dataId).resource = buffer;
    this.inputs.push({ buffer, values: (state) => checkedValues(values(state), shape, dtype) });
    return tf.engine().makeTensorFromTensorInfo(info);
  }

  /** A buffer that belongs to this recording alone. */
  #pin(router: BufferRouter, values: StepValues, usage: number): GPUBuffer {
    const buffer = this.backend.device.createBuffer({
      size: values.byteLength,
      usage,
      mappedAtCreation: true,
    });
    new Uint8Array(buffer.getMappedRange())
      .set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    buffer.unmap();
    router.pin(buffer);
    return buffer;
  }

  /** Tensors of the step that are still there would not be there after a replay. */
  #findRemains(): void {
    const { tensorMap } = this.backend;
    const kept = this.#constants.filter(({ id }) => tensorMap.has(id)).length;
    if (this.pool.inUse + kept > 0) {
      this.refusal ??= `it leaves ${this.pool.inUse + kept} tensors behind`;
    }
    if (!this.isCurrent()) {
      this.refusal ??= "it replaces tensors rather than changing them in place";
    }
  }
}

/** Submits what tfjs has recorded so far. */
export function flush(backend: TfjsWebGpuBackend): void {
  backend.endComputePassEncoder();
  if (backend.commandEncoder) backend.submitQueue();
}

/** As the GPU wants them: booleans are words there. */
function typedValues(values: ArrayLike<number>, dtype: tf.DataType): StepValues {
  return dtype === "float32" ? Float32Array.from(values) : Int32Array.from(values);
}

function areEqual(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}
