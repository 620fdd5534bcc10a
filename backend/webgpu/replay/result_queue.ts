/** Brings steps' outputs back from the GPU, several steps' at once and without waiting for each. */
import type { StepResult } from "../../repeat.ts";

/** Steps whose outputs are read back together. */
const WINDOW = 8;
/** Windows that may be out before the next step waits for the oldest. */
const MOST_OUT = 2;

interface Window<State> {
  staging: GPUBuffer;
  states: State[];
}

export class ResultQueue<State> {
  readonly #out: { results: Promise<StepResult<State>[]>; hasArrived: boolean }[] = [];
  readonly #spare: GPUBuffer[] = [];
  readonly #bytesPerStep: number;
  #window?: Window<State>;

  constructor(private readonly device: GPUDevice, private readonly sizes: number[]) {
    this.#bytesPerStep = sizes.reduce((sum, size) => sum + size, 0);
  }

  /** Has the outputs copied behind the step's commands; `submitted` must follow. */
  collect(encoder: GPUCommandEncoder, outputs: GPUBuffer[], state: State): void {
    this.#window ??= { staging: this.#spare.pop() ?? this.#createStaging(), states: [] };
    const { staging, states } = this.#window;
    let offset = states.length * this.#bytesPerStep;
    outputs.forEach((output, i) => {
      encoder.copyBufferToBuffer(output, 0, staging, offset, this.sizes[i]);
      offset += this.sizes[i];
    });
    states.push(state);
  }

  submitted(): void {
    if (this.#window?.states.length === WINDOW) this.#close();
  }

  /** What has arrived; waits only where too much is out. */
  async take(): Promise<StepResult<State>[]> {
    const results: StepResult<State>[] = [];
    while (this.#out.length > MOST_OUT || this.#out[0]?.hasArrived) {
      results.push(...await this.#out.shift()!.results);
    }
    return results;
  }

  async finish(): Promise<StepResult<State>[]> {
    if (this.#window) this.#close();
    const results: StepResult<State>[] = [];
    while (this.#out.length > 0) results.push(...await this.#out.shift()!.results);
    return results;
  }

  dispose(): void {
    for (const staging of this.#spare) staging.destroy();
    this.#window?.staging.destroy();
  }

  #close(): void {
    const window = this.#window!;
    this.#window = undefined;
    const entry = { results: this.#read(window), hasArrived: false };
    const arrived = () => void (entry.hasArrived = true);
    entry.results.then(arrived, arrived);
    this.#out.push(entry);
  }

  async #read({ staging, states }: Window<State>): Promise<StepResult<State>[]> {
    await staging.mapAsync(GPUMapMode.READ);
    const bytes = staging.getMappedRange().slice(0);
    staging.unmap();
    this.#spare.push(staging);
    let offset = 0;
    return states.map((state) => ({
      state,
      outputs: this.sizes.map((size) => {
        const values = new Float32Array(bytes, offset, size / 4);
        offset += size;
        return values;
      }),
    }));
  }

  #createStaging(): GPUBuffer {
    return this.device.createBuffer({
      size: Math.ceil(WINDOW * this.#bytesPerStep / 8) * 8,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
  }
}
