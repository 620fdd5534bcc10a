/** Many settings of the pipeline as one graph, with a table of what came out at its end. */
import { defineStep } from "../pipeline/declaration.ts";
import { expand, type Setting } from "../pipeline/expand.ts";
import { definePipeline, type Pipeline } from "../pipeline/graph.ts";
import type { RunRecord } from "../pipeline/run_record.ts";
import type { SweepTable } from "../training/sweep_table.ts";
import * as schema from "./parameters.ts";
import { drawing } from "./permissions.ts";
import { describeTable } from "../report/describe_table.ts";

/** The step that gathers what the settings came to. */
export const SWEEP_STEP = "sweep";

export function sweepPipeline(pipeline: Pipeline, settings: readonly Setting[]) {
  // The tutorial's ending, one photo under a trained model, says nothing of a setting.
  const steps = pipeline.steps.filter(({ name }) => name !== "predict");
  const expanded = expand({ steps }, settings);
  const evaluations = expanded.instances.map(({ evaluate }) => evaluate);
  const table = defineStep({
    name: SWEEP_STEP,
    module: new URL("./sweep.ts", import.meta.url),
    parameters: schema.sweep,
    inputs: [...new Set(evaluations)],
    outputs: ["table.json", "table.md", "runs.csv", "accuracy.png"],
    ...drawing,
  });
  const rows = settings.map(({ labels }, i) => ({ labels, evaluation: evaluations[i] }));
  return {
    pipeline: definePipeline([...expanded.steps, table], pipeline.name),
    parameters: { ...expanded.parameters, [SWEEP_STEP]: { settings: rows } },
    conclude: ({ steps }: RunRecord): (string | { text: string; path: string })[] => {
      const table = steps.find(({ step }) => step === SWEEP_STEP);
      if (table?.result) {
        return [
          describeTable(table.result as unknown as SweepTable),
          { text: "chart: ", path: `${table.artifact}/accuracy.png` },
          { text: "table: ", path: `${table.artifact}/table.md` },
        ];
      }
      if (!table) return ["no table: only `deno task pipeline`, whole, ends in one"];
      const evaluated = steps.filter(({ step, artifact }) =>
        artifact && evaluations.includes(step)
      );
      return [
        `no table yet: ${evaluated.length} of ${
          new Set(evaluations).size
        } settings are evaluated; ` +
        "the same command goes on with the others",
      ];
    },
  };
}
