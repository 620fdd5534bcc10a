/**
 * `deno task bench gpu`: what graft does on this machine's GPU, in minutes and without a network: the
 * adapter, the tutorial whole, training steps beside PyTorch's on CUDA, the tutorial once more, when
 * the driver has compiled all of it, and then, by many processes at a time, the certificate and the
 * tests. Prints Markdown. A part that takes too long is cut off and says so.
 */
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { parseArgs } from "node:util";
import type { Check } from "./certify/check.ts";
import { type Figure, median } from "./figure.ts";
import { pathOf } from "./worker_process.ts";

const MODELS = ["mobilenet_v2", "resnet18"];
const BATCHES = [4, 16, 64];

/** As `pytorch_cuda.py` prints them; milliseconds. */
interface CudaSteps {
  model: string;
  batch: number;
  torch: string;
  eager: number;
  channels_last: number;
  graph: number;
}

/** As `pytorch_cuda_tutorial.py` prints them. */
interface CudaEpochs {
  branch: string;
  seconds: number[];
}

/** A branch of the tutorial, as its step took it. */
interface Tutorial {
  branch: string;
  /** "at first", "again" */
  when: string;
  /** With its start, checkpoints and pictures. */
  seconds: number;
  epochs: number[];
  accuracy: number;
}

/** What a part came to. */
interface Outcome {
  lines: string[];
  seconds: number;
  /** Cut off, or failed: in words. */
  trouble?: string;
}

export async function benchGpu(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      photos: { type: "string" },
      python: { type: "string", default: "python3" },
      seconds: { type: "string", default: "480" },
      processes: { type: "string", default: String(navigator.hardwareConcurrency) },
      out: { type: "string" },
    },
  });
  const end = performance.now() + Number(values.seconds) * 1000;
  const left = () => (end - performance.now()) / 1000;
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) {
    console.error(
      "bench gpu: there is no WebGPU adapter here. Install the GPU's driver with Vulkan; on a server " +
        "NVIDIA's also needs libvulkan1, libegl1, libx11-6 and libxext6",
    );
    Deno.exit(1);
  }
  const { vendor, architecture, description } = adapter.info;
  const name = description || `${vendor} ${architecture}`;
  const out = [`On ${name}, Deno ${Deno.version.deno}, ${navigator.hardwareConcurrency} CPU cores`];
  const say = (line: string) => {
    out.push(line);
    console.log(line);
  };
  console.log(out[0]);

  const runs: Tutorial[] = [];
  const runTutorial = async (when: string) => {
    if (values.photos) runs.push(...await tutorial(values.photos, left(), when, say));
  };
  await runTutorial("at first");
  const steps: Figure[] = [];
  for (const batch of BATCHES) {
    for (const model of MODELS) {
      const { lines, trouble } = await part(
        Math.min(90, left()),
        Deno.execPath(),
        ["run", "-A", pathOf("main.ts"), "step", "--backend", "webgpu", "--json", "--rounds", "3"]
          .concat(["--model", model, "--batch", String(batch), "--work", "train_step,frozen_step"]),
      );
      steps.push(...lines.flatMap(parsed<Figure>));
      if (trouble) say(`${model}, batch ${batch}: ${trouble}`);
    }
  }
  const cases = BATCHES.flatMap((batch) => MODELS.map((model) => `${model}:${batch}`)).join();
  const cuda = await part(Math.min(90, left()), values.python, [pathOf("pytorch_cuda.py"), cases]);
  if (cuda.trouble) say(`PyTorch on CUDA: ${cuda.trouble}`);
  stepTable(steps, cuda.lines.flatMap(parsed<CudaSteps>)).forEach(say);

  await runTutorial("again");
  const scripts = values.photos
    ? await part(Math.min(60, left()), values.python, [
      ...[pathOf("pytorch_cuda_tutorial.py"), values.photos, "mobilenet_v2", "3"],
    ])
    : undefined;
  if (scripts?.trouble) say(`PyTorch's tutorial on CUDA: ${scripts.trouble}`);
  tutorialTable(runs, scripts?.lines.flatMap(parsed<CudaEpochs>) ?? []).forEach(say);
  if (!values.photos) {
    say("\nThe tutorial was not run: give it with --photos FOLDER, which has train/ and val/");
  }
  await certified(Number(values.processes), left, say);
  if (values.out) await Deno.writeTextFile(values.out, out.join("\n") + "\n");
}

const ending = ({ seconds, trouble }: Outcome) =>
  `(${trouble ? `${trouble}, ` : ""}${seconds.toFixed(0)} s)`;

/** Rows of Markdown; a column stays empty where its program said nothing. */
export function stepTable(ours: readonly Figure[], theirs: readonly CudaSteps[]): string[] {
  const ms = (value?: number) => value === undefined ? "" : value.toFixed(1);
  const version = theirs[0] && ` ${theirs[0].torch}`;
  return [
    "",
    `| training step, ms | ours | its first six | PyTorch${
      version ?? ""
    } eager | channels_last | ` +
    "CUDA graph |",
    "| --- | --- | --- | --- | --- | --- |",
    ...ours.map(({ bench, model, batch, median, first }) => {
      const peer = bench === "train_step"
        ? theirs.find((row) => row.model === model && row.batch === batch)
        : undefined;
      const what = bench === "train_step" ? "" : ", frozen";
      return `| ${model}, batch ${batch}${what} | ${ms(median)} | ${ms(first)} | ${
        ms(peer?.eager)
      } | ` +
        `${ms(peer?.channels_last)} | ${ms(peer?.graph)} |`;
    }),
  ];
}

/**
 * The certificate and the tests, by so many processes at a time: most of both is the driver compiling
 * kernels. Nothing is timed any more.
 */
async function certified(
  processes: number,
  left: () => number,
  say: (line: string) => void,
): Promise<void> {
  const folder = pathOf("../tests/backend/webgpu");
  const tests = (await Array.fromAsync(Deno.readDir(folder)))
    .filter(({ name, isDirectory }) => isDirectory || name.endsWith("_test.ts"))
    .map(({ name }) => ["test", "-A", "--no-check", `${folder}/${name}`]);
  const shares = Array.from({ length: processes }, (_, i) => [
    ...["run", "-A", pathOf("../app/main.ts"), "certify", "--backend", "webgpu", "--json"],
    ...["--part", `${i + 1}/${processes}`],
  ]);
  const started = performance.now();
  const outcomes: Outcome[] = [], waiting = [...tests, ...shares].entries();
  await Promise.all(Array.from({ length: processes }, async () => {
    for (const [i, args] of waiting) outcomes[i] = await part(left(), Deno.execPath(), args);
  }));
  const seconds = (performance.now() - started) / 1000;
  const contract = together(outcomes.slice(0, tests.length), seconds);
  const checks = together(outcomes.slice(tests.length), seconds);
  const kept = checks.lines.flatMap(parsed<Partial<Check>>).filter(({ ok }) => ok !== undefined);
  const broken = kept.filter(({ ok }) => !ok);
  say(
    `\ncertify: ${kept.length - broken.length} of ${kept.length} checks keep their bound ` +
      ending(checks),
  );
  for (const { what, worst, difference, bound } of broken) {
    say(`- ${what}: ${worst} is off by ${difference}, bound ${bound}`);
  }
  say(`WebGPU tests: ${countOfTests(contract.lines)} ${ending(contract)}`);
  for (const line of contract.lines) if (/ \.\.\. FAILED|^error: /.test(line)) say(`- ${line}`);
}

/** "171 passed, 1 failed", of the last lines of several runs. */
export function countOfTests(lines: readonly string[]): string {
  const sum = (word: string) =>
    lines.flatMap((line) => line.match(new RegExp(`\\| (\\d+) ${word} `))?.[1] ?? [])
      .reduce((sum, count) => sum + Number(count), 0);
  return `${sum("passed")} passed, ${sum("failed")} failed`;
}

/** What processes at the same time came to. */
function together(outcomes: readonly Outcome[], seconds: number): Outcome {
  const troubles = outcomes.flatMap(({ trouble }) => trouble ?? []);
  return {
    lines: outcomes.flatMap(({ lines }) => lines),
    seconds,
    ...(troubles.length > 0 && {
      trouble: `of ${outcomes.length} processes ${troubles.length}: ${
        [...new Set(troubles)].join()
      }`,
    }),
  };
}

/** Rows of Markdown; PyTorch's are 25 times the median of its epochs. */
export function tutorialTable(runs: readonly Tutorial[], theirs: readonly CudaEpochs[]): string[] {
  if (runs.length === 0) return [];
  const seconds = (value: number, digits = 1) => value.toFixed(digits);
  return [
    "",
    "| the tutorial, 25 epochs | seconds | its first epoch | an epoch | best on val | PyTorch's script, about |",
    "| --- | --- | --- | --- | --- | --- |",
    ...runs.map(({ branch, when, seconds: whole, epochs, accuracy }) => {
      const peer = theirs.find((row) => row.branch === branch);
      return `| ${branch}, ${when} | ${seconds(whole)} | ${seconds(epochs[0])} | ` +
        `${seconds(median(epochs), 2)} | ${(100 * accuracy).toFixed(1)}% | ` +
        `${peer ? seconds(25 * median(peer.seconds)) : ""} |`;
    }),
  ];
}

/** Both branches by the tutorial's recipe, with MobileNetV2. */
async function tutorial(
  photos: string,
  limit: number,
  when: string,
  say: (line: string) => void,
): Promise<Tutorial[]> {
  const store = await Deno.makeTempDir({ prefix: "graft-gpu-" });
  try {
    const run = await part(Math.min(150, limit), Deno.execPath(), [
      ...["run", "-A", pathOf("../app/main.ts"), "run", "--data", photos, "--json"],
      ...["--model", "mobilenet_v2", "--recipe", "tutorial", "--backend", "webgpu"],
      ...["--store", store],
    ]);
    if (run.trouble) say(`\nThe tutorial, ${when}: ${run.trouble}`);
    interface Event {
      type: string;
      step?: string;
      seconds?: number;
      text?: string;
      value?: { bestAccuracy?: number };
    }
    const events = run.lines.flatMap(parsed<Event>);
    return ["finetune", "frozen"].flatMap((branch) => {
      const own = events.filter(({ step }) => step === `train_${branch}`);
      const seconds = own.find(({ type }) => type === "step_finished")?.seconds;
      const accuracy = own.find(({ type }) => type === "step_result")?.value?.bestAccuracy;
      const epochs = own.flatMap(({ text }) =>
        /^epoch .* \((\S+) s\)$/.exec(text ?? "")?.[1] ?? []
      );
      if (seconds === undefined || accuracy === undefined) return [];
      return [{ branch, when, seconds, accuracy, epochs: epochs.map(Number) }];
    });
  } finally {
    await Deno.remove(store, { recursive: true });
  }
}

function parsed<T>(line: string): T[] {
  try {
    return [JSON.parse(line)];
  } catch {
    return [];
  }
}

/** Runs a program for so many seconds at most. */
async function part(limit: number, program: string, args: string[]): Promise<Outcome> {
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  if (limit < 5) return { lines: [], seconds: 0, trouble: "no time was left" };
  const signal = AbortSignal.timeout(limit * 1000);
  const lines: string[] = [];
  try {
    const { stdout, status } = new Deno.Command(program, {
      args,
      signal,
      stdout: "piped",
      stderr: "inherit",
      env: { NO_COLOR: "1" },
    }).spawn();
    for await (const line of createInterface({ input: Readable.fromWeb(stdout) })) lines.push(line);
    const { code } = await status;
    if (signal.aborted) return { lines, seconds: seconds(), trouble: "cut off" };
    return { lines, seconds: seconds(), ...(code !== 0 && { trouble: `exit ${code}` }) };
  } catch (error) {
    return { lines, seconds: seconds(), trouble: (error as Error).message };
  }
}
