/** The command line: `deno task pipeline` and everything beside it. */
import { fileURLToPath } from "node:url";
import { v8FlagArguments } from "../backend/v8_flags.ts";
import { main } from "../cli/main.ts";
import { configure } from "./configure.ts";
import { graftPipeline } from "./pipeline.ts";

if (import.meta.main) {
  const code = await main(Deno.args, {
    pipeline: graftPipeline(await v8FlagArguments()),
    defaultStore: fileURLToPath(new URL("../.graft", import.meta.url)),
    configure,
    commands: {
      predict: {
        usage: "predict PATH…",
        help: "label photos, and folders of them, with a trained model",
        // Loaded only now: no other command needs tfjs in this process.
        run: async (context) => (await import("./predict_command.ts")).predictCommand(context),
      },
    },
  });
  Deno.exit(code);
}
