/**
 * `deno task bench threads`: how evenly a step's kernels are cut, for more threads than the machine
 * has. Each chunk is timed on one thread; the queue is then simulated. What threads cost each other
 * (memory, shared caches, what JavaScript does in between) is not in it.
 */
import { parseArgs } from "node:util";
import { type KernelRun, scheduleOf } from "./schedule.ts";
import { askWorker, trainingFlags } from "./worker_process.ts";

/** Kernels that are shown, those that are waited for longest. */
const SHOWN = 6;

export async function benchThreads(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      model: { type: "string", default: "mobilenet_v2" },
      batch: { type: "string", default: "4" },
      work: { type: "string", default: "train_step" },
      threads: { type: "string", default: "1,2,4,8,16" },
      rounds: { type: "string", default: "10" },
      "no-flags": { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  });
  const { model, batch, work, rounds } = values;
  const runs = await askWorker<KernelRun[]>(
    "threads_worker.ts",
    values["no-flags"] ? [] : await trainingFlags(),
    [model, batch, work, rounds],
  );
  for (const threads of values.threads.split(",").map(Number)) {
    const { ms, idle, waiting } = scheduleOf(runs, threads);
    const longest = [...waiting].sort(([, a], [, b]) => b - a).slice(0, SHOWN)
      .map(([kernel, ms]) => ({ kernel, ms }));
    if (values.json) {
      const figure = { bench: "threads", model, work, batch: Number(batch), threads, ms, idle };
      console.log(JSON.stringify({ ...figure, waiting: longest }));
      continue;
    }
    const waited = longest.filter(({ ms }) => ms > 0)
      .map(({ kernel, ms }) => `${kernel} ${ms.toFixed(1)}`).join(", ");
    console.log(
      `${model} ${work}, ${String(threads).padStart(2)} threads: ${
        ms.toFixed(1).padStart(7)
      } ms, ` +
        `${(100 * idle).toFixed(1).padStart(4)}% idle${waited && `; ms waited for: ${waited}`}`,
    );
  }
}
