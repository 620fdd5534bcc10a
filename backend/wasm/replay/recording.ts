/** Computes a step once and writes down every kernel that it starts. */
import * as tf from "@tensorflow/tfjs";
import { checkedValues, type StepComputation, type StepValues } from "../../repeat.ts";
import type { WasmBackend } from "../backend.ts";
import { HEAP } from "../generated_abi.ts";
import type { Block, Range } from "../heap.ts";
import type { KeptValues } from "./kept_values.ts";
import type { TensorData } from "../tensor_data.ts";
import { rangesOf, stepMemoryOf, type Tenant } from "./step_memory.ts";

/** A kernel's command, or what JavaScript computes between two of them. */
type Part = Uint32Array | (() => void);

interface Input<State> {
  values: (state: State) => StepValues;
  write(values: StepValues): void;
}

/** A tensor from before the step that it reads or changes. */
interface External {
  block: Block | undefined;
  /** Of its values, since the step was last computed or replayed. */
  version: number;
  isWritten: boolean;
}

type Values = Float32Array | Int32Array;

export class Recording<State> implements Tenant {
  /** Why a replay would not do the same. */
  refusal?: string;
  readonly ranges: readonly Range[];
  readonly #parts: Part[] = [];
  readonly #inputs: Input<State>[] = [];
  readonly #outputs: { pointer: number; size: number }[] = [];
  /** Of the step that was computed here. */
  readonly outputs: Float32Array[];
  readonly #externals = new Map<TensorData, External>();
  readonly #variables: { variable: tf.Variable; data: TensorData }[] = [];
  readonly #constants: Values[] = [];
  #isEvicted = false;

  /**
   * @throws whatever `compute` does; the backend is as before then
   */
  constructor(
    private readonly backend: WasmBackend,
    private readonly kept: KeptValues,
    compute: StepComputation<State>,
    state: State,
  ) {
    const { heap } = backend, memory = stepMemoryOf(heap);
    const tensors = backend.numDataIds();
    const allocated: Block[] = [];
    let outputs: Float32Array[] | undefined;
    memory.open();
    kept.begin();
    this.#listen(allocated);
    try {
      const results = tf.tidy(() =>
        compute((shape, dtype, values) => this.#addInput(shape, dtype, values, state))
      );
      for (const result of results) {
        const data = backend.dataOf(result);
        this.#outputs.push({ pointer: data.pointer, size: data.size });
      }
      this.#unlisten();
      outputs = this.#readOutputs();
      tf.dispose(results);
    } finally {
      this.#unlisten();
      const failed = outputs === undefined;
      // What is still in use stays where it is: packed weights that did not change, say.
      this.ranges = failed ? [] : rangesOf(allocated.filter(({ references }) => references === 0));
      if (!failed) memory.add(this);
      memory.close();
    }
    this.outputs = outputs;
    if (!kept.fit) this.refusal ??= "what it takes from JavaScript grows";
    this.#findRemains(backend.numDataIds() - tensors);
  }

  /** Kernels that it starts. */
  get kernels(): number {
    return this.#parts.filter((part) => part instanceof Uint32Array).length;
  }

  /** The first difference to what another step recorded, if there is one. */
  differenceTo(other: Recording<State>): string | undefined {
    const parts = this.#parts, others = other.#parts;
    if (parts.length !== others.length) {
      return `it starts ${others.length} kernels, then ${parts.length}`;
    }
    const differs = parts.findIndex((part, i) => {
      const before = others[i];
      return part instanceof Uint32Array && before instanceof Uint32Array
        ? !this.#isSame(part, before)
        : typeof part !== typeof before;
    });
    if (differs >= 0) return `its kernel ${differs} is another, or gets other numbers, each time`;
    const isSame = this.#constants.length === other.#constants.length &&
      this.#constants.every((values, i) => this.#isSame(words(values), words(other.#constants[i])));
    if (!isSame) {
      return "it takes values from JavaScript that change and are not declared as inputs";
    }
  }

  /** Whether what the step computes with, other than its inputs, is as it left it. */
  isCurrent(): boolean {
    if (this.#isEvicted) return false;
    const isAssigned = ({ variable, data }: { variable: tf.Variable; data: TensorData }) =>
      variable.isDisposed || this.backend.dataOf(variable) !== data;
    if (this.#variables.some(isAssigned)) return false;
    for (const [data, { block, version }] of this.#externals) {
      if (data.computed !== block || data.version !== version) return false;
    }
    return true;
  }

  /** @returns the outputs */
  replay(state: State): Float32Array[] {
    const { pool } = this.backend;
    pool.finish();
    for (const { values, write } of this.#inputs) write(values(state));
    for (const [data, external] of this.#externals) {
      if (!external.isWritten) continue;
      data.changed();
      external.version = data.version;
    }
    for (const part of this.#parts) {
      if (part instanceof Uint32Array) pool.replay(part);
      else pool.host(part);
    }
    return this.#readOutputs();
  }

  /** Copies of the tensors that the step changes. */
  changedValues(): Uint32Array[] {
    return this.#changedViews().map((view) => view.slice());
  }

  restore(values: Uint32Array[]): void {
    this.#changedViews().forEach((view, i) => view.set(values[i]));
  }

  evict(): void {
    this.#isEvicted = true;
  }

  dispose(): void {
    stepMemoryOf(this.backend.heap).remove(this);
  }

  #listen(allocated: Block[]): void {
    const { heap, pool } = this.backend;
    const own = new WeakSet<object>();
    const externalOf = (tensor: object): External | undefined => {
      if (own.has(tensor)) return undefined;
      const data = tensor as TensorData;
      let external = this.#externals.get(data);
      if (!external) {
        external = { block: data.computed, version: 0, isWritten: false };
        this.#externals.set(data, external);
      }
      return external;
    };
    let isHosting = false;
    heap.recorder = {
      allocated: (block) => void allocated.push(block),
      accessed: () => {
        if (!isHosting) this.refusal ??= "some of it is computed in JavaScript, not by kernels";
      },
      created: (tensor) => void own.add(tensor),
      used: (tensor) => void externalOf(tensor),
      written: (tensor) => {
        const external = externalOf(tensor);
        if (external) external.isWritten = true;
      },
    };
    pool.recorder = {
      started: (command) => void this.#parts.push(command.slice()),
      hosted: (compute) => {
        this.#parts.push(compute);
        isHosting = true;
        try {
          compute();
        } finally {
          isHosting = false;
        }
      },
      constant: (values) => {
        this.#constants.push(values);
        return this.#keep(values).pointer;
      },
    };
  }

  #unlisten(): void {
    this.backend.heap.recorder = undefined;
    this.backend.pool.recorder = undefined;
  }

  #addInput(
    shape: number[],
    dtype: "float32" | "int32",
    values: (state: State) => StepValues,
    state: State,
  ): tf.Tensor {
    const { backend } = this;
    const valuesFor = (state: State) => checkedValues(values(state), shape, dtype);
    const first = valuesFor(state);
    let info: tf.TensorInfo;
    if (first instanceof Float32Array) {
      const block = this.#keep(first);
      info = backend.makeTensorInfo(shape, dtype);
      backend.dataOf(info).block = block;
      const write = (values: StepValues) => this.#floats(block.pointer, first.length).set(values);
      this.#inputs.push({ values: valuesFor, write });
    } else {
      const integers = first.slice();
      info = backend.makeTensorInfo(shape, dtype, integers);
      this.#inputs.push({ values: valuesFor, write: (values) => integers.set(values) });
    }
    return tf.engine().makeTensorFromTensorInfo(info);
  }

  /** Values in memory that is nobody else's. */
  #keep(values: Values): Block {
    const { heap, pool } = this.backend;
    const block = this.kept.allocate(values.length);
    pool.finish(); // kernels may be at work where it lies
    new Uint32Array(heap.memory.buffer, block.pointer, values.length).set(words(values));
    return block;
  }

  #readOutputs(): Float32Array[] {
    this.backend.pool.finish();
    return this.#outputs.map(({ pointer, size }) => this.#floats(pointer, size).slice());
  }

  #floats(pointer: number, count: number): Float32Array {
    return new Float32Array(this.backend.heap.memory.buffer, pointer, count);
  }

  #changedViews(): Uint32Array[] {
    const { heap, pool } = this.backend;
    pool.finish();
    return [...this.#externals].filter(([, { isWritten }]) => isWritten).map(([data, { block }]) =>
      new Uint32Array(heap.memory.buffer, block!.pointer, data.size)
    );
  }

  #findRemains(tensors: number): void {
    if (tensors !== 0) this.refusal ??= `it leaves ${tensors} tensors behind`;
    for (const variable of Object.values(tf.engine().registeredVariables)) {
      const data = this.backend.dataOf(variable);
      if (this.#externals.has(data)) this.#variables.push({ variable, data });
    }
    for (const [data, external] of this.#externals) {
      // One that was lazy, or came from JavaScript, is in the heap by now.
      external.block ??= data.computed;
      external.version = data.version;
      if (!external.block || external.block !== data.computed) {
        this.refusal ??= "it replaces tensors rather than changing them in place";
      }
    }
  }

  /** Addresses may differ from step to step, other numbers may not. */
  #isSame(a: Uint32Array, b: Uint32Array): boolean {
    const end = this.backend.heap.bytesReserved;
    const isAddress = (word: number) => word >= HEAP && word < end && word % 4 === 0;
    return a.length === b.length &&
      a.every((word, i) => word === b[i] || isAddress(word) && isAddress(b[i]));
  }
}

function words({ buffer, byteOffset, length }: Values): Uint32Array {
  return new Uint32Array(buffer, byteOffset, length);
}
