/**
 * Which variant of a kernel is the fastest for a shape on this adapter: measured once, and kept by
 * whoever wants to. Until then, and where nothing may be measured, the first variant serves.
 */
import * as tf from "@tensorflow/tfjs";
import { routerOf, StepPool } from "./replay/buffers.ts";
import type { TfjsWebGpuBackend } from "./tfjs_backend.ts";
import { adapterNameOf } from "./tiling.ts";

interface Trial<V> {
  /** Of the right sizes and no meaning; freed when the trial is over. */
  tensors: tf.TensorInfo[];
  /** Records one dispatch of a variant over them. */
  run(variant: V): void;
}

interface Question {
  variants: readonly unknown[];
  prepare(): Trial<unknown>;
}

/** JSON of `Tuner.choices`: variants by kernel and shape, for one adapter. */
interface TuningRecord {
  adapter: string;
  choices: Record<string, unknown>;
}

/** Of each variant: a time is the least of so many, each that of so many dispatches in a row. */
const ROUNDS = 3;
const REPEATS = 4;

export class Tuner {
  readonly #choices = new Map<string, unknown>();
  readonly #open = new Map<string, Question>();
  /** Is given the choices whenever there are new ones. */
  keep?: (record: TuningRecord) => Promise<void>;

  /** @param adapter name under which choices are remembered */
  constructor(private readonly backend: TfjsWebGpuBackend, readonly adapter: string) {}

  /**
   * The variant to use; the shape is measured by the next `settle`, if it is new.
   */
  choose<V>(key: string, variants: readonly V[], prepare: () => Trial<V>): V {
    const chosen = JSON.stringify(this.#choices.get(key));
    const known = variants.find((variant) => JSON.stringify(variant) === chosen);
    if (!known && variants.length > 1 && !this.#open.has(key)) {
      this.#open.set(key, { variants, prepare: prepare as () => Trial<unknown> });
    }
    return known ?? variants[0];
  }

  /** Shapes that were met and not measured. */
  get open(): number {
    return this.#open.size;
  }

  /** Measures every open shape. @returns how many */
  async settle(): Promise<number> {
    const questions = [...this.#open];
    this.#open.clear();
    for (const [key, question] of questions) {
      const times = await this.#timesOf(question);
      this.#choices.set(key, question.variants[times.indexOf(Math.min(...times))]);
    }
    if (questions.length > 0) await this.keep?.(this.record);
    return questions.length;
  }

  /** In buffers of their own, which are given back afterwards. */
  async #timesOf({ variants, prepare }: Question): Promise<number[]> {
    const { backend } = this, pool = new StepPool(backend.device);
    const router = routerOf(backend);
    router.add(pool);
    router.current = pool;
    let trial: Trial<unknown> | undefined;
    try {
      const { run } = trial = prepare();
      return await this.#measure(variants.map((variant) => () => run(variant)));
    } finally {
      router.current = undefined;
      for (const { dataId } of trial?.tensors ?? []) backend.disposeData(dataId);
      this.#submit(); // what was recorded must not find its buffers gone
      router.remove(pool);
    }
  }

  get record(): TuningRecord {
    return { adapter: this.adapter, choices: Object.fromEntries(this.#choices) };
  }

  /** Takes over what was measured on an adapter of the same name; anything else is left alone. */
  recall(record: unknown): void {
    const { adapter, choices } = (record ?? {}) as Partial<TuningRecord>;
    if (adapter !== this.adapter || typeof choices !== "object" || !choices) return;
    for (const [key, choice] of Object.entries(choices)) this.#choices.set(key, choice);
  }

  /** How long each takes, of no unit: only which is the least is asked. */
  async #measure(dispatches: (() => void)[]): Promise<number[]> {
    for (const dispatch of dispatches) dispatch(); // compiles it
    return this.backend.supportTimestampQuery
      ? await this.#timeOnGpu(dispatches)
      : await this.#timeFromOutside(dispatches);
  }

  /**
   * By the GPU's own clock, all in one submission: from outside, each look at a queue costs 10 ms in
   * Deno 2.9, a thousand times what a kernel takes.
   */
  async #timeOnGpu(dispatches: (() => void)[]): Promise<number[]> {
    const { backend } = this, { device } = backend;
    const count = 2 * ROUNDS * dispatches.length, size = 8 * count;
    const querySet = device.createQuerySet({ type: "timestamp", count });
    const resolved = device.createBuffer({
      size,
      usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
    });
    const staging = device.createBuffer({
      size,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
    const submitsAfter = tf.env().getNumber("WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE");
    tf.env().set("WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE", Infinity); // a pass must not end by itself
    try {
      for (let query = 0; query < count; query += 2) {
        backend.endComputePassEncoder();
        backend.ensureCommandEncoderReady();
        backend.computePassEncoder = backend.commandEncoder!.beginComputePass({
          timestampWrites: {
            querySet,
            beginningOfPassWriteIndex: query,
            endOfPassWriteIndex: query + 1,
          },
        });
        const dispatch = dispatches[query / 2 % dispatches.length];
        for (let i = 0; i < REPEATS; i++) dispatch();
      }
      backend.endComputePassEncoder();
      backend.commandEncoder!.resolveQuerySet(querySet, 0, count, resolved, 0);
      backend.commandEncoder!.copyBufferToBuffer(resolved, 0, staging, 0, size);
      backend.submitQueue();
    } finally {
      tf.env().set("WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE", submitsAfter);
    }
    await staging.mapAsync(GPUMapMode.READ);
    const clock = new BigUint64Array(staging.getMappedRange().slice(0));
    for (const used of [querySet, resolved, staging]) used.destroy();
    return dispatches.map((_, i) => {
      const times = Array.from({ length: ROUNDS }, (_, round) => {
        const query = 2 * (round * dispatches.length + i);
        return Number(clock[query + 1] - clock[query]);
      });
      return Math.min(...times);
    });
  }

  /** For adapters without a clock of their own. */
  async #timeFromOutside(dispatches: (() => void)[]): Promise<number[]> {
    const times = dispatches.map(() => Infinity);
    for (let round = 0; round < ROUNDS; round++) {
      for (const [i, dispatch] of dispatches.entries()) {
        await this.#settled();
        const start = performance.now();
        for (let repeat = 0; repeat < REPEATS; repeat++) dispatch();
        await this.#settled();
        times[i] = Math.min(times[i], performance.now() - start);
      }
    }
    return times;
  }

  async #settled(): Promise<void> {
    this.#submit();
    await this.backend.device.queue.onSubmittedWorkDone();
  }

  #submit(): void {
    this.backend.endComputePassEncoder();
    if (this.backend.commandEncoder) this.backend.submitQueue();
  }
}

const tuners = new WeakMap<GPUDevice, Tuner>();

export function tunerOf(backend: TfjsWebGpuBackend): Tuner {
  let tuner = tuners.get(backend.device);
  if (!tuner) tuners.set(backend.device, tuner = new Tuner(backend, adapterNameOf(backend)));
  return tuner;
}

/**
 * Remembers in `folder`, from process to process, which variants of the kernels are the fastest on
 * this adapter: a small JSON file for each adapter's name. Results do not depend on it, and where
 * the folder cannot be read or written the variants are measured again.
 */
export async function keepTuningIn(folder: string): Promise<void> {
  const tuner = tunerOf(tf.backend() as unknown as TfjsWebGpuBackend);
  const file = `${folder}/webgpu-${tuner.adapter.replaceAll(/[^\w.-]+/g, "_")}.json`;
  try {
    tuner.recall(JSON.parse(await Deno.readTextFile(file)));
  } catch {
    // Not there yet, or damaged.
  }
  tuner.keep = async (record) => {
    try {
      await Deno.mkdir(folder, { recursive: true });
      const written = `${file}.${crypto.randomUUID()}`;
      await Deno.writeTextFile(written, JSON.stringify(record));
      await Deno.rename(written, file);
    } catch (error) {
      console.warn(`what was measured on this GPU is not kept: ${(error as Error).message}`);
    }
  };
}
