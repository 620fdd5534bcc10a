/** What browsers and Deno have by themselves. */
import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";

/** Node has had one since version 21. */
export const navigator = globalThis.navigator ??
  { hardwareConcurrency: availableParallelism(), gpu: undefined };

/** Node's own fetches no files. */
export async function fetch(...request: Parameters<typeof globalThis.fetch>): Promise<Response> {
  const [what] = request;
  if (!(what instanceof URL) || what.protocol !== "file:") {
    return await globalThis.fetch(...request);
  }
  return new Response(new Uint8Array(await readFile(what)));
}
