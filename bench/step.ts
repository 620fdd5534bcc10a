/**
 * `deno task bench step`: a training step, a frozen step and inference, ours and a peer's in turn,
 * so that both meet the same minutes of a noisy machine.
 */
import { parseArgs } from "node:util";
import { chooseBackend } from "../backend/choose.ts";
import { describe, type Figure, median } from "./figure.ts";
import { Timer } from "./timer.ts";
import { pathOf, trainingFlags, workerArguments } from "./worker_process.ts";

/** In which PyTorch may keep photos and weights: it depends on the network which is faster. */
const PYTORCH_FORMATS = ["default", "channels_last"];

/** Before anything counts: V8 optimises what was called some hundred times. */
const WARM_UP_MS = 1000;
/** How long one side is timed before it is the other's turn; at least one step. */
const TURN_MS = { wasm: 60, webgpu: 300 }; // a GPU's last steps come back 10 ms late

/** Steps that are not timed at all: a GPU's kernels are compiled and recorded in them. */
const FIRST_STEPS = 6;

export async function benchStep(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      model: { type: "string", default: "mobilenet_v2" },
      batch: { type: "string", default: "4" },
      backend: { type: "string", default: "wasm" },
      threads: { type: "string", default: String(navigator.hardwareConcurrency) },
      size: { type: "string", default: "224" },
      work: { type: "string" },
      rounds: { type: "string", default: "20" },
      peer: { type: "string" },
      python: { type: "string", default: "python3" },
      "no-flags": { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  });
  const { model, batch, backend, threads, size, peer } = values;
  const device = backend === "webgpu"
    ? (await chooseBackend("webgpu")).device
    : `${Deno.build.arch}, ${navigator.hardwareConcurrency} CPU threads`;
  const flags = backend === "wasm" && !values["no-flags"] ? await trainingFlags() : [];
  const worker = (name: string, flags: string[]) =>
    new Timer(
      Deno.execPath(),
      workerArguments("worker.ts", flags, [name, model, batch, threads, size]),
    );
  const ours = worker(backend, flags);
  const theirs = peer === "pytorch"
    ? new Timer(values.python, [pathOf("pytorch_worker.py"), model, batch, threads, size])
    : peer === "tfjs"
    ? worker(backend === "wasm" ? "cpu" : "stock-webgpu", [])
    : undefined;
  Deno.addSignalListener("SIGTERM", () => {
    for (const timer of [ours, theirs]) timer?.close(); // they would go on alone
    Deno.exit(143);
  });
  const kinds = [
    ...new Set(["train_step", "frozen_step", `infer_batch_${batch}`, "infer_batch_1"]),
  ].filter((kind) => !values.work || values.work.split(",").includes(kind));
  for (const kind of kinds) {
    const mine: number[] = [], peers: number[] = [];
    const step = await warmUp(ours, kind);
    const best = theirs && await fastest(
      theirs,
      peer === "pytorch" ? PYTORCH_FORMATS.map((format) => `${kind} ${format}`) : [kind],
    );
    const turnMs = TURN_MS[backend === "webgpu" ? "webgpu" : "wasm"];
    const steps = Math.max(1, Math.round(turnMs / step));
    for (let round = 0; round < Number(values.rounds); round++) {
      mine.push(...await turn(ours, kind, steps));
      if (theirs) peers.push(...await turn(theirs, best!, steps));
    }
    const figure: Figure = {
      bench: kind,
      backend: backend + (backend === "wasm" && flags.length === 0 ? " without V8 flags" : ""),
      device,
      model,
      batch: kind === "infer_batch_1" ? 1 : Number(batch),
      threads: Number(threads),
      unit: "ms",
      median: median(mine),
      min: Math.min(...mine),
      ...(theirs && {
        peer,
        ...(peer === "pytorch" && { peer_format: best!.split(" ")[1] }),
        peer_median: median(peers),
        peer_min: Math.min(...peers),
      }),
    };
    console.log(values.json ? JSON.stringify(figure) : describe(figure));
  }
  ours.close();
  theirs?.close();
}

/** The one of these kinds of work that takes least; all are warm then. */
async function fastest(timer: Timer, kinds: string[]): Promise<string> {
  const steps: number[] = [];
  for (const kind of kinds) steps.push(await warmUp(timer, kind));
  return kinds[steps.indexOf(Math.min(...steps))];
}

/** Returns how long a step takes about. */
async function warmUp(timer: Timer, kind: string): Promise<number> {
  await timer.time(kind, FIRST_STEPS);
  const step = Math.min(...await timer.time(kind, 3));
  await timer.time(kind, Math.ceil(WARM_UP_MS / step));
  return step;
}

/**
 * Some times, after one that does not count: it meets the other's caches, and threads of its that
 * still poll for work. In training and in streams of photos each step follows its own kind.
 */
async function turn(timer: Timer, kind: string, steps: number): Promise<number[]> {
  return (await timer.time(kind, 1 + steps)).slice(1);
}
