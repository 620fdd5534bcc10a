import { PipeReader } from "./pipe_reader.ts";

/**
 * Makes the process that this runs in answer its pool's requests, one after the other, until there
 * are no more: see `process_pool.ts`.
 * @param read takes a request from the pipe; undefined where there is none
 * @param answer gives what is written, in parts
 */
export async function answerPipe<Request>(
  read: (input: PipeReader) => Promise<Request | undefined>,
  answer: (request: Request) => Promise<readonly Uint8Array[]>,
): Promise<never> {
  console.log = console.error; // nothing but answers goes to stdout
  const input = new PipeReader(Deno.stdin.readable);
  const output = Deno.stdout.writable.getWriter();
  await output.write(Uint8Array.of(1)); // it is there
  while (true) {
    const request = await read(input);
    if (request === undefined) break;
    for (const part of await answer(request)) await output.write(part);
  }
  Deno.exit(0);
}
