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

/** Long enough for a clock, short enough for a hundred shapes. */
const MEASURED_MS = 4;
const MOST_REPEATS = 64;

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
    for (const [key, { variants, prepare }] of questions) {
      const router = routerOf(this.backend), pool = new StepPool(this.backend.device);
      router.add(pool);
      router.current = pool;
      try {
        const { tensors, run } = prepare();
        const times: number[] = [];
        for (const variant of variants) times.push(await this.#measure(() => run(variant)));
        this.#choices.set(key, variants[times.indexOf(Math.min(...times))]);
        for (const { dataId } of tensors) this.backend.disposeData(dataId);
      } finally {
        router.current = undefined;
        router.remove(pool);
      }
    }
    if (questions.length > 0) await this.keep?.(this.record);
    return questions.length;
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

  /** Milliseconds a dispatch. */
  async #measure(dispatch: () => void): Promise<number> {
    await this.#time(dispatch, 1); // compiles it
    const once = await this.#time(dispatch, 1);
    const repeats = Math.min(MOST_REPEATS, Math.ceil(MEASURED_MS / Math.max(once, 0.01)));
    return await this.#time(dispatch, repeats) / repeats;
  }

  async #time(dispatch: () => void, repeats: number): Promise<number> {
    const { backend } = this;
    const submit = () => {
      backend.endComputePassEncoder();
      if (backend.commandEncoder) backend.submitQueue();
    };
    submit();
    await backend.device.queue.onSubmittedWorkDone();
    const start = performance.now();
    for (let i = 0; i < repeats; i++) dispatch();
    submit();
    await backend.device.queue.onSubmittedWorkDone();
    return performance.now() - start;
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
