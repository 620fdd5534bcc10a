/**
 * Runs one kind of work on WebGPU and has the GPU's own clock measure each dispatch, alone. Prints one
 * JSON object (`KernelTimes`): an entry for every tfjs kernel and shape.
 *
 * Arguments: model, batch, kind of work, rounds.
 */
import * as tf from "@tensorflow/tfjs";
import { activateBackend } from "../backend/activate.ts";
import { WEBGPU_BACKEND } from "../backend/webgpu/register.ts";
import { describeKernel } from "./describe_kernel.ts";
import { median } from "./figure.ts";
import type { KernelTimes } from "./kernel_worker.ts";
import { modelWork } from "./model_work.ts";

/** A device's kernels are compiled and recorded in them. */
const WARM_UP = 6;
const STEPS = 20;

interface Timer {
  query: Promise<number>;
}

interface TimedBackend {
  supportTimestampQuery: boolean;
  activeTimers: Timer[] | null;
}

interface Sum {
  kernel: string;
  shape: string;
  calls: number;
  gflop: number;
  /** Of each round. */
  ms: number[];
}

async function measure(
  model: string,
  batch: number,
  kind: string,
  rounds: number,
): Promise<KernelTimes> {
  const backend = tf.backend() as unknown as TimedBackend;
  if (!backend.supportTimestampQuery) {
    throw new Error(
      "this adapter has no clock of its own (timestamp-query): kernels are not timed",
    );
  }
  const options = { batch, side: 224 };
  const replayed = modelWork(model, { ...options, replayed: true })[kind];
  await replayed(WARM_UP);
  const [step] = await replayed(STEPS);

  const work = modelWork(model, { ...options, replayed: false })[kind];
  await work(1);
  const sums = new Map<string, Sum>(), owners = new Map<Timer, Sum>();
  observeKernels((name, call, compute) => {
    const before = backend.activeTimers?.length ?? 0;
    const result = compute();
    const timers = backend.activeTimers?.slice(before) ?? [];
    if (timers.length === 0) return result;
    const [kernel, shape, gflop] = describeKernel(name, call.inputs, call.attrs);
    const sum = sums.get(`${kernel} ${shape}`) ??
      { kernel, shape, calls: 0, gflop: 0, ms: Array(rounds).fill(0) };
    sums.set(`${kernel} ${shape}`, sum);
    sum.calls++;
    sum.gflop += gflop;
    // Those of a kernel that this one called are that one's already.
    for (const timer of timers) if (!owners.has(timer)) owners.set(timer, sum);
    return result;
  });
  for (let round = 0; round < rounds; round++) {
    const timers: Timer[] = backend.activeTimers = [];
    await work(1);
    backend.activeTimers = null;
    for (const timer of timers) {
      const sum = owners.get(timer);
      if (sum) sum.ms[round] += await timer.query;
    }
  }
  const kernels = [...sums.values()].map(({ calls, gflop, ms, ...named }) => ({
    ...named,
    calls: calls / rounds,
    gflop: gflop / rounds,
    ms: median(ms),
  }));
  const inKernels = kernels.reduce((sum, { ms }) => sum + ms, 0);
  return { kernels, step, outside: step - inKernels };
}

/** Wraps every kernel of the backend. */
function observeKernels(
  observe: <T>(name: string, call: Parameters<tf.KernelFunc>[0], compute: () => T) => T,
): void {
  for (const config of tf.getKernelsForBackend(WEBGPU_BACKEND)) {
    tf.unregisterKernel(config.kernelName, WEBGPU_BACKEND);
    tf.registerKernel({
      ...config,
      kernelFunc: (call) => observe(config.kernelName, call, () => config.kernelFunc(call)),
    });
  }
}

if (import.meta.main) {
  const [model, batch, kind, rounds] = Deno.args;
  await activateBackend("webgpu", { threads: 1 });
  console.log(JSON.stringify(await measure(model, Number(batch), kind, Number(rounds))));
  Deno.exit(0);
}
