/**
 * `deno task bench kernels`: where a step's time goes, kernel by kernel and shape by shape; on wasm
 * with the share of what the machine's cores could do at best: the next slow kernel is the first row
 * with a small share.
 */
import { parseArgs } from "node:util";
import type { KernelTimes } from "./kernel_worker.ts";
import { askWorker, trainingFlags } from "./worker_process.ts";

const LEAST_SHOWN_MS = 0.05;

export async function benchKernels(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      model: { type: "string", default: "mobilenet_v2" },
      batch: { type: "string", default: "4" },
      work: { type: "string", default: "train_step" },
      backend: { type: "string", default: "wasm" },
      threads: { type: "string", default: String(navigator.hardwareConcurrency) },
      rounds: { type: "string", default: "20" },
      "no-flags": { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  });
  const { model, batch, threads, work, rounds } = values;
  const times = values.backend === "webgpu"
    ? await askWorker<KernelTimes>("gpu_kernel_worker.ts", [], [model, batch, work, rounds])
    : await askWorker<KernelTimes>(
      "kernel_worker.ts",
      values["no-flags"] ? [] : await trainingFlags(),
      [model, batch, threads, work, rounds],
    );
  const rows = times.kernels.toSorted((a, b) => b.ms - a.ms).map((row) => {
    const gflops = row.ms > 0 ? row.gflop / row.ms * 1e3 : 0;
    return { ...row, gflops, ...times.peak && { share: gflops / times.peak } };
  });
  if (values.json) {
    for (const row of rows) console.log(JSON.stringify({ bench: "kernels", model, work, ...row }));
    return;
  }
  console.log(
    `${model} ${work}: ${times.step.toFixed(1)} ms, of which ${
      times.outside.toFixed(1)
    } ms outside of kernels ${
      times.peak
        ? `(with what measuring costs); at best ${times.peak.toFixed(0)} GFLOP/s.\n` +
          "Winograd's convolutions may exceed it: they are counted as direct ones."
        : "(less than nothing where kernels run side by side in a step, as here they do not)."
    }\n\n     ms calls GFLOP/s share`,
  );
  for (const { ms, calls, gflops, share, kernel, shape } of rows) {
    if (ms < LEAST_SHOWN_MS) continue;
    const speed = gflops > 0
      ? gflops.toFixed(0).padStart(7) +
        (share === undefined ? " ".repeat(6) : `${(100 * share).toFixed(0).padStart(5)}%`)
      : " ".repeat(13);
    console.log(
      `${ms.toFixed(2).padStart(7)} ${String(calls).padStart(5)} ${speed}  ${kernel} ${shape}`,
    );
  }
}
