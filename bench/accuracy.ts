/**
 * `deno task bench accuracy`: how often graft's recipes are right beside fastai, scikit-learn's probe
 * and torchvision's tutorial: the same photos, divisions and pretrained file; everyone chooses by val
 * and is asked about test. Each run is a line of JSON and is done once: the same command goes on.
 */
import { parseArgs } from "node:util";
import { type AccuracyRun, accuracyRun, readRuns } from "./accuracy/accuracy_run.ts";
import { bestRuns } from "./accuracy/best_runs.ts";
import { finetuneRun } from "./accuracy/finetune_run.ts";
import { FINETUNE } from "../training/recipes.ts";
import { accuracyTable } from "./accuracy/accuracy_table.ts";
import { type Division, readDivision } from "./accuracy/division.ts";
import { pathOf } from "./worker_process.ts";

const OURS = ["quick", "tutorial", "best"];
const PEERS = ["sklearn", "fastai", "fastai_best", "torchvision"];

/** How ours run. */
interface Setting {
  data: string;
  /** Absent where the network is chosen: the weights of each are those that it is taught with. */
  weights?: string;
  model: string;
  /** Of `best`: both, or `frozen` alone. */
  branch: string;
  backend: string;
  threads?: string;
}

export async function benchAccuracy(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      data: { type: "string" },
      weights: { type: "string" },
      // A choice of networks, as best makes it, needs no --weights: auto, or their names.
      model: { type: "string", default: "mobilenet_v2" },
      branch: { type: "string", default: "both" },
      tools: { type: "string", default: [...OURS, ...PEERS].join() },
      sets: { type: "string", default: "hymenoptera,stamps,solar2,solar4" },
      divisions: { type: "string", default: "0,1,2" },
      backend: { type: "string", default: "wasm" },
      threads: { type: "string" },
      python: { type: "string", default: "python3" },
      out: { type: "string", default: "accuracy.ndjson" },
      seconds: { type: "string", default: "1e9" },
      table: { type: "boolean", default: false },
      finetune: { type: "string", default: "" },
      variant: { type: "string", default: "" },
      against: { type: "string", default: "best" },
    },
  });
  const { data, weights, out, model } = values;
  const chooses = model === "auto" || model.includes(",");
  if (values.table) {
    const finetuned = await readRuns(values.finetune.split(","), finetuneRun);
    const runs = [
      ...await readRuns(out.split(","), accuracyRun),
      ...bestRuns(finetuned, values.variant, FINETUNE.patience),
    ];
    return console.log(accuracyTable(runs, values.against));
  }
  if (!data || (!weights && !chooses)) {
    console.error(
      "bench accuracy: give --data (a folder that bench/accuracy/prepare.py made) and --weights (the " +
        "pretrained file that all start from), or --model auto, which chooses a network; " +
        "--table --out FILE[,FILE…] prints what there is",
    );
    Deno.exit(2);
  }
  const tools = values.tools.split(","), setting = { ...values, data };
  const done = new Set((await readRuns([out], accuracyRun)).map(keyOf));
  for (const number of values.divisions.split(",").map(Number)) {
    for (const set of values.sets.split(",")) {
      const division = await readDivision(data, set, number);
      for (const tool of OURS.filter((tool) => tools.includes(tool))) {
        if (done.has(keyOf({ tool, set, division: number }))) continue;
        if (performance.now() / 1000 > Number(values.seconds)) return;
        const run = await runOurs(tool, division, setting);
        await Deno.writeTextFile(out, JSON.stringify(run) + "\n", { append: true });
        console.error(`${tool} ${set} ${number}: test ${run.test.accuracy} (${run.seconds} s)`);
      }
    }
  }
  const peers = PEERS.filter((tool) => tools.includes(tool));
  if (peers.length === 0 || !weights) return;
  const { success } = await new Deno.Command(values.python, {
    args: [
      pathOf("accuracy/peers.py"),
      ...["--data", data, "--weights", weights, "--out", out, "--tools", peers.join()],
      ...["--sets", values.sets, "--divisions", values.divisions],
      ...values.threads ? ["--threads", values.threads] : [],
    ],
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  if (!success) throw new Error("peers.py failed; its message is above");
}

const keyOf = ({ tool, set, division }: Pick<AccuracyRun, "tool" | "set" | "division">) =>
  `${tool} ${set} ${division}`;

/** The whole pipeline in a store of its own, then `predict` on photos that it was not given. */
async function runOurs(tool: string, division: Division, setting: Setting): Promise<AccuracyRun> {
  const { data, weights, model, branch, backend, threads } = setting;
  const folder = await Deno.makeTempDir({ prefix: "bench_accuracy_" });
  try {
    for (const part of ["train", "val", "test"] as const) {
      // Test lies elsewhere: whoever is taught cannot look at it.
      const root = part === "test" ? `${folder}/asked` : `${folder}/photos`;
      for (const path of division[part]) {
        const to = `${root}/${part}/${path}`;
        await Deno.mkdir(to.slice(0, to.lastIndexOf("/")), { recursive: true });
        await Deno.copyFile(`${data}/${division.set}/${path}`, to);
      }
    }
    const store = ["--store", `${folder}/store`, "--json"];
    const computing = ["--backend", backend, ...threads ? ["--threads", threads] : []];
    const started = performance.now();
    const events = await graft([
      ...["run", "--data", `${folder}/photos`, "--recipe", tool, "--model", model],
      ...["--branch", branch, ...computing, ...store],
      ...weights ? ["--weights", await Deno.realPath(weights)] : [],
    ]);
    const seconds = (performance.now() - started) / 1000;
    const { artifact } = events.findLast(({ type, step }) =>
      type === "step_finished" && step === "evaluate"
    )!;
    const metrics = JSON.parse(await Deno.readTextFile(`${artifact}/metrics.json`));
    const answers = await graft([
      ...["predict", `${folder}/asked/test`, ...computing, ...store],
    ]);
    const labelOf = new Map(
      answers.map(({ path, label }) => [path.slice(path.indexOf("/test/") + 6), label]),
    );
    const right = division.test.map((path) => labelOf.get(path) === path.split("/")[0] ? 1 : 0);
    const vals = Object.values<{ accuracy: number }>(metrics.branches);
    return {
      bench: "accuracy",
      tool,
      set: division.set,
      division: division.division,
      model,
      device: backend,
      val: { accuracy: Math.max(...vals.map(({ accuracy }) => accuracy)) },
      test: {
        accuracy: right.filter((one) => one === 1).length / right.length,
        right: right.join(""),
      },
      seconds,
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

// deno-lint-ignore no-explicit-any -- events of all kinds
async function graft(args: string[]): Promise<any[]> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", pathOf("../app/main.ts"), ...args],
    stdin: "null",
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (!success) throw new Error(`graft ${args.join(" ")} failed: ${decode(stderr)}`);
  return decode(stdout).split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}
