/** What computes is chosen for the partition, and not by a look at the machine one types on. */
import assert from "node:assert/strict";
import * as v from "valibot";
import { chooseOnCluster, clusterOf, executorFor } from "../../app/cluster.ts";
import { UsageError } from "../../app/cli/errors.ts";
import { EXECUTION } from "../../app/cli/shared_flags.ts";
import { TRAINING } from "../../app/commands/flags.ts";
import { stepParameters } from "../../app/step_parameters.ts";
import { needsOf } from "../../pipeline/process/needs.ts";
import { graftPipeline } from "../../tasks/pipeline.ts";
import { withTempFolder } from "../data/photo_folder.ts";

const ignore = Deno.build.os === "windows";
if (ignore) console.log("clusters: not tried on Windows, where there is no Slurm");

/** As of a cluster of which the partition "cpu" is the default one. */
const SINFO = `
case "$*" in
  *=gpu) echo "gpu|64|512000|1-00:00:00|gpu:a100:4"; echo "gpu|64|512000|1-00:00:00|gpu:a100:4" ;;
  *=mixed) echo "mixed|64|1|1|gpu:a100:4"; echo "mixed|64|1|1|gpu:v100:4" ;;
  *--partition*) ;;
  *) echo "cpu*|8|64000|infinite|(null)"; echo "gpu|64|512000|1-00:00:00|gpu:a100:4" ;;
esac`;

/** Each text of `--slurm` is asked about once, so all tests may share the answers. */
async function withSinfo(use: (folder: string) => Promise<void>): Promise<void> {
  await withTempFolder(async (folder) => {
    Deno.writeTextFileSync(`${folder}/sinfo`, `#!/bin/sh${SINFO}\n`);
    Deno.chmodSync(`${folder}/sinfo`, 0o755);
    const path = Deno.env.get("PATH")!;
    Deno.env.set("PATH", `${folder}:${path}`);
    try {
      await use(folder);
    } finally {
      Deno.env.set("PATH", path);
    }
  });
}

const flagsOf = (flags: Record<string, string>) => ({
  ...v.parse(TRAINING, { data: "hymenoptera", ...flags }),
  ...v.parse(EXECUTION, { executor: "slurm", ...flags }),
});

/** For each step, what would be submitted. */
async function asked(folder: string, flags: Record<string, string>) {
  const parsed = flagsOf(flags);
  const { parameters } = await stepParameters(parsed, folder, `${folder}/store`);
  await using executor = (await executorFor(parsed, `${folder}/store`))!;
  return Object.fromEntries(
    graftPipeline([]).steps.map((step) => [
      step.name,
      executor.describe!(needsOf(step, parameters[step.name] as never)),
    ]),
  );
}

Deno.test("on a partition without GPUs steps compute by wasm, on CPUs, and ask for no GPU", {
  ignore,
}, async () => {
  await withSinfo(async (folder) => {
    const { parameters } = await stepParameters(
      flagsOf({ recipe: "quick" }),
      folder,
      `${folder}/store`,
    );
    const { backend, device } = parameters.train_frozen as { backend: string; device: string };
    assert.deepEqual([backend, device], ["wasm", "CPUs of partition cpu"]);
    const steps = await asked(folder, { recipe: "quick", slurm: "time=30" });
    assert.equal(steps.train_frozen, "sbatch --cpus-per-task=8 --mem=5000M --time=30");
    assert.equal(steps.build_datasets, "sbatch --cpus-per-task=8 --mem=4500M --time=30");
    assert.match(steps.download_data, /^runs here/);
    assert.match(steps.convert_weights, /^runs here/);
    await Deno.writeTextFile(`${folder}/a.pth`, "");
    const own = { weights: `${folder}/a.pth`, model: "resnet18" };
    const { convert_weights } = await asked(folder, { recipe: "quick", ...own });
    assert.equal(convert_weights, "sbatch --cpus-per-task=1 --mem=1000M");
    const less = await asked(folder, { recipe: "quick", slurm: "mem=3G" });
    assert.equal(less.train_frozen, "sbatch --mem=3G --cpus-per-task=8");
  });
});

Deno.test("on a partition with GPUs steps that compute ask for one, and no others do", {
  ignore,
}, async () => {
  await withSinfo(async (folder) => {
    const steps = await asked(folder, { slurm: "partition=gpu" });
    assert.equal(
      steps.train_frozen,
      "sbatch --partition=gpu --cpus-per-task=16 --gres=gpu:1 --mem=5000M",
    );
    assert.equal(steps.build_datasets, "sbatch --partition=gpu --cpus-per-task=16 --mem=4500M");
    const wasm = await asked(folder, { slurm: "partition=gpu", backend: "wasm" });
    assert.equal(wasm.train_frozen, "sbatch --partition=gpu --cpus-per-task=16 --mem=5000M");
  });
});

Deno.test("a key says which kind of GPU computes, as the partition or the user tells", {
  ignore,
}, async () => {
  await withSinfo(async () => {
    const chosen = async (slurm: string, request: "auto" | "webgpu" | "wasm" = "auto") =>
      chooseOnCluster(request, (await clusterOf({ executor: "slurm", slurm }))!);
    assert.equal((await chosen("partition=gpu")).device, "GPU a100");
    assert.equal((await chosen("partition=mixed,gres=gpu:v100:1")).device, "GPU v100");
    await assert.rejects(chosen("partition=mixed"), {
      name: "UsageError",
      message: /several kinds.*--slurm gres=gpu:KIND:1 \(a100, v100\)/,
    });
    await assert.rejects(chosen("time=5", "webgpu"), {
      message: /^partition cpu has no GPUs: choose another by --slurm partition=NAME/,
    });
  });
});

Deno.test("what cannot be is refused before anything runs", { ignore }, async () => {
  await withSinfo(async (folder) => {
    const refusal = (slurm: string, executor: "slurm" | "local" = "slurm") =>
      assert.rejects(clusterOf({ executor, slurm }), UsageError);
    await refusal("partition=unknown");
    await refusal("job-name=x");
    await refusal("partition=gpu", "local");
    assert.equal(await clusterOf({ executor: "local" }), undefined);
    await assert.rejects(
      executorFor(v.parse(EXECUTION, { detach: true }), `${folder}/store`),
      /--detach is of --executor slurm/,
    );
  });
});

Deno.test("without Slurm's commands it is said where to go", { ignore }, async () => {
  const path = Deno.env.get("PATH")!;
  Deno.env.set("PATH", "/nowhere");
  try {
    await assert.rejects(clusterOf({ executor: "slurm", slurm: "qos=none" }), {
      name: "UsageError",
      message: /^--executor slurm: there is no sinfo here: run this on a login node/,
    });
  } finally {
    Deno.env.set("PATH", path);
  }
});
