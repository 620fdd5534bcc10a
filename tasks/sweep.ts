/** Step: what a sweep's settings came to, as a table, as rows for other programs, as a picture. */
import { branchesIn } from "../models/manifest.ts";
import { runStep, type StepContext } from "../pipeline/process/step.ts";
import { sweepChart } from "../report/sweep_chart.ts";
import { type Score, sweepTable } from "../training/sweep_table.ts";
import { markdownTable, runsAsCsv } from "../report/describe_table.ts";
import { metricsFile } from "./artifacts/metrics.ts";
import { writeJson } from "./json.ts";
import type { SweepParameters } from "./parameters.ts";

if (import.meta.main) await runStep<SweepParameters>(tabulate);

async function tabulate(step: StepContext<SweepParameters>): Promise<void> {
  const scores: Score[] = [];
  for (const { labels, evaluation } of step.parameters.settings) {
    const { branches } = await metricsFile.read(step.inputs[evaluation]);
    for (const branch of branchesIn(branches)) {
      const { correct, total } = branches[branch]!;
      scores.push({ labels, branch, correct, total });
    }
  }
  const table = sweepTable(scores);
  await writeJson(`${step.output}/table.json`, table);
  await Deno.writeTextFile(`${step.output}/table.md`, `${markdownTable(table)}\n`);
  await Deno.writeTextFile(`${step.output}/runs.csv`, runsAsCsv(scores));
  await Deno.writeFile(`${step.output}/accuracy.png`, await sweepChart(table));
  step.result(table);
}
