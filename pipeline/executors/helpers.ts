/** Starts the helpers of a step that runs on this machine. */
import { fileURLToPath } from "node:url";
import { removeIfThere } from "../store/folder.ts";
import type { Guard } from "./guard.ts";

/**
 * Listens for the step: each of its connections gets a process of its own, which has no permission at
 * all, and ends when the connection does. It is ours, so that it can be killed, and the step needs no
 * permission to run anything.
 */
export class Helpers implements Disposable {
  /** Where each is to be had. */
  readonly addresses: Record<string, string> = {};
  readonly #listeners: Deno.Listener[] = [];
  readonly #folder?: string;
  readonly #children = new Set<Deno.ChildProcess>();

  /** @param onError gets what helpers complain of */
  constructor(
    modules: Readonly<Record<string, URL>>,
    private readonly guard: Guard,
    private readonly onError: (text: string) => void,
    { sockets = Deno.build.os !== "windows" } = {},
  ) {
    // Whoever else is on this machine may not look into it; a socket's path must be short.
    if (sockets && Object.keys(modules).length > 0) {
      this.#folder = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "helpers." }));
    }
    for (const [i, [name, module]] of Object.entries(modules).entries()) {
      const path = `${this.#folder}/${i}`;
      const listener = sockets
        ? Deno.listen({ transport: "unix", path })
        : Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const { addr } = listener;
      this.addresses[name] = "port" in addr ? `127.0.0.1:${addr.port}` : path;
      this.#listeners.push(listener);
      this.#serve(listener, fileURLToPath(module));
    }
  }

  async #serve(listener: Deno.Listener, module: string): Promise<void> {
    try {
      for await (const connection of listener) this.#help(connection, module).catch(() => {});
    } catch { /* It was closed. */ }
  }

  async #help(connection: Deno.Conn, module: string): Promise<void> {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--quiet", module],
      env: { NO_COLOR: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#children.add(child);
    using _watched = this.guard.watch(child.pid);
    const asked = connection.readable.pipeTo(child.stdin);
    const answered = child.stdout.pipeTo(connection.writable);
    const complained = this.#hear(child.stderr);
    for (const piped of [asked, answered, complained]) piped.catch(() => {});
    await Promise.race([asked, answered, child.status]).catch(() => {});
    kill(child);
    await child.status;
    this.#children.delete(child);
  }

  async #hear(stream: ReadableStream<Uint8Array>): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) this.onError(text);
  }

  [Symbol.dispose](): void {
    for (const listener of this.#listeners) listener.close();
    for (const child of this.#children) kill(child);
    if (this.#folder) removeIfThere(this.#folder);
  }
}

function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch { /* It has ended. */ }
}
