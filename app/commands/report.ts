/** `deno task report`: the page of the newest run that evaluated its models. */
import type { Program } from "../cli/application.ts";
import { defineCommand } from "../cli/command.ts";
import { EXIT } from "../cli/exit.ts";
import { STORE } from "../cli/shared_flags.ts";
import { writeNewestReport } from "../run_report.ts";

export const report = (program: Program) =>
  defineCommand({
    name: "report",
    group: "Look",
    summary: "write report.html of the newest run that evaluated its models",
    flags: STORE,
    async run({ store, flags, json, say }) {
      const report = await writeNewestReport(await program.pipeline(), store);
      if (flags.json) json(report);
      else say(report.path);
      return EXIT.done;
    },
  });
