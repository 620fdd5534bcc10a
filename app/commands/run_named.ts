import { PipelineError } from "../../pipeline/errors.ts";
import type { RunRecord } from "../../pipeline/run_record.ts";
import { findRun } from "../../pipeline/upkeep/history.ts";
import { UsageError } from "../cli/errors.ts";

/** @throws {UsageError} when `name` is no run's */
export async function runNamed(store: string, name: string): Promise<RunRecord> {
  try {
    return await findRun(store, name);
  } catch (error) {
    throw error instanceof PipelineError ? new UsageError(error.message) : error;
  }
}
