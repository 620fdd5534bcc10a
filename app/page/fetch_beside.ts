/** Files that lie beside the page's scripts, wherever that is. */
import type { NamedTensor } from "../../weights/parameter.ts";
import { parseHeader, safetensorsTypes } from "../../weights/safetensors_header.ts";
import { elementsFrom } from "../../weights/tensor.ts";

/** Parameters, of a safetensors file's bytes. */
export function tensorsOf(name: string, bytes: Uint8Array<ArrayBuffer>): Map<string, NamedTensor> {
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const start = 8 + length;
  const { entries } = parseHeader(name, bytes.subarray(8, start), bytes.length - start);
  return new Map(entries.map(([name, { dtype, shape, data_offsets: [from, to] }]) => {
    const { data } = elementsFrom(bytes.slice(start + from, start + to), safetensorsTypes[dtype]);
    return [name, { shape, data: data as Float32Array }];
  }));
}

/** @throws {Error} where there is no such file */
export async function fetchFile(name: string): Promise<Response> {
  const response = await fetch(new URL(`./${name}`, import.meta.url));
  if (response.ok) return response;
  throw new Error(`${name} cannot be had from where this page came from (${response.status})`);
}

/** @param onProgress hears of bytes */
export async function fetchBytes(
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
