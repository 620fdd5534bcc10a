/** `deno task start`: from a folder of photos to a report, with nothing to know before. */
import * as v from "valibot";
import type { Program } from "../cli/application.ts";
import { type ContextOf, defineCommand } from "../cli/command.ts";
import { grouped, toggle } from "../cli/flag.ts";
import { RUN, STORES } from "../cli/shared_flags.ts";
import { terminalFor } from "../cli/questions.ts";
import { TRAINING } from "./flags.ts";

const START_FLAGS = v.object({
  ...grouped("Instead of its questions", {
    yes: toggle({ help: "go on without asking", passing: true }),
    "no-open": toggle({ help: "leave the report closed when it is done", passing: true }),
  }).entries,
  ...TRAINING.entries,
  ...RUN.entries,
  ...STORES.entries,
});
export type StartContext = ContextOf<typeof START_FLAGS>;

export const start = (program: Program) =>
  defineCommand({
    name: "start",
    group: "Train",
    summary: "ask for photos, look at them, teach a model and open its report",
    details: "Asks at a terminal alone; elsewhere, and with --json, give it --data and --yes. " +
      "What it runs is `pipeline`, which takes the same flags.",
    flags: START_FLAGS,
    run: async (context) => {
      const { flags: { json }, signal } = context;
      const { startTeaching } = await import("../start_teaching.ts");
      return await startTeaching(program, context, terminalFor({ json, signal }));
    },
  });
