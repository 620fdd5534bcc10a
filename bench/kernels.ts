/**
 * `deno task bench kernels`: where a step's time goes on the wasm backend, kernel by kernel and shape
 * by shape, with the share of what the machine's cores could do at best: the next slow kernel is the
 * first row with a small share.
 */
import { parseArgs } from "node:util";
import { v8FlagArguments } from "../backend/v8_flags.ts";
import type { KernelTimes } from "./kernel_worker.ts";

const LEAST_SHOWN_MS = 0.05;

export async function benchKernels(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      model: { type: "string", default: "mobilenet_v2" },
      batch: { type: "string", default: "4" },
      work: { type: "string", default: "train_step" },
      threads: { type: "string", default: String(navigator.hardwareConcurrency) },
      rounds: { type: "string", default: "20" },
      "no-flags": { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  });
  const { model, batch, threads, work, rounds } = values;
  const flags = values["no-flags"] ? [] : await v8FlagArguments(path("../.graft/v8_flags.json"));
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", ...flags, path("kernel_worker.ts"), model, batch, threads, work, rounds],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error("the process that measures kernels failed; its message is above");
  const times: KernelTimes = JSON.parse(new TextDecoder().decode(stdout));
  const rows = times.kernels.toSorted((a, b) => b.ms - a.ms).map((row) => {
    const gflops = row.ms > 0 ? row.gflop / row.ms * 1e3 : 0;
    return { ...row, gflops, share: gflops / times.peak };
  });
  if (values.json) {
    for (const row of rows) console.log(JSON.stringify({ bench: "kernels", model, work, ...row }));
    return;
  }
  console.log(
    `${model} ${work}: ${times.step.toFixed(1)} ms, of which ${
      times.outside.toFixed(1)
    } ms outside ` +
      `of kernels (with what measuring costs); at best ${times.peak.toFixed(0)} GFLOP/s.\n` +
      "Winograd's convolutions may exceed it: they are counted as direct ones.\n\n" +
      "     ms calls GFLOP/s share",
  );
  for (const { ms, calls, gflops, share, kernel, shape } of rows) {
    if (ms < LEAST_SHOWN_MS) continue;
    const speed = gflops > 0
      ? `${gflops.toFixed(0).padStart(7)} ${(100 * share).toFixed(0).padStart(4)}%`
      : " ".repeat(13);
    console.log(
      `${ms.toFixed(2).padStart(7)} ${String(calls).padStart(5)} ${speed}  ${kernel} ${shape}`,
    );
  }
}

const path = (name: string) => decodeURIComponent(new URL(name, import.meta.url).pathname);
