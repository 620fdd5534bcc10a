/**
 * `deno task bench networks`: how long each network looks at one photo, of the size that it is made for,
 * as a table; `--into README.md` puts it into the one there. Each has a process of its own, and random
 * weights.
 */
import { parseArgs } from "node:util";
import { ARCHITECTURES, findArchitecture } from "../models/registry.ts";
import { median } from "./figure.ts";
import { Timer } from "./timer.ts";
import { trainingFlags, workerArguments } from "./worker_process.ts";

const WORK = "infer_batch_1";
/** Before anything counts: V8 optimises what was called some hundred times. */
const WARM_UP_MS = 2000;
/** How long each is timed for. */
const TIMED_MS = 3000;

export async function benchNetworks(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      models: { type: "string" },
      threads: { type: "string", default: String(navigator.hardwareConcurrency) },
      into: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const { models, threads, into, json } = values;
  // Variants have other weights, which take as long.
  const architectures = models?.split(",").map((name) => findArchitecture(name)) ??
    ARCHITECTURES.filter(({ variantOf }) => !variantOf);
  const flags = await trainingFlags();
  const found = new Map<string, string>();
  if (!json) console.log("| name | side | ms |\n| --- | ---: | ---: |");
  for (const architecture of architectures) {
    const { name, preprocessing: { size } } = architecture;
    const asked = [`wasm`, name, "1", threads, String(size)];
    using timer = new Timer(Deno.execPath(), workerArguments("worker.ts", flags, asked));
    await timer.time(WORK, 3);
    const step = Math.min(...await timer.time(WORK, 3));
    await timer.time(WORK, Math.ceil(WARM_UP_MS / step));
    const times = await timer.time(WORK, Math.ceil(TIMED_MS / step));
    const ms = median(times), shown = ms < 10 ? ms.toFixed(1) : ms.toFixed(0);
    found.set(name, shown);
    for (const other of ARCHITECTURES) if (other.variantOf === name) found.set(other.name, shown);
    console.log(
      json
        ? JSON.stringify({ bench: "networks", model: name, size, unit: "ms", median: ms })
        : `| \`${name}\` | ${size} | ${shown} |`,
    );
  }
  if (into) await Deno.writeTextFile(into, withTimes(await Deno.readTextFile(into), found));
}

/** The text with the milliseconds in the fourth column of its table of networks. */
export function withTimes(text: string, times: ReadonlyMap<string, string>): string {
  return text.split("\n").map((line) => {
    const cells = line.split("|"),
      ms = times.get(/^\s*`(\w+)`\s*$/.exec(cells[1] ?? "")?.[1] ?? "");
    return ms === undefined ? line : cells.with(4, ` ${ms} `).join("|");
  }).join("\n");
}
