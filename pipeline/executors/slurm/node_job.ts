/**
 * What a job does on its node: runs the step as it would be run at home, and leaves its word in files.
 * It is started by Slurm with the folder of the jobs that were submitted together.
 */
import { sha256 } from "../../digest.ts";
import { messageOf } from "../../errors.ts";
import type { Outcome } from "../../executor.ts";
import { encodeMessage, type Message } from "../../process/protocol.ts";
import { statOrNull } from "../../store/folder.ts";
import { readJson } from "../../store/json_file.ts";
import { readTree } from "../../store/read_tree.ts";
import { digestOfTree } from "../../tree.ts";
import { LocalProcesses } from "../local_process.ts";
import { lend } from "./fenced_checkpoints.ts";
import { helperAt, JOB_FOLDER, Ticket, type WrittenWork } from "./ticket.ts";

/** @returns an exit code, which nobody relies on */
async function work(batch: string): Promise<number> {
  const env = (name: string) => Deno.env.get(`SLURM_${name}`);
  const tickets = readJson<string[]>(`${batch}/tickets.json`) ?? [];
  const ticket = new Ticket(tickets[Number(env("ARRAY_TASK_ID"))] ?? "/nowhere");
  const written = ticket.work;
  // It is over: a driver gave this job up, and another one did its work.
  if (!written) return 0;
  const job = `${env("JOB_ID")}.${env("RESTART_COUNT") ?? 0}`;
  const folder = ticket.begin(job);
  const interruption = new AbortController();
  Deno.addSignalListener("SIGTERM", () => interruption.abort());
  const outcome = await run(written, folder, interruption.signal);
  // Whoever ended it knows why: a limit, a more important job, a person.
  if (interruption.signal.aborted) return 1;
  ticket.outcome = { job, node: Deno.env.get("SLURMD_NODENAME") ?? Deno.hostname(), outcome };
  return outcome.status === "done" ? 0 : 1;
}

async function run(
  { module, args, request, timeLimit, helpers = {}, code, environment }: WrittenWork,
  folder: string,
  signal: AbortSignal,
): Promise<Outcome> {
  const own = here(request, folder);
  Deno.mkdirSync(own.output);
  if (request.checkpoints) {
    own.checkpoints = `${folder}/checkpoints`;
    lend(request.checkpoints, own.checkpoints);
  }
  for (const [name, value] of Object.entries(environment)) {
    if (value === null) Deno.env.delete(name);
    else Deno.env.set(name, value);
  }
  using messages = Deno.openSync(`${folder}/messages.ndjson`, { append: true, create: true });
  const tell = (message: Message) =>
    void messages.writeSync(new TextEncoder().encode(encodeMessage(message)));
  await using processes = new LocalProcesses();
  const started = performance.now();
  const outcome = await processes.execute({
    key: "",
    afresh: false,
    here: false,
    resources: {},
    code,
    environment: [],
    module: new URL(module),
    argumentsFor: (request) =>
      Object.entries(request.helpers ?? {}).reduce(
        (args, [name, address]) => args.map((arg) => arg.replaceAll(helperAt(name), address)),
        here(args, folder),
      ),
    helpers: Object.fromEntries(
      Object.entries(helpers).map(([name, href]) => [name, new URL(href)]),
    ),
    request: own,
    timeLimit,
    logFile: `${folder}/log.txt`,
    conceal: (line) => line,
  }, {
    // deno-lint-ignore require-await -- the interface's
    onReady: async () => assertSame(code),
    onMessage: tell,
    signal,
  });
  if (outcome.status === "failed") return { ...outcome, error: withMemory(outcome.error) };
  try {
    const content = digestOfTree(await readTree(own.output, { sync: true }));
    return { ...outcome, content, seconds: (performance.now() - started) / 1000 };
  } catch (error) {
    return { status: "failed", error: { message: messageOf(error), logTail: [] } };
  }
}

/** The same with the job's own folder wherever a step's is meant. */
const here = <T>(value: T, folder: string): T =>
  JSON.parse(JSON.stringify(value).replaceAll(JOB_FOLDER, JSON.stringify(folder).slice(1, -1)));

/** @throws {Error} naming the first file that is not as it was when the job was submitted */
function assertSame(code: WrittenWork["code"]): void {
  for (const [path, digest] of Object.entries(code)) {
    const info = statOrNull(path);
    if (info?.isDirectory) continue;
    const isSame = digest === null
      ? !info
      : info && sha256(Deno.readFileSync(path)).startsWith(digest);
    if (isSame) continue;
    throw new Error(
      `${path} changed since the job was submitted: run again to have a result that is true`,
    );
  }
}

/** A process that is killed for what it uses does not learn why. */
function withMemory<T extends { message: string }>(error: T): T {
  const megabytes = Deno.env.get("SLURM_MEM_PER_NODE");
  if (!megabytes || !/ran out of memory/.test(error.message)) return error;
  const message = `${error.message}, or it needed more than the ${megabytes} MB of its job: ` +
    "give it more by --slurm mem=…";
  return { ...error, message };
}

if (import.meta.main) Deno.exit(await work(Deno.args[0]));
