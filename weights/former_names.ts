/** Names that parameters had before they were called as they are. */
import type { Tensor } from "./tensor.ts";

/** What parameters were called in files older than their names of today, and these. */
export type FormerNames = readonly (readonly [former: RegExp, name: string])[];

/** The state dict under the names of today. */
export function withNamesOfToday(
  stateDict: ReadonlyMap<string, Tensor>,
  formerNames: FormerNames = [],
): ReadonlyMap<string, Tensor> {
  return new Map(
    [...stateDict].map(([name, tensor]) => [
      formerNames.reduce((name, [former, today]) => name.replace(former, today), name),
      tensor,
    ]),
  );
}
