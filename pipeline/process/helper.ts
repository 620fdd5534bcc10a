/** A step's side of its helpers: see `StepDeclaration.helpers`. */

/** A process that was started for the step, by its pipes. */
export interface Helper {
  input: WritableStream<Uint8Array>;
  output: ReadableStream<Uint8Array>;
  /** Settled once it is over. What it complained of is in the step's log. */
  ended: Promise<string>;
  /** Ends it, whatever it is at. */
  kill(): void;
}

const READ_AT_ONCE = 1 << 18;
const SAID = "what it said is in the step's log";

/**
 * Has the orchestrator start a process, for this connection alone.
 *
 * @param address `step.helpers.NAME`
 */
export async function startHelper(address: string): Promise<Helper> {
  const connection = await connect(address);
  const { promise: ended, resolve } = Promise.withResolvers<string>();
  const end = () => {
    resolve(SAID);
    try {
      connection.close();
    } catch { /* It is closed. */ }
  };
  return {
    input: connection.writable,
    // Reads ahead, so that an end is noticed while nobody asks.
    output: new ReadableStream({
      async pull(controller) {
        const buffer = new Uint8Array(READ_AT_ONCE);
        const length = await connection.read(buffer).catch(() => null);
        if (length !== null) return controller.enqueue(buffer.subarray(0, length));
        end();
        controller.close();
      },
    }),
    ended,
    kill: end,
  };
}

/** Windows has no sockets that are files: there it is a port of this machine. */
async function connect(address: string): Promise<Deno.Conn> {
  const port = /^127\.0\.0\.1:(\d+)$/.exec(address)?.[1];
  return port === undefined
    ? await Deno.connect({ transport: "unix", path: address })
    : await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
}
