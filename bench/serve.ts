/**
 * `deno task bench serve`: predictions a second of a server on this computer, and how long each
 * takes, for one, 16 and 64 clients that each send the next photo when the last one is answered.
 */
import { parseArgs } from "node:util";
import * as tf from "@tensorflow/tfjs";
import { findArchitecture } from "../models/registry.ts";
import { encodeJpeg } from "../report/page/jpeg.ts";
import { writeSafetensors } from "../weights/safetensors.ts";
import { median } from "./figure.ts";
import { randomStateDict } from "./model_work.ts";
import { pathOf } from "./worker_process.ts";

/** Whatever the server does, nobody waits longer for an answer. */
const PATIENCE_MS = 60_000;

export async function benchServe(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      model: { type: "string", default: "mobilenet_v2" },
      photo: { type: "string" },
      clients: { type: "string", default: "1,16,64" },
      seconds: { type: "string", default: "10" },
      // Of another copy of graft, to compare with.
      main: { type: "string", default: pathOf("../app/main.ts") },
      json: { type: "boolean", default: false },
    },
  });
  const folder = await Deno.makeTempDir({ prefix: "bench_serve_" });
  try {
    const photo = values.photo ? await Deno.readFile(values.photo) : await photoOf(500, 375);
    await tf.setBackend("cpu");
    const weights = `${folder}/weights.safetensors`;
    await writeSafetensors(weights, randomStateDict(findArchitecture(values.model)));
    const model = ["--weights", weights, "--model", values.model, "--classes", "ones,others"];
    await using server = await startServing(values.main, model);
    const ask = asker(`${server.url}predict`, photo);
    await load(ask, 2, 2); // compiled code
    for (const clients of values.clients.split(",").map(Number)) {
      const figure = { bench: "serve", model: values.model, clients };
      const result = { ...figure, ...await load(ask, clients, Number(values.seconds)) };
      console.log(values.json ? JSON.stringify(result) : describe(result));
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

interface Load {
  /** Answers a second. */
  rate: number;
  /** Of an answer, in s. */
  median: number;
  p99: number;
  /** Sent away with 503. */
  refused: number;
}

/** Sends photos for some seconds, `clients` at a time. */
async function load(ask: () => Promise<number>, clients: number, seconds: number): Promise<Load> {
  const times: number[] = [];
  let refused = 0;
  const start = performance.now(), end = start + 1e3 * seconds;
  await Promise.all(Array.from({ length: clients }, async () => {
    while (performance.now() < end) {
      const asked = performance.now();
      if (await ask() === 200) times.push((performance.now() - asked) / 1e3);
      else {
        refused++;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  }));
  const spent = (performance.now() - start) / 1e3;
  const sorted = times.toSorted((a, b) => a - b);
  return {
    rate: times.length / spent,
    median: times.length > 0 ? median(times) : NaN,
    p99: sorted[Math.ceil(0.99 * sorted.length) - 1] ?? NaN,
    refused,
  };
}

function asker(url: string, body: Uint8Array<ArrayBuffer>): () => Promise<number> {
  return async () => {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const response = await fetch(url, { method: "POST", body, signal });
    const answer = await response.text();
    if (![200, 503].includes(response.status)) throw new Error(`${response.status}: ${answer}`);
    return response.status;
  };
}

async function startServing(main: string, model: string[]) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", main, "serve", "--port", "0", "--json", ...model],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value } = await lines.read();
  if (!value) throw new Error(`${main} serve ended; its message is above`);
  return {
    url: JSON.parse(value).url as string,
    async [Symbol.asyncDispose]() {
      child.kill("SIGINT");
      await child.status;
      await lines.cancel();
    },
  };
}

/** A JPEG of the tutorial's size, about as hard to decode as a photo. */
async function photoOf(width: number, height: number): Promise<Uint8Array<ArrayBuffer>> {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i++) {
    const pixel = Math.trunc(i / 3), x = pixel % width, y = Math.trunc(pixel / width);
    const wave = Math.sin(x / (7 + i % 3)) + Math.cos(y / 11) + Math.sin((x * y) / 4000);
    data[i] = 128 + 35 * wave + (((i * 2654435761) >>> 24) % 24) - 12;
  }
  return await encodeJpeg({ width, height, data }) as Uint8Array<ArrayBuffer>;
}

function describe({ model, clients, rate, median, p99, refused }: Load & {
  model: string;
  clients: number;
}): string {
  const ms = (seconds: number) => `${(1e3 * seconds).toFixed(0)} ms`;
  return `${model} serve, ${String(clients).padStart(2)} clients: ${rate.toFixed(1)} a second, ` +
    `median ${ms(median)}, p99 ${ms(p99)}, sent away ${refused}`;
}
