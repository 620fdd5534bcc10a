/** A Slurm of three nodes on this machine, for one test file. */
import { fileURLToPath } from "node:url";
import type { SlurmOptions } from "../../pipeline/executors/slurm/slurm_executor.ts";
import { SlurmExecutor } from "../../pipeline/executors/slurm/slurm_executor.ts";
import { parseSlurmFlags } from "../../pipeline/executors/slurm/requests.ts";
import { SlurmCommands } from "../../pipeline/executors/slurm/slurm_commands.ts";

/** Quick, as the cluster is ours alone. */
const PACE = { look: 100, ask: 500, order: 200, grace: 3000 };

const script = (name: string) => fileURLToPath(new URL(`${name}.sh`, import.meta.url));

/** Why there is none, in words. */
export function whyNoSlurm(): string | undefined {
  if (Deno.build.os !== "linux") return "Slurm is tried on Linux alone";
  if (Deno.uid() !== 0) return "its daemons are started as root";
  const path = `${Deno.env.get("PATH")}:/usr/sbin`.split(":");
  const missing = ["slurmctld", "slurmd", "sbatch", "munged"].filter((program) =>
    !path.some((folder) => {
      try {
        return Deno.statSync(`${folder}/${program}`).isFile;
      } catch {
        return false;
      }
    })
  );
  if (missing.length > 0) return `there is no ${missing.join(", ")}: .ci/run installs Debian's`;
  // Daemons bind what the host's name resolves to, which shall be no one else's to reach.
  const address = new TextDecoder().decode(
    new Deno.Command("sh", { args: ["-c", 'getent ahostsv4 "$(hostname -s)"'] }).outputSync()
      .stdout,
  );
  return address.startsWith("127.")
    ? undefined
    : "the host's name does not lead to loopback: .ci/run says so in /etc/hosts";
}

/** An executor over the cluster that `SLURM_CONF` names. */
export const executorOn = (
  store: string,
  flags = "",
  more: Partial<SlurmOptions> = {},
): SlurmExecutor =>
  new SlurmExecutor(new SlurmCommands(), {
    folder: `${store}/jobs`,
    flags: flags ? parseSlurmFlags(flags) : new Map(),
    partition: { name: "tests", nodes: [{ cores: 2, gpus: 2, memory: 2048 }], gpuKinds: [""] },
    pace: PACE,
    ...more,
  });

export class TestCluster implements AsyncDisposable {
  readonly #root = Deno.makeTempDirSync({ prefix: "slurm_" });

  /** @param port the controller's; the nodes have the next ones */
  constructor(private readonly port = 17100) {
    Deno.env.set("SLURM_CONF", `${this.#root}/slurm.conf`);
  }

  async start(settings: Record<string, string> = {}): Promise<void> {
    await this.#bash("up", [], { SLURM_TEST_PORT: `${this.port}`, ...settings });
  }

  /**
   * Looks after it until `work` is done, as whoever runs a cluster would: Slurm takes nodes out of use
   * that could not start a job, as happens after its controller forgot some.
   */
  async lookAfter<T>(work: Promise<T>, settings?: Record<string, string>): Promise<T> {
    let isDone = false;
    const end = () => void (isDone = true);
    work.then(end, end);
    while (!isDone) {
      // A busy machine's nodes take their time: there is another round.
      await this.start(settings).catch(() => {});
      await Promise.race([
        work.then(end, end),
        new Promise((resolve) => setTimeout(resolve, 3000)),
      ]);
    }
    return await work;
  }

  /** With all that its jobs run, or unseen by them; Slurm would notice in half a minute, and is told. */
  async killNode(name: string, { daemonAlone = false } = {}): Promise<void> {
    if (daemonAlone) Deno.kill(this.#pidOf(`slurmd.${name}`), "SIGKILL");
    else await this.#bash("kill_node", [name]);
    await this.command("scontrol", "update", `nodename=${name}`, "state=down", "reason=killed");
  }

  killController(): void {
    Deno.kill(this.#pidOf("slurmctld"), "SIGKILL");
  }

  #pidOf(daemon: string): number {
    return Number(Deno.readTextFileSync(`${this.#root}/pid/${daemon}.pid`));
  }

  /** What a command of Slurm's prints. */
  async command(program: string, ...args: string[]): Promise<string> {
    return await output(program, args);
  }

  async #bash(name: string, args: string[], env: Record<string, string> = {}): Promise<void> {
    await output("bash", [script(name), ...args], { SLURM_TEST_ROOT: this.#root, ...env });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#bash("down", []);
    Deno.env.delete("SLURM_CONF");
  }
}

async function output(program: string, args: string[], env: Record<string, string> = {}) {
  const child = new Deno.Command(program, { args, env, stdin: "null" });
  const { success, stdout, stderr } = await child.output();
  const [printed, said] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  if (!success) throw new Error(`${program} ${args.join(" ")}: ${said || printed}`);
  return printed;
}
