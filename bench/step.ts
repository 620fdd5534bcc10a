/**
 * `deno task bench step`: a training step, a frozen step and inference, ours and a peer's in turn,
 * so that both meet the same minutes of a noisy machine.
 */
import { parseArgs } from "node:util";
import { chooseBackend } from "../backend/choose.ts";
import { describe, type Figure, median } from "./figure.ts";
import { Timer } from "./timer.ts";
import { type Peer, startPeer } from "./peers.ts";
import { trainingFlags, workerArguments } from "./worker_process.ts";

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
      precision: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const { model, batch, backend, threads, size, peer, precision } = values;
  const device = backend === "webgpu"
    ? (await chooseBackend("webgpu")).device
    : `${Deno.build.arch}, ${navigator.hardwareConcurrency} CPU threads`;
  const flags = backend === "wasm" && !values["no-flags"] ? await trainingFlags() : [];
  await using theirs = peer === undefined
    ? undefined
    : await startPeer(peer, { model, batch, threads, size, backend, python: values.python });
  using ours = new Timer(
    Deno.execPath(),
    workerArguments("worker.ts", flags, [
      ...[backend, model, batch, threads, size],
      ...precision === undefined ? [] : [precision],
    ]),
  );
  Deno.addSignalListener("SIGTERM", async () => {
    ours[Symbol.dispose](); // they would go on alone
    await theirs?.[Symbol.asyncDispose]();
    Deno.exit(143);
  });
  const kinds = [
    ...new Set(["train_step", "frozen_step", `infer_batch_${batch}`, "infer_batch_1"]),
  ].filter((kind) =>
    values.work ? values.work.split(",").includes(kind) : !theirs || theirs.does(kind)
  );
  for (const kind of kinds) {
    const mine: number[] = [], peers: number[] = [];
    const { step, first } = await warmUp(ours, kind);
    // Of a peer that cannot do this kind of work there are no figures.
    const beside = theirs?.does(kind) ? theirs : undefined;
    const way = beside && await fastestWay(beside, kind);
    const turnMs = TURN_MS[backend === "webgpu" ? "webgpu" : "wasm"];
    const steps = Math.max(1, Math.round(turnMs / step));
    for (let round = 0; round < Number(values.rounds); round++) {
      mine.push(...await turn(ours, kind, steps));
      if (beside) peers.push(...await turn(beside.timer, kindOf(kind, way), steps));
    }
    const figure: Figure = {
      bench: kind,
      backend: backend + (precision === undefined ? "" : ` ${precision}`) +
        (backend === "wasm" && flags.length === 0 ? " without V8 flags" : ""),
      device,
      model,
      batch: kind === "infer_batch_1" ? 1 : Number(batch),
      threads: Number(threads),
      unit: "ms",
      median: median(mine),
      min: Math.min(...mine),
      ...(backend === "webgpu" && { first }),
      ...(beside && {
        peer,
        ...(way && { peer_format: way }),
        peer_median: median(peers),
        peer_min: Math.min(...peers),
      }),
    };
    console.log(values.json ? JSON.stringify(figure) : describe(figure));
  }
}

/** In which of its ways a peer takes least; all are warm then. Undefined where it has but one. */
async function fastestWay({ timer, ways }: Peer, kind: string): Promise<string | undefined> {
  if (ways.length === 0) await warmUp(timer, kind);
  const steps: number[] = [];
  for (const way of ways) steps.push((await warmUp(timer, kindOf(kind, way))).step);
  return ways[steps.indexOf(Math.min(...steps))];
}

function kindOf(kind: string, way: string | undefined): string {
  return way ? `${kind} ${way}` : kind;
}

/** How long a step takes about, Infinity where it cannot be done, and how long the first ones all. */
async function warmUp(timer: Timer, kind: string): Promise<{ step: number; first: number }> {
  const first = (await timer.time(kind, FIRST_STEPS)).reduce((sum, ms) => sum + ms, 0);
  const step = Math.min(...await timer.time(kind, 3));
  await timer.time(kind, Math.ceil(WARM_UP_MS / step));
  return { step, first };
}

/**
 * Some times, after one that does not count: it meets the other's caches, and threads of its that
 * still poll for work. In training and in streams of photos each step follows its own kind.
 */
async function turn(timer: Timer, kind: string, steps: number): Promise<number[]> {
  return (await timer.time(kind, 1 + steps)).slice(1);
}
