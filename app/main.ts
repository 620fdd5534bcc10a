/** The command line: `deno task pipeline` and everything beside it. */
import { fileURLToPath } from "node:url";
import { v8FlagArguments } from "../backend/v8_flags.ts";
import { EXIT } from "./cli/exit.ts";
import { main } from "./cli/main.ts";
import { configure } from "./configure.ts";
import { graftPipeline } from "../tasks/pipeline.ts";
import { realPath } from "./real_path.ts";
import { writeNewestReport, writeRunReport } from "./run_report.ts";
import { sweepPipeline } from "../tasks/sweep_pipeline.ts";

/** Commands that neither run a step, nor say what running one would do. */
const WITHOUT_STEPS = [
  "runs",
  "compare",
  "pin",
  "unpin",
  "gc",
  "report",
  "export",
  "serve",
  "inspect",
  "certify",
];

if (import.meta.main) {
  // Steps run in folders of their own: a relative path is meant from where the user stands.
  const mirror = Deno.env.get("GRAFT_MIRROR");
  if (mirror) {
    Deno.env.set("GRAFT_MIRROR", realPath(Deno.env.get("INIT_CWD") ?? Deno.cwd(), mirror));
  }
  const defaultStore = fileURLToPath(new URL("../.graft", import.meta.url));
  const [command = ""] = Deno.args;
  // The first check of a Deno takes a third of a second, and writes down what it found.
  const needsFlags = !WITHOUT_STEPS.includes(command) && !Deno.args.includes("--help");
  const v8Flags = needsFlags ? await v8FlagArguments(`${defaultStore}/v8_flags.json`) : [];
  const pipeline = graftPipeline(v8Flags);
  const code = await main(Deno.args, {
    pipeline,
    defaultStore,
    configure,
    conclude: (record, store) => {
      const path = writeRunReport(pipeline, store, record);
      return path && `report: ${path}`;
    },
    sweep: (settings) => sweepPipeline(pipeline, settings),
    commands: {
      predict: {
        usage: "predict PATH…",
        help: "label photos, folders, patterns, and a list on stdin (-), with a trained model",
        // Loaded only now: no other command needs tfjs in this process.
        run: async (context) =>
          (await import("./commands/predict.ts")).predictCommand(context, v8Flags),
      },
      report: {
        usage: "report",
        help: "write report.html of the newest run that evaluated its models, and say where it is",
        run: async ({ store, flags, json, say }) => {
          const report = await writeNewestReport(pipeline, store);
          if (flags.json) json(report);
          else say(report.path);
          return EXIT.done;
        },
      },
      export: {
        usage: "export",
        help: "write the trained model for other programs, as --format says, to --out",
        run: async (context) => (await import("./commands/export.ts")).exportCommand(context),
      },
      serve: {
        usage: "serve",
        help: "a page on which the model can be tried, at --port, and predictions for programs",
        run: async (context) => (await import("./commands/serve.ts")).serveCommand(context),
      },
      inspect: {
        usage: "inspect DIR|ZIP|…",
        help: "say what is wrong with photos, and what to do about it",
        run: async (context) => (await import("./commands/inspect.ts")).inspectCommand(context),
      },
      certify: {
        usage: "certify",
        help: "compare every stage with PyTorch's numbers, on --backend",
        run: async (context) => (await import("./commands/certify.ts")).certifyCommand(context),
      },
    },
  });
  Deno.exit(code);
}
