/** The certificate as a table for people, a line a check. */
import type { Check } from "./check.ts";

const COLUMNS = { stage: 14, what: 70, compared: 10, difference: 10, bound: 9 };

export function tableHeader(): string {
  return `${line("stage", "what", "compared", "largest", "bound")}  ok`;
}

export function tableLine({ stage, what, compared, difference, bound, ok, worst }: Check): string {
  const numbers = line(stage, what, String(compared), figure(difference), figure(bound));
  return `${numbers}  ${ok ? "yes" : "NO"}${!ok && worst ? `: ${worst}` : ""}`;
}

function line(stage: string, what: string, ...numbers: string[]): string {
  const { compared, difference, bound } = COLUMNS;
  const widths = [compared, difference, bound];
  return stage.padEnd(COLUMNS.stage + 2) + what.padEnd(COLUMNS.what) +
    numbers.map((number, i) => number.padStart(widths[i])).join(" ");
}

/** Counts as they are, anything else in two digits. */
function figure(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toExponential(1);
}
