/** `deno task report [RUN]`: draws the page of a run. */
import * as v from "valibot";
import type { RunRecord } from "../../pipeline/run_record.ts";
import { listRuns } from "../../pipeline/upkeep/history.ts";
import type { Program } from "../cli/application.ts";
import { defineCommand } from "../cli/command.ts";
import { EXIT } from "../cli/exit.ts";
import { STORE } from "../cli/shared_flags.ts";
import { drawRun, evaluationOf } from "../run_report.ts";
import { runNamed } from "./run_named.ts";

export const report = (program: Program) =>
  defineCommand({
    name: "report",
    group: "Look",
    summary: "draw report.html of a run; of the newest with an evaluation where none is named",
    operands: {
      schema: v.union([v.strictTuple([]), v.strictTuple([v.string()])]),
      usage: "[RUN]",
      takes: "at most one run, such as `report latest~1`",
    },
    flags: STORE,
    async run({ operands: [name], store, flags, json, say }) {
      const record = name === undefined ? await newest(store) : await runNamed(store, name);
      const { report: path } = await drawRun(await program.pipeline(), store, record);
      if (!path) {
        throw new Error(
          `run ${record.id} has no evaluation to draw: name another run, or run ` +
            "`deno task evaluate`",
        );
      }
      if (flags.json) json({ path, run: record.id });
      else say(path);
      return EXIT.done;
    },
  });

async function newest(store: string): Promise<RunRecord> {
  const record = (await listRuns(store)).find((record) => evaluationOf(record) !== undefined);
  if (record) return record;
  throw new Error(`${store} holds no evaluated model: run \`deno task pipeline\` first`);
}
