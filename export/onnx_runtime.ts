import type { InferenceSession } from "onnxruntime-web";

/**
 * An ONNX file in onnxruntime's WebAssembly, which is fetched when it is first used, on one core.
 * @throws {Error} where onnxruntime refuses the file
 */
export async function openOnnx(
  bytes: Uint8Array,
): Promise<{ session: InferenceSession; ort: typeof import("onnxruntime-web/wasm") }> {
  const ort = await import("onnxruntime-web/wasm");
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = "error";
  return { session: await ort.InferenceSession.create(bytes), ort };
}
