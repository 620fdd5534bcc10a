/** `deno task evaluate`: the step of that name; with `--on`, a finished model on other photos. */
import * as v from "valibot";
import { type Program, withSettings } from "../cli/application.ts";
import { type CommandContext, type ContextOf, defineCommand, flagsAlone } from "../cli/command.ts";
import { UsageError } from "../cli/errors.ts";
import { flag, grouped, text } from "../cli/flag.ts";
import { COMMON, STORES } from "../cli/shared_flags.ts";
import { MODEL, type ModelFlags, type TrainingFlags } from "./flags.ts";
import { RUN_FLAGS, type RunContext, runSteps } from "./run.ts";

const { run, classes } = MODEL.entries;
const ON = grouped("A finished model on other photos", {
  on: flag(text, {
    value: "DIR",
    help: "score it on this folder, with a folder a class, and train nothing",
  }),
  run,
  classes,
});

/** What can be said beside `--on`. */
const BESIDE_ON = [
  ...Object.keys({ ...ON.entries, ...MODEL.entries, ...STORES.entries, ...COMMON.entries }),
  "backend",
  "threads",
];

const flags = v.object({ ...ON.entries, ...RUN_FLAGS.entries });
type EvaluateContext = ContextOf<typeof flags>;

/** What `--on` is asked with. */
export type EvaluateOnContext = CommandContext<
  ModelFlags & { on: string; backend: "wasm" | "webgpu" | "auto"; threads?: number }
>;

/** @param v8Flags arguments of `deno run` for processes that compute and parse nothing */
export const evaluate = (program: Program, v8Flags: () => Promise<readonly string[]>) =>
  defineCommand({
    name: "evaluate",
    group: "Use",
    summary: "score the models on photos new to them, or one --on others",
    details:
      "Without --on it is the step of this name, which takes the flags of `pipeline`. With " +
      "it, the model that --run, --branch or --weights names is asked about photos of your own.",
    operands: flagsAlone(": deno task evaluate --on DIR"),
    flags: withSettings(program, flags),
    run: async (context) => {
      if (context.flags.on === undefined) return await runStep(program, context);
      const asked = onlyAsked(context, context.flags.on);
      // They start while the rest is loaded, for which no other command should wait.
      const { Croppers } = await import("../../data/croppers.ts");
      using croppers = new Croppers(asked.flags.threads ?? navigator.hardwareConcurrency);
      const { evaluateOn } = await import("../predictions/evaluate_on.ts");
      return await evaluateOn(asked, croppers, await v8Flags());
    },
  });

async function runStep(program: Program, context: EvaluateContext): Promise<number> {
  for (const name of Object.keys(ON.entries)) {
    if (context.given.has(name)) {
      throw new UsageError(
        `--${name} says which model is asked about the photos of --on DIR, which is not given`,
      );
    }
  }
  const { on: _on, run: _run, classes: _classes, ...flags } = context.flags;
  const stepContext: RunContext = { ...context, flags, operands: ["evaluate"] };
  return await runSteps(program, stepContext);
}

/** @throws {UsageError} for a flag of training beside `--on` */
function onlyAsked(context: EvaluateContext, on: string): EvaluateOnContext {
  const strange = [...context.given].find((name) => !BESIDE_ON.includes(name));
  if (strange !== undefined) {
    throw new UsageError(
      `--${strange} is of training, and --on trains nothing: give --on without it`,
    );
  }
  const [axis] = context.axes;
  if (axis) throw new UsageError(`--${axis.name} has several values, and --on asks one model`);
  // The settings of training are among the flags of the command, whose schema knows them.
  const flags = context.flags as EvaluateContext["flags"] & TrainingFlags;
  const { run, classes, branch, weights, model, threads, json, verbose, help, version } = flags;
  return {
    ...context,
    flags: {
      ...{ on, run, classes, weights, threads, json, verbose, help, version },
      branch: branch === "both" ? undefined : branch,
      model: model === "auto" ? undefined : model as ModelFlags["model"],
      // The adapter takes longer to start than a photo takes on the CPU: a GPU only when asked for.
      backend: context.given.has("backend") ? flags.backend : "wasm",
    },
  };
}
