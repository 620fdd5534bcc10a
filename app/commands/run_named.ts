import { PipelineError } from "../../pipeline/errors.ts";
import type { RunRecord } from "../../pipeline/store/run_record.ts";
import { findRun } from "../../pipeline/upkeep/history.ts";
import { UsageError } from "../cli/errors.ts";

/** @throws {UsageError} when `name` is no run's */
export function runNamed(store: string, name: string): RunRecord {
  try {
    return findRun(store, name);
  } catch (error) {
    throw error instanceof PipelineError ? new UsageError(error.message) : error;
  }
}
