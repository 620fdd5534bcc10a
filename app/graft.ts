/** graft's command line, put together: its commands, and the pipeline that they are about. */
import { fileURLToPath } from "node:url";
import project from "../deno.json" with { type: "json" };
import { v8FlagArguments } from "../backend/v8_flags.ts";
import { withPublicUrls } from "../data/download/public_url.ts";
import { graftPipeline } from "../tasks/pipeline.ts";
import { sweepPipeline } from "../tasks/sweep_pipeline.ts";
import { type Application, defineSettings, type Program } from "./cli/application.ts";
import { quoted } from "./cli/parse_flags.ts";
import { certify } from "./commands/certify.ts";
import { compare } from "./commands/compare.ts";
import { dag } from "./commands/dag.ts";
import { evaluate } from "./commands/evaluate.ts";
import { exportCommand } from "./commands/export.ts";
import { TRAINING, type TrainingFlags } from "./commands/flags.ts";
import { gc } from "./commands/gc.ts";
import { home } from "./commands/home.ts";
import { inspect } from "./commands/inspect.ts";
import { pin } from "./commands/pin.ts";
import { plan } from "./commands/plan.ts";
import { predict } from "./commands/predict.ts";
import { report } from "./commands/report.ts";
import { review } from "./commands/review.ts";
import { run } from "./commands/run.ts";
import { runs } from "./commands/runs.ts";
import { serve } from "./commands/serve.ts";
import { start } from "./commands/start.ts";
import { teach } from "./commands/teach.ts";
import { unpin } from "./commands/unpin.ts";
import { verify } from "./commands/verify.ts";
import { why } from "./commands/why.ts";
import { concludeRun } from "./conclusion/conclude_run.ts";
import { concludeSweep } from "./conclusion/conclude_sweep.ts";
import { isOneSetting, shapeOf } from "./shape.ts";
import { stepParameters } from "./step_parameters.ts";
import { STEP_SUMMARIES } from "./step_summaries.ts";

/** The store beside the program, for who works in its folder. */
export const STORE_BESIDE = fileURLToPath(new URL("../.graft", import.meta.url));

/**
 * @param defaultStore an absolute path
 * @param called what stands before a command's name where it is typed
 */
export function graft(defaultStore: string, called = "deno task"): Application {
  // The first check of a Deno takes a third of a second, and writes down what it found.
  const v8Flags = () => v8FlagArguments(`${STORE_BESIDE}/v8_flags.json`);
  const program: Program = {
    pipeline: async (flags) =>
      graftPipeline(
        await v8Flags(),
        flags === undefined ? undefined : shapeOf(flags as TrainingFlags),
      ),
    asTyped: (text) => called === "deno task" ? text : asCalled(text),
    settings: defineSettings(TRAINING, stepParameters, isOneSetting),
    variables: {
      GRAFT_MIRROR: "the folder in which files are looked for before they are downloaded",
    },
    sweep: (pipeline, settings) => {
      const swept = sweepPipeline(pipeline, settings);
      return {
        ...swept,
        conclude: (record, store) => concludeSweep(swept.conclude(record), record, store),
      };
    },
    expect: async (step, flags, { folder, store, signal }) => {
      if (step !== "download_data") return undefined;
      const { forecastPhotos } = await import("./forecast_photos.ts");
      return await forecastPhotos(flags as TrainingFlags, folder, store, signal);
    },
    conclude: async (record, store) => {
      const flags = store === defaultStore ? [] : ["--store", quoted(store)];
      return await concludeRun(program, store, record, flags);
    },
  };
  const application: Application = {
    name: "graft",
    version: project.version,
    about: "transfer learning for images",
    defaultCommand: "pipeline",
    defaultStore,
    called,
    reworded: (text) => withPublicUrls(program.asTyped!(text)),
    steps: STEP_SUMMARIES,
    // In the order of the overview: what people do first comes first.
    commands: [
      start(program),
      run(program),
      inspect,
      review(program),
      teach(program),
      predict(v8Flags),
      evaluate(program, v8Flags),
      exportCommand,
      serve(v8Flags),
      home(program),
      plan(program),
      why(program),
      dag(program),
      runs,
      compare,
      report(program),
      certify,
      pin,
      unpin,
      gc,
      verify(program),
    ],
  };
  const names = [...application.commands.map(({ name }) => name), ...Object.keys(STEP_SUMMARIES)];
  const calls = new RegExp(`\\bdeno task (?=(${names.join("|")})\\b)`, "g");
  const asCalled = (text: string) => text.replace(calls, `${called} `);
  return application;
}
