/** The command line: `deno task pipeline` and everything beside it. */
import { fileURLToPath } from "node:url";
import { v8FlagArguments } from "../backend/v8_flags.ts";
import { main } from "../cli/main.ts";
import { configure } from "./configure.ts";
import { graftPipeline } from "./pipeline.ts";
import { realPath } from "./real_path.ts";
import { sweepPipeline } from "./sweep_pipeline.ts";

if (import.meta.main) {
  // Steps run in folders of their own: a relative path is meant from where the user stands.
  const mirror = Deno.env.get("GRAFT_MIRROR");
  if (mirror) {
    Deno.env.set("GRAFT_MIRROR", realPath(Deno.env.get("INIT_CWD") ?? Deno.cwd(), mirror));
  }
  const defaultStore = fileURLToPath(new URL("../.graft", import.meta.url));
  const v8Flags = await v8FlagArguments(`${defaultStore}/v8_flags.json`);
  const pipeline = graftPipeline(v8Flags);
  const code = await main(Deno.args, {
    pipeline,
    defaultStore,
    configure,
    sweep: (settings) => sweepPipeline(pipeline, settings),
    commands: {
      predict: {
        usage: "predict PATH…",
        help: "label photos, folders, patterns, and a list on stdin (-), with a trained model",
        // Loaded only now: no other command needs tfjs in this process.
        run: async (context) =>
          (await import("./predict_command.ts")).predictCommand(context, v8Flags),
      },
      certify: {
        usage: "certify",
        help: "compare every stage with PyTorch's numbers, on --backend",
        run: async (context) => (await import("./certify_command.ts")).certifyCommand(context),
      },
    },
  });
  Deno.exit(code);
}
