import type { RunRecord } from "../../pipeline/run_record.ts";
import { SWEEP_STEP } from "../../tasks/sweep_pipeline.ts";
import type { SweepTable } from "../../training/sweep_table.ts";
import type { Conclusion } from "../cli/application.ts";
import { replaceFile } from "./replace_file.ts";

/**
 * Draws `sweep.html` into the store where a sweep came to a table, and says where it lies.
 * @param said of the sweep, its table as text first
 */
export async function concludeSweep(
  said: Conclusion,
  { steps }: RunRecord,
  store: string,
): Promise<Conclusion> {
  const table = steps.find(({ step }) => step === SWEEP_STEP)?.result;
  if (!table) return said;
  // Loaded only now: charts take longer to load than a sweep that has nothing to do takes.
  const { renderSweep } = await import("../../report/page/sweep.ts");
  const path = `${store}/sweep.html`;
  replaceFile(path, new TextEncoder().encode(renderSweep(table as unknown as SweepTable)));
  const [text, ...files] = said;
  return [text, { text: "page:  ", path }, ...files];
}
