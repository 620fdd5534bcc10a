/** `deno task report [RUN]`: draws the page of a run. */
import * as v from "valibot";
import { listRuns } from "../../pipeline/upkeep/history.ts";
import type { Program } from "../cli/application.ts";
import { defineCommand } from "../cli/command.ts";
import { EXIT } from "../cli/exit.ts";
import { STORE } from "../cli/shared_flags.ts";
import { describeAdvice } from "../../report/describe_advice.ts";
import { metricsFile } from "../../tasks/artifacts/metrics.ts";
import { drawRun, evaluationOf } from "../conclusion/run_report.ts";
import { runNamed } from "./run_named.ts";

export const report = (program: Program) =>
  defineCommand({
    name: "report",
    group: "Look",
    summary: "write report.html of a run, by default the newest with an evaluation",
    operands: {
      schema: v.union([v.strictTuple([]), v.strictTuple([v.string()])]),
      usage: "[RUN]",
      takes: "at most one run, such as `report latest`",
    },
    flags: STORE,
    async run({ flags, operands: [name], store, json, say }) {
      const record = name === undefined
        ? (await listRuns(store)).find((record) => evaluationOf(record) !== undefined)
        : await runNamed(store, name);
      if (!record) {
        throw new Error(`${store} holds no evaluated model: run \`deno task pipeline\` first`);
      }
      const { report: path } = await drawRun(
        await program.pipeline(),
        store,
        record,
        program.asTyped,
      );
      if (!path) {
        throw new Error(
          `the store holds no evaluation of run ${record.id}: run \`deno task evaluate\` with its ` +
            "flags",
        );
      }
      if (flags.json) {
        const { advice = [] } = await metricsFile.read(evaluationOf(record)!);
        const inWords = advice.map((piece) => ({ ...piece, ...describeAdvice(piece) }));
        json({ path, run: record.id, advice: inWords });
      } else say(path);
      return EXIT.done;
    },
  });
