/**
 * A process that runs a small pipeline and kills itself at its n-th change to the disk; of a write,
 * after half of it. Steps run inside of it, so that theirs count as well. Arguments: the store, and
 * n. Without n it counts: the last line that it prints is how many changes there were.
 */
import { Checkpoints } from "../../pipeline/process/checkpoints.ts";
import type { Executor } from "../../pipeline/executor.ts";
import { definePipeline } from "../../pipeline/graph.ts";
import { run } from "../../pipeline/run.ts";
import { schemaOf, writeText } from "./rig.ts";

const text = (name: string, inputs: string[]) =>
  writeText(name, inputs, { module: new URL(import.meta.url), outputs: ["text.txt", "part"] });

export const crashPipeline = definePipeline([
  text("a", []),
  text("b", ["a"]),
  {
    ...text("counts", ["a"]),
    parameters: schemaOf({ to: 4 }),
    checkpointsAcross: ["to"],
  },
  text("d", ["b", "counts"]),
]);

export const insideProcess: Executor = {
  async execute({ request }, { onReady }) {
    await onReady();
    const { step, inputs, output } = request;
    const words = Object.values(inputs).map((path) => Deno.readTextFileSync(`${path}/text.txt`));
    const count = step === "counts" ? await countUp(request.checkpoints) : "";
    Deno.mkdirSync(`${output}/part`);
    Deno.writeTextFileSync(`${output}/part/empty.txt`, "");
    Deno.writeTextFileSync(`${output}/text.txt`, [...words, step, count].join(" "));
    return { status: "done", result: step };
  },
};

/** "0 1 2 3 ", however often it is interrupted. */
async function countUp(folder?: string): Promise<string> {
  const checkpoints = new Checkpoints(folder);
  const start = await checkpoints.latest(4);
  let counted = start ? Deno.readTextFileSync(`${start.path}/counted.txt`) : "";
  for (let i = start?.position ?? 0; i < 4; i++) {
    counted += `${i} `;
    await checkpoints.save(i + 1, (folder) => Deno.writeTextFile(`${folder}/counted.txt`, counted));
  }
  return counted;
}

const CHANGES = ["mkdirSync", "makeTempDirSync", "renameSync", "removeSync", "chmodSync"] as const;
const WRITES = ["writeTextFileSync", "writeTextFile"] as const;

/** Counts changes to the disk, and dies at the `last`. */
function countChanges(last: number): () => number {
  let changes = 0;
  const isLast = () => ++changes === last;
  const die = () => Deno.kill(Deno.pid, "SIGKILL");
  // deno-lint-ignore no-explicit-any -- functions of any kind are wrapped alike
  const wrap = (owner: any, name: string, half?: (args: any[]) => any[]) => {
    const original = owner[name];
    // deno-lint-ignore no-explicit-any
    owner[name] = function (this: unknown, ...args: any[]) {
      if (isLast()) {
        if (half) original.apply(this, half(args));
        die();
      }
      return original.apply(this, args);
    };
  };
  for (const name of CHANGES) wrap(Deno, name);
  for (const name of WRITES) {
    wrap(Deno, name, ([path, text]) => [path, text.slice(0, text.length / 2)]);
  }
  wrap(Deno.FsFile.prototype, "writeSync", ([bytes]) => [bytes.subarray(0, bytes.length / 2)]);
  for (const name of ["syncSync", "sync", "close"]) wrap(Deno.FsFile.prototype, name);
  return () => changes;
}

if (import.meta.main) {
  const [store, last] = Deno.args;
  const changes = countChanges(Number(last ?? Infinity));
  const { status } = await run(crashPipeline, { store, executor: insideProcess, jobs: 1 });
  console.log(status, changes());
}
