/** Names that parameters had before they were called as they are. */
import type { Tensor } from "./tensor.ts";

/**
 * The state dict under the names of today.
 * @param formerNames what parameters were called in older files, and are called
 */
export function withNamesOfToday(
  stateDict: ReadonlyMap<string, Tensor>,
  formerNames: readonly (readonly [former: RegExp, name: string])[] = [],
): ReadonlyMap<string, Tensor> {
  return new Map(
    [...stateDict].map(([name, tensor]) => [
      formerNames.reduce((name, [former, today]) => name.replace(former, today), name),
      tensor,
    ]),
  );
}
