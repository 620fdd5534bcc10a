import { Joiner, PipeReader } from "./pipe_reader.ts";

/** As much as a pipe holds on Linux. */
const AT_ONCE = 1 << 16;
/** An argument for a process of a chain: see `process_chain.ts`. */
export const IS_CHAINED = "--is-chained";
/** Where such a process writes its answers. */
export const ANSWERS_FD = 3;

/**
 * Makes the process that this runs in answer its pool's requests, one after the other, until there
 * are no more: see `process_pool.ts`. It has nothing else to do meanwhile, so it waits for each request
 * and each answer to be through: that costs less than being called back.
 * @param read takes a request from the pipe; undefined where there is none
 * @param answer gives what is written, in parts
 */
export async function answerPipe<Request>(
  read: (input: PipeReader) => Promise<Request | undefined>,
  answer: (request: Request) => Promise<readonly Uint8Array[]>,
): Promise<never> {
  console.log = console.error; // nothing but answers goes to stdout
  const isChained = Deno.args.includes(IS_CHAINED);
  const buffer = new Uint8Array(AT_ONCE);
  const input = new PipeReader((room) => {
    const into = room.length < AT_ONCE ? buffer : room;
    const length = Deno.stdin.readSync(into);
    return length === null ? undefined : into.subarray(0, length);
  });
  const output = new Joiner();
  const write = isChained ? await writer(ANSWERS_FD) : writeOut;
  // That it is there it says once the one before it, if there is one, says so of itself.
  if (isChained && !await input.read(1)) Deno.exit(0);
  write(Uint8Array.of(1)); // it is there
  while (true) {
    const request = await read(input);
    if (request === undefined) break;
    for (const part of output.join(await answer(request))) write(part);
  }
  Deno.exit(0);
}

function writeOut(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
}

/** Deno's own functions know no file by its number. */
async function writer(fd: number): Promise<(bytes: Uint8Array) => void> {
  const { writeSync } = await import("node:fs");
  return (bytes) => {
    for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
  };
}
