/**
 * Ends steps whose orchestrator was killed. A step that waits for something notices that its stdin
 * has closed; one that computes without a pause does not. So a shell stands by that is told of every
 * step, and whose own stdin closes too.
 */
const SHELL = `
trap '' INT TERM HUP
steps=' '
while read -r sign pid; do
  case $sign in
    +) steps="$steps$pid " ;;
    -) steps="\${steps%% $pid *} \${steps#* $pid }" ;;
  esac
done
[ "$steps" = ' ' ] || kill -9 $steps
`;

export class Guard implements AsyncDisposable {
  #shell?: Deno.ChildProcess;
  #orders?: WritableStreamDefaultWriter<Uint8Array>;
  #isMissing = false;

  /**
   * Until this is disposed, the process dies with the orchestrator. Where there is no `/bin/sh`, or it
   * may not be run, a step must notice by itself.
   */
  watch(pid: number): Disposable {
    if (!this.#orders && !this.#isMissing) this.#start();
    this.#tell(`+ ${pid}\n`);
    return { [Symbol.dispose]: () => this.#tell(`- ${pid}\n`) };
  }

  #start(): void {
    const command = new Deno.Command("/bin/sh", {
      args: ["-c", SHELL],
      stdin: "piped",
      stdout: "null",
      stderr: "null",
    });
    try {
      this.#shell = command.spawn();
      this.#orders = this.#shell.stdin.getWriter();
    } catch (error) {
      const { NotFound, NotCapable } = Deno.errors;
      if (!(error instanceof NotFound || error instanceof NotCapable)) throw error;
      this.#isMissing = true;
    }
  }

  #tell(order: string): void {
    this.#orders?.write(new TextEncoder().encode(order)).catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#orders?.close().catch(() => {});
    await this.#shell?.status;
  }
}
