/**
 * Runs one kind of work on the wasm backend and measures each of its kernels. Prints one JSON list:
 * an entry for every tfjs kernel and shape (`KernelTime`).
 *
 * Arguments: model, batch, threads, kind of work, rounds.
 */
import * as tf from "@tensorflow/tfjs";
import { activateBackend } from "../backend/activate.ts";
import type { WasmBackend } from "../backend/wasm/backend.ts";
import { WASM_BACKEND } from "../backend/wasm/register.ts";
import type { ConvolutionPlan } from "../backend/wasm/operations/deferred_convolution.ts";
import { describeKernel } from "./describe_kernel.ts";
import { median } from "./figure.ts";
import { modelWork } from "./model_work.ts";

/** Of one step; ms are medians over the rounds. */
export interface KernelTime {
  kernel: string;
  shape: string;
  calls: number;
  ms: number;
  gflop: number;
}

export interface KernelTimes {
  kernels: KernelTime[];
  /** The whole step, and what of it was spent in no kernel's wasm. */
  step: number;
  outside: number;
  /** GFLOP/s of all threads, if each kept a product in its first-level cache; of a GPU not known. */
  peak?: number;
}

const WARM_UP = 6;

interface Sum {
  kernel: string;
  shape: string;
  calls: number;
  gflop: number;
  ms: number[];
}

async function measure(
  model: string,
  batch: number,
  kind: string,
  rounds: number,
  threads: number,
): Promise<KernelTimes> {
  const backend = tf.backend() as WasmBackend;
  const work = modelWork(model, { batch, side: 224, replayed: false })[kind];
  await work(WARM_UP);

  const sums = new Map<string, Sum>();
  let current: Sum | undefined;
  let inWasm = 0;
  const run = backend.pool.run.bind(backend.pool);
  backend.pool.run = (...call) => {
    // Alone: else it is computed while JavaScript prepares the next ones.
    backend.pool.finish();
    const start = performance.now();
    run(...call);
    backend.pool.finish();
    const ms = performance.now() - start;
    inWasm += ms;
    if (current) current.ms[current.ms.length - 1] += ms;
  };
  observeKernels((kernel, shape, gflop) => {
    const key = `${kernel} ${shape}`;
    const sum = sums.get(key) ?? { kernel, shape, calls: 0, gflop: 0, ms: [] };
    sums.set(key, sum);
    sum.calls++;
    sum.gflop += gflop;
    while (sum.ms.length < round + 1) sum.ms.push(0);
    return {
      kernel,
      shape,
      gflop,
      observe(compute) {
        const before = current;
        current = sum;
        try {
          return compute();
        } finally {
          current = before;
        }
      },
      takeBack() {
        sum.calls--;
        sum.gflop -= gflop;
      },
    };
  });
  const steps: number[] = [], outside: number[] = [];
  let round = 0;
  for (; round < rounds; round++) {
    inWasm = 0;
    const start = performance.now();
    await work(1);
    steps.push(performance.now() - start);
    outside.push(steps[round] - inWasm);
  }
  const kernels = [...sums.values()].filter(({ calls }) => calls > 0).map((
    { kernel, shape, calls, gflop, ms },
  ) => ({
    kernel,
    shape,
    calls: calls / rounds,
    gflop: gflop / rounds,
    ms: median(ms),
  }));
  return { kernels, step: median(steps), outside: median(outside), peak: peak(backend) * threads };
}

interface Call {
  kernel: string;
  shape: string;
  gflop: number;
  /** Computes it, or a part of it. */
  observe<T>(compute: () => T): T;
  /** It was no call of its own. */
  takeBack(): void;
}

/** Both gradients of a convolution are one row: the backend computes many of them together. */
function described(
  name: string,
  { inputs, attrs }: Parameters<tf.KernelFunc>[0],
): [string, string, number] {
  const [kernel, shape, gflop] = describeKernel(name, inputs, attrs);
  return [kernel.replace(/ (input's|filter's) gradient$/, " gradients"), shape, gflop];
}

/** Wraps every kernel of the backend, whether it is computed at once or when it is read. */
function observeKernels(begin: (kernel: string, shape: string, gflop: number) => Call): void {
  const backend = tf.backend() as WasmBackend;
  const waiting = new WeakMap<ConvolutionPlan, Call>();
  for (const config of tf.getKernelsForBackend(WASM_BACKEND)) {
    tf.unregisterKernel(config.kernelName, WASM_BACKEND);
    tf.registerKernel({
      ...config,
      kernelFunc: (call) => {
        let begun = begin(...described(config.kernelName, call));
        const result = begun.observe(() => config.kernelFunc(call));
        for (const output of [result].flat()) {
          // A convolution that waits for its reader, and all that follows it, share their plan.
          const { plan } = (backend.dataOf(output).lazy ?? {}) as { plan?: ConvolutionPlan };
          if (!plan || waiting.has(plan)) continue;
          const first = plan.expansion && waiting.get(plan.expansion);
          if (first) {
            for (const part of [first, begun]) part.takeBack();
            const gflop = first.gflop + begun.gflop;
            begun = begin(
              `${first.kernel}, ${begun.kernel}`,
              `${first.shape}, ${begun.shape}`,
              gflop,
            );
          }
          const { observe } = begun, { run } = plan;
          waiting.set(plan, begun);
          plan.run = (...ending) => observe(() => run(...ending));
        }
        return result;
      },
    });
  }
}

const ROWS = 48, DEPTH = 64, COLUMNS = 48, REPETITIONS = 2000;

/** GFLOP/s of one thread whose operands lie in the first-level cache. */
function peak({ heap, kernels }: WasmBackend): number {
  const block = heap.allocate(ROWS * DEPTH + DEPTH * COLUMNS + ROWS * COLUMNS);
  const packed = block.pointer + 4 * ROWS * DEPTH, c = packed + 4 * DEPTH * COLUMNS;
  let best = Infinity;
  for (let round = 0; round < 10; round++) {
    for (const wide of [0, 1] as const) {
      const start = performance.now();
      kernels.repeatProduct(block.pointer, packed, c, ROWS, DEPTH, COLUMNS, wide, REPETITIONS);
      best = Math.min(best, performance.now() - start);
    }
  }
  heap.release(block);
  return 2 * ROWS * DEPTH * COLUMNS * REPETITIONS / best / 1e6;
}

if (import.meta.main) {
  const [model, batch, threads, kind, rounds] = Deno.args;
  await activateBackend("wasm", { threads: Number(threads) });
  const measured = await measure(model, Number(batch), kind, Number(rounds), Number(threads));
  console.log(JSON.stringify(measured));
  Deno.exit(0);
}
