/** `deno task bench KIND`: how fast, beside PyTorch and stock tfjs. */
import { benchStep } from "./step.ts";

const BENCHES: Record<string, (args: string[]) => Promise<void>> = { step: benchStep };

const [kind = "", ...args] = Deno.args;
const bench = BENCHES[kind];
if (!bench) {
  console.error(
    `usage: deno task bench ${Object.keys(BENCHES).join("|")} [--model NAME] [--batch N] [--size N]
    [--work train_step,frozen_step,…] [--backend wasm|webgpu] [--threads N] [--rounds N]
    [--no-flags] [--json]
    [--peer pytorch --python PATH | --peer tfjs]`,
  );
  Deno.exit(2);
}
await bench(args);
