/** The report with what a run did, at a place that stays from run to run. */
import type { Pipeline } from "../pipeline/graph.ts";
import { listRuns } from "../pipeline/upkeep/history.ts";
import type { RunRecord } from "../pipeline/run_record.ts";
import { withRun } from "../report/page/run.ts";

/**
 * Writes `report.html` to the store: the page of the run's evaluation, and what ran.
 * @returns its path; undefined where the run has no evaluation
 */
export function writeRunReport(
  { steps }: Pipeline,
  store: string,
  record: RunRecord,
): string | undefined {
  const page = pageOf(record);
  if (page === undefined) return;
  const path = `${store}/report.html`;
  const report = withRun(page, {
    ...record,
    steps: steps.map(({ name, inputs }) => ({
      ...record.steps.find(({ step }) => step === name),
      step: name,
      inputs: Object.values(inputs),
    })),
  });
  // Whoever reads it meanwhile has the old page or the new one, whole.
  const draft = `${path}.${Deno.pid}`;
  Deno.writeTextFileSync(draft, report);
  Deno.renameSync(draft, path);
  return path;
}

/** As `writeRunReport`, of the newest run in the store that has an evaluation. */
export async function writeNewestReport(
  pipeline: Pipeline,
  store: string,
): Promise<{ path: string; run: string }> {
  for (const record of await listRuns(store)) {
    const path = writeRunReport(pipeline, store, record);
    if (path) return { path, run: record.id };
  }
  throw new Error(`${store} holds no evaluated model: run \`deno task pipeline\` first`);
}

function pageOf({ steps }: RunRecord): string | undefined {
  const evaluation = steps.find(({ step }) => step === "evaluate")?.artifact;
  if (!evaluation) return;
  try {
    return Deno.readTextFileSync(`${evaluation}/report.html`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return; // removed by `gc`, or made before reports were
    throw error;
  }
}
