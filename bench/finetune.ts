/**
 * `deno task bench finetune`: which settings of finetuning are worth their time. Each variant starts
 * from the probe, over sets, divisions and seeds; each run is a line of JSON, with what val and test
 * say after every epoch, and is done once: the same command again goes on.
 */
import { parseArgs } from "node:util";
import { finetuneTable } from "./accuracy/finetune_table.ts";
import { readRuns } from "./accuracy/accuracy_run.ts";
import { finetuneRun } from "./accuracy/finetune_run.ts";
import type { Work } from "./accuracy/finetune_worker.ts";
import { VARIANTS } from "./accuracy/variants.ts";
import { trainingFlags, workerArguments } from "./worker_process.ts";

export async function benchFinetune(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      data: { type: "string" },
      sets: { type: "string", default: "hymenoptera,stamps,solar2,solar4" },
      divisions: { type: "string", default: "0" },
      seeds: { type: "string", default: "0" },
      variants: { type: "string", default: [...VARIANTS.keys()].join(";") },
      model: { type: "string", default: "mobilenet_v2" },
      weights: { type: "string" },
      backend: { type: "string", default: "wasm" },
      threads: { type: "string" },
      tuning: { type: "string" },
      out: { type: "string", default: "finetune.ndjson" },
      seconds: { type: "string", default: "1e9" },
      table: { type: "boolean", default: false },
    },
  });
  const { data, weights, model, out, tuning, backend } = values;
  if (values.table) {
    return console.log(finetuneTable(await readRuns(out.split(","), finetuneRun)));
  }
  // Names have commas of their own: `lr 1e-4, averaging 0.98`.
  const variants = values.variants.split(";").filter((name) => VARIANTS.has(name));
  if (!data || !weights || variants.length === 0) {
    console.error(
      "bench finetune: give --data (a folder that bench/accuracy/prepare.py made), --weights (a file " +
        `for --model) and as --variants some of ${[...VARIANTS.keys()].join("; ")}`,
    );
    Deno.exit(2);
  }
  const numbers = (list: string) => list.split(",").map(Number);
  for (const set of values.sets.split(",")) {
    const work: Work = {
      data,
      set,
      divisions: numbers(values.divisions),
      seeds: numbers(values.seeds),
      variants,
      model,
      weights,
      backend: backend === "webgpu" ? "webgpu" : "wasm",
      threads: values.threads === undefined ? undefined : Number(values.threads),
      tuning,
      out,
      seconds: Number(values.seconds),
    };
    const flags = backend === "wasm" ? await trainingFlags() : [];
    const { success } = await new Deno.Command(Deno.execPath(), {
      args: workerArguments("accuracy/finetune_worker.ts", flags, [JSON.stringify(work)]),
      stdout: "inherit",
      stderr: "inherit",
    }).output();
    if (!success) throw new Error(`finetuning ${set} failed; its message is above`);
  }
}
