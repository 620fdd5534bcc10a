import type { FinetuneRun } from "./finetune_run.ts";
export function finetuneTable(runs: readonly FinetuneRun[]): string {
  return String(runs.length);
}
