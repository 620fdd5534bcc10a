/** Weights to start training from: their head is replaced, so that it may be any or none. */
import { convertStateDict } from "./convert.ts";
import { withoutPrefix } from "./fit.ts";
import { scopeOfHead } from "./mismatch.ts";
import type { NamedTensor, ParameterLayout } from "./parameter.ts";
import { quoted, type Tensor } from "./tensor.ts";

/** What training starts from. */
export interface Start {
  /** In tfjs's layout; without the head's where it is missing or another. */
  parameters: Map<string, NamedTensor>;
  /** How many its head tells apart; absent without one that fits. */
  classes?: number;
  /** Of a head that is missing or another, in words. */
  note?: string;
}

/**
 * As `convertStateDict`, but for the head: one of any number of classes is kept, one that is missing
 * or made of other layers is left out.
 *
 * @param specsOf lists the parameters of a model of so many classes
 * @param head name of its last `nn.Linear`
 * @throws {WeightsError} which lists what else is missing, unexpected or misshapen
 */
export function convertStart(
  stateDict: ReadonlyMap<string, Tensor>,
  specsOf: (classes: number) => readonly ParameterLayout[],
  head: string,
  what: string,
): Start {
  const { stateDict: fitting, what: named } = withoutPrefix(stateDict, specsOf(1), what);
  const classes = fitting.get(`${head}.weight`)?.shape[0] || 1;
  const specs = specsOf(classes);
  const scope = scopeOfHead(head, specs);
  const own = specs.filter(({ name }) => name.startsWith(scope));
  const found = [...fitting.keys()].filter((name) => name.startsWith(scope));
  const isOurs = found.length === own.length &&
    own.every(({ name, shape }) => fitting.get(name)?.shape.join() === shape.join());
  if (isOurs) return { parameters: convertStateDict(fitting, specs, named), classes };
  const parameters = convertStateDict(
    new Map([...fitting].filter(([name]) => !name.startsWith(scope))),
    specs.filter(({ name }) => !name.startsWith(scope)),
    named,
  );
  const state = found.length
    ? `is made of other layers (${found.slice(0, 3).map(quoted).join(", ")})`
    : "is missing";
  return { parameters, note: `its head (${head}) ${state}: training replaces it all the same` };
}
