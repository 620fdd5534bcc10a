/**
 * `deno task bench layers`: models of stock `tf.layers` trained on our backend and on a stock one,
 * step by step in turn, with the losses of both.
 */
import { parseArgs } from "node:util";
import { median } from "./figure.ts";
import { STOCK_MODELS } from "./stock_models.ts";
import { Timer } from "./timer.ts";
import { trainingFlags, workerArguments } from "./worker_process.ts";

const WARM_UP = 3;

export async function benchLayers(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      batch: { type: "string", default: "8" },
      size: { type: "string", default: "64" },
      backend: { type: "string", default: "wasm" },
      threads: { type: "string", default: String(navigator.hardwareConcurrency) },
      rounds: { type: "string", default: "10" },
      peer: { type: "string", default: "cpu" },
      json: { type: "boolean", default: false },
    },
  });
  const { backend, peer, batch, size, threads } = values;
  const worker = (backend: string, flags: string[]) =>
    new Timer(
      Deno.execPath(),
      workerArguments("layers_worker.ts", flags, [backend, batch, size, threads]),
    );
  const flags = backend === "wasm" ? await trainingFlags() : [];
  using ours = worker(backend, flags), theirs = worker(peer, []);
  for (const model of Object.keys(STOCK_MODELS)) {
    const losses = await Promise.all(
      [ours, theirs].map((timer) => timer.time(`${model}_losses`, 5)),
    );
    await Promise.all([ours, theirs].map((timer) => timer.time(model, WARM_UP)));
    const mine: number[] = [], peers: number[] = [];
    for (let round = 0; round < Number(values.rounds); round++) {
      mine.push(...await ours.time(model, 1));
      peers.push(...await theirs.time(model, 1));
    }
    const apart = Math.max(...losses[0].map((loss, i) => Math.abs(loss - losses[1][i])));
    const figure = {
      bench: "layers",
      backend,
      model,
      batch: Number(batch),
      threads: Number(threads),
      unit: "ms",
      median: median(mine),
      min: Math.min(...mine),
      peer,
      peer_median: median(peers),
      peer_min: Math.min(...peers),
      losses: losses[0],
      losses_apart: apart,
    };
    console.log(values.json ? JSON.stringify(figure) : describe(figure));
  }
}

function describe(
  { model, backend, median, peer, peer_median, losses_apart }: {
    model: string;
    backend: string;
    median: number;
    peer: string;
    peer_median: number;
    losses_apart: number;
  },
): string {
  return `${model.padEnd(7)} ${backend} ${median.toFixed(1).padStart(8)} ms; ${peer} ` +
    `${peer_median.toFixed(1).padStart(8)} ms; ratio ${(median / peer_median).toFixed(2)}; ` +
    `five losses at most ${losses_apart.toExponential(0)} apart`;
}
