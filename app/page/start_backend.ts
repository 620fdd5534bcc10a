/** What computes in a browser. */
import * as tf from "@tensorflow/tfjs";
import { chooseBackend } from "../../backend/choose.ts";
import { registerWasmBackend, WASM_BACKEND } from "../../backend/wasm/register.ts";

/**
 * A GPU through WebGPU; else the CPU by our kernels, on all cores where the page may share memory
 * between threads; else WebGL, or tfjs's plain CPU backend. `?backend=NAME` behind the page's address
 * asks for one of them.
 *
 * @returns which, in words
 */
export async function startBackend(): Promise<string> {
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
