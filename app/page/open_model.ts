/** Fetches the model that lies beside the page. */
import * as tf from "@tensorflow/tfjs";
import { chooseBackend } from "../../backend/choose.ts";
import { registerWasmBackend, WASM_BACKEND } from "../../backend/wasm/register.ts";
import { Model } from "../../models/model.ts";
import { describedArchitecture } from "../../models/seen_as.ts";
import type { References } from "../../inference/out_of_distribution.ts";
import type { NamedTensor } from "../../weights/parameter.ts";
import { parseHeader, safetensorsTypes } from "../../weights/safetensors_header.ts";
import { elementsFrom } from "../../weights/tensor.ts";
import type { PageManifest } from "./messages.ts";

export interface OpenModel {
  model: Model;
  manifest: PageManifest;
  /** The val photos' features, where they are known. */
  references?: References;
  /** What computes, in words. */
  backend: string;
}

/** @param onProgress hears of bytes of the weights */
export async function openModel(
  onProgress: (done: number, total: number) => void,
): Promise<OpenModel> {
  const manifest: PageManifest = await (await fetchFile("model.json")).json();
  const weights = await fetchBytes("weights.safetensors", onProgress);
  const tensors = tensorsOf("weights.safetensors", weights);
  const references = manifest.unlikeBeyond === null
    ? undefined
    : tensorsOf("familiar.safetensors", await fetchBytes("familiar.safetensors")).get("features");
  const backend = await startBackend();
  return {
    model: new Model(describedArchitecture(manifest), manifest.classes.length, tensors),
    manifest,
    references: references && {
      data: references.data as Float32Array<ArrayBuffer>,
      size: references.shape[1],
    },
    backend,
  };
}

/**
 * A GPU through WebGPU; else the CPU by our kernels, on all cores where the page may share memory
 * between threads; else WebGL, or tfjs's plain CPU backend. `?backend=NAME` behind the page's address
 * asks for one of them.
 */
async function startBackend(): Promise<string> {
  const asked = new URL(globalThis.location.href).searchParams.get("backend");
  const { backend, device } = await chooseBackend(asked === "webgpu" ? "webgpu" : "auto");
  const attempts: [name: string, words: string, prepare: () => unknown][] = [
    ["webgpu", `WebGPU on ${device}`, registerWebGpu],
    [WASM_BACKEND, wasmInWords(), () => registerWasmBackend({ threads: threads() })],
    ["webgl", "WebGL", () => {}],
    ["cpu", "this computer's processor, without acceleration", () => {}],
  ];
  for (const [name, words, prepare] of attempts) {
    if (asked ? name !== asked : name === "webgpu" && backend !== "webgpu") continue;
    try {
      await prepare();
      if (await tf.setBackend(name)) {
        await tf.ready();
        return words;
      }
    } catch { /* The next one is slower, but starts in more browsers. */ }
  }
  throw new Error(
    asked
      ? `this browser cannot compute by ${asked}`
      : "this browser has nothing that can compute: WebGPU, WebAssembly or WebGL",
  );
}

/** Pages that are not isolated from others cannot hand shared memory to threads. */
function threads(): number {
  const { crossOriginIsolated } = globalThis as { crossOriginIsolated?: boolean };
  return crossOriginIsolated ? navigator.hardwareConcurrency : 1;
}

async function registerWebGpu(): Promise<void> {
  const { registerWebGpuKernels } = await import("../../backend/webgpu/register.ts");
  registerWebGpuKernels();
}

function wasmInWords(): string {
  return threads() > 1 ? `WebAssembly on ${threads()} cores` : "WebAssembly on one core";
}

function tensorsOf(name: string, bytes: Uint8Array<ArrayBuffer>): Map<string, NamedTensor> {
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const start = 8 + length;
  const { entries } = parseHeader(name, bytes.subarray(8, start), bytes.length - start);
  return new Map(entries.map(([name, { dtype, shape, data_offsets: [from, to] }]) => {
    const { data } = elementsFrom(bytes.slice(start + from, start + to), safetensorsTypes[dtype]);
    return [name, { shape, data: data as Float32Array }];
  }));
}

async function fetchFile(name: string): Promise<Response> {
  const response = await fetch(new URL(`./${name}`, import.meta.url));
  if (response.ok) return response;
  throw new Error(`${name} cannot be had from where this page came from (${response.status})`);
}

async function fetchBytes(
  name: string,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetchFile(name);
  const total = Number(response.headers.get("content-length") ?? 0);
  let done = 0;
  const counted = response.body!.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        onProgress(done += chunk.length, total);
        controller.enqueue(chunk);
      },
    }),
  );
  return new Uint8Array(await new Response(counted).arrayBuffer());
}
