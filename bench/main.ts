/** `deno task bench KIND`: how fast, beside PyTorch and stock tfjs, or other orchestrators. */
import { benchDag } from "./dag.ts";
import { benchFiles } from "./files.ts";
import { benchStep } from "./step.ts";

const BENCHES: Record<string, (args: string[]) => Promise<void>> = {
  step: benchStep,
  dag: benchDag,
  files: benchFiles,
};

const [kind = "", ...args] = Deno.args;
const bench = BENCHES[kind];
if (!bench) {
  console.error(
    `usage: deno task bench step [--model NAME] [--batch N] [--size N]
    [--work train_step,frozen_step,…] [--backend wasm|webgpu] [--threads N] [--rounds N]
    [--no-flags] [--json]
    [--peer pytorch --python PATH | --peer tfjs]
  deno task bench dag [--steps 7,300,1000] [--peers snakemake,dvc,wireit] [--python PATH]
    [--rounds N] [--folder DIR] [--json]
  deno task bench files [--count N] [--json]`,
  );
  Deno.exit(2);
}
await bench(args);
