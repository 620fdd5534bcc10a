/**
 * `deno task bench folder`: a folder of large photos, drawn for it, goes through inspect, pipeline,
 * review and predict, and again with ten photos more: how long, how much disk beyond the photos, and
 * the most memory that all processes together had.
 */
import { parseArgs } from "node:util";
import * as tf from "@tensorflow/tfjs";
import { findArchitecture } from "../models/registry.ts";
import { writeSafetensors } from "../weights/safetensors.ts";
import { drawnJpeg } from "./drawn_jpeg.ts";
import { randomStateDict } from "./model_work.ts";
import { pathOf } from "./worker_process.ts";

const [WIDTH, HEIGHT] = [4000, 3000];
const MODEL = "mobilenet_v2";
const ADDED = 10;
const SAMPLE_MS = 500;

export async function benchFolder(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      photos: { type: "string", default: "300" },
      recipe: { type: "string", default: "best" },
      // Of another copy of graft, to compare with.
      main: { type: "string", default: pathOf("../app/main.ts") },
      json: { type: "boolean", default: false },
    },
  });
  const count = Number(values.photos);
  const folder = await Deno.makeTempDir({ prefix: "bench_folder_" });
  try {
    const [photos, store] = [`${folder}/photos`, `${folder}/store`];
    await draw(photos, 0, count);
    const original = bytesIn(photos);
    await tf.setBackend("cpu");
    const weights = `${folder}/weights.safetensors`;
    await writeSafetensors(weights, randomStateDict(findArchitecture(MODEL)));
    const network = ["--weights", weights, "--model", MODEL, "--backend", "wasm", "--store", store];
    const teach = [
      ...["run", "--data", photos, "--branch", "frozen", "--recipe", values.recipe],
      ...network,
    ];
    const sorted = `${folder}/sorted`;
    const commands: Record<string, string[]> = {
      inspect: ["inspect", photos],
      pipeline: teach,
      "review --list": ["review", photos, "--list", ...network],
      "predict --sort": [
        ...["predict", photos, "--store", store],
        ...["--sort", sorted, "--sort-by", "link"],
      ],
    };
    for (const [name, command] of Object.entries(commands)) {
      show(
        await measure(name, values.main, command),
        count,
        [store, sorted],
        original,
        values.json,
      );
    }
    await draw(photos, count, ADDED);
    const again = await measure(`pipeline, ${ADDED} photos more`, values.main, teach);
    show(again, count + ADDED, [store, sorted], bytesIn(photos), values.json);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function draw(photos: string, from: number, count: number): Promise<void> {
  for (let i = from; i < from + count; i++) {
    const name = i % 2 === 0 ? "warm" : "cold";
    await Deno.mkdir(`${photos}/${name}`, { recursive: true });
    const file = drawnJpeg(i, WIDTH, HEIGHT, i % 2 === 0 ? 40 : -40);
    await Deno.writeFile(`${photos}/${name}/${i}.jpg`, file);
  }
}

interface Measured {
  name: string;
  seconds: number;
  /** Of all its processes together, at a time; undefined where the system does not tell. */
  memory?: number;
  code: number;
}

async function measure(name: string, main: string, command: string[]): Promise<Measured> {
  const started = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", main, ...command],
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const said = new Response(child.stderr).text();
  let memory: number | undefined;
  const sampling = setInterval(() => {
    const now = memoryOf(child.pid);
    if (now !== undefined) memory = Math.max(memory ?? 0, now);
  }, SAMPLE_MS);
  const { code } = await child.status;
  clearInterval(sampling);
  const seconds = (performance.now() - started) / 1000;
  // Findings among drawn photos end `inspect` with 1.
  if (code !== 0 && name !== "inspect") throw new Error(`${name} failed: ${await said}`);
  return { name, seconds, memory, code };
}

/** Of a process and all below it: each one's share of what they have in common (Linux). */
function memoryOf(pid: number): number | undefined {
  try {
    const rollup = Deno.readTextFileSync(`/proc/${pid}/smaps_rollup`);
    let sum = 1024 * Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0);
    for (const { name: task } of Deno.readDirSync(`/proc/${pid}/task`)) {
      const children = Deno.readTextFileSync(`/proc/${pid}/task/${task}/children`);
      for (const child of children.split(" ").filter(Boolean)) sum += memoryOf(Number(child)) ?? 0;
    }
    return sum;
  } catch {
    return undefined;
  }
}

/** What lies below a folder, links not followed; 0 where there is none. */
function bytesIn(folder: string): number {
  let sum = 0;
  try {
    for (const { name, isDirectory } of Deno.readDirSync(folder)) {
      const path = `${folder}/${name}`;
      sum += isDirectory ? bytesIn(path) : Deno.lstatSync(path).size;
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return sum;
}

function show(
  { name, seconds, memory }: Measured,
  photos: number,
  folders: string[],
  original: number,
  json: boolean,
): void {
  const disk = folders.reduce((sum, folder) => sum + bytesIn(folder), 0);
  const mb = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
  console.log(
    json
      ? JSON.stringify({ bench: "folder", name, photos, seconds, original, disk, memory })
      : `${name.padEnd(24)} ${photos} photos (${mb(original)}): ${seconds.toFixed(1)} s, ` +
        `${mb(disk)} of disk beside them so far, ${memory ? mb(memory) : "?"} of memory at most`,
  );
}
