/** Saying in what a file of weights and a model differ. */
import type { ParameterLayout } from "./parameter.ts";
import { quoted, type Tensor } from "./tensor.ts";

/** How many names of a kind are listed. */
const LISTED = 3;

/** Sentences for a person, with a hint at the likely cause; undefined where all fits. */
export function describeMismatch(
  stateDict: ReadonlyMap<string, Tensor>,
  specs: readonly ParameterLayout[],
): string | undefined {
  const expected = new Set(specs.map(({ name }) => name));
  const missing = specs.filter(({ name }) => !stateDict.has(name));
  const unexpected = [...stateDict.keys()].filter((name) => !expected.has(name));
  const misshapen = specs.filter(({ name, shape }) => {
    const tensor = stateDict.get(name);
    return tensor && !sameShape(tensor.shape, shape);
  });
  const sentences = [
    list("missing", missing.map(({ name }) => name)),
    list("unexpected", unexpected),
    list(
      "misshapen",
      misshapen.map(({ name, shape }) =>
        `${name} is [${stateDict.get(name)!.shape}], expected [${shape}]`
      ),
    ),
  ].filter((sentence) => sentence !== undefined);
  if (sentences.length === 0) return undefined;
  const hint = missing.length || unexpected.length
    ? missingHeadHint(missing, unexpected, specs) ??
      "It may be of another architecture: choose the model that it was saved from"
    : headHint(stateDict, misshapen);
  return [...sentences, ...(hint ? [hint] : [])].join(". ");
}

/** Where all is there but the last layer, or other layers are in its place. */
function missingHeadHint(
  missing: readonly ParameterLayout[],
  unexpected: readonly string[],
  specs: readonly ParameterLayout[],
): string | undefined {
  const head = missing.find(({ kind }) => kind === "linear")?.name.replace(/\.weight$/, "");
  if (!head || missing.some(({ name }) => !name.startsWith(`${head}.`))) return undefined;
  const scope = scopeOfHead(head, specs);
  if (unexpected.some((name) => !name.startsWith(scope))) return undefined;
  return (unexpected.length
    ? `Its head (${head}) is made of other layers`
    : `It has no head (${head})`) +
    ": training can start from it, which replaces the head, but it cannot answer";
}

/** Where only the last layer differs, in its number of classes. */
function headHint(
  stateDict: ReadonlyMap<string, Tensor>,
  misshapen: readonly ParameterLayout[],
): string | undefined {
  const weight = misshapen.find(({ kind }) => kind === "linear");
  const layer = weight?.name.replace(/\.weight$/, "");
  if (!weight || misshapen.some(({ name }) => !name.startsWith(`${layer}.`))) return undefined;
  const [classes, features] = stateDict.get(weight.name)!.shape;
  if (features !== weight.shape[1]) return undefined;
  return `Its head (${layer}) tells ${classes} classes apart, the model ${weight.shape[0]}: ` +
    `give the classes that it was trained on`;
}

/** How all names begin that are of the head, or of what may stand in its place. */
export function scopeOfHead(head: string, specs: readonly ParameterLayout[]): string {
  const others = specs.filter(({ name }) => !name.startsWith(`${head}.`));
  let scope = `${head}.`;
  for (;;) {
    const wider = scope.replace(/[^.]+\.$/, "");
    if (wider === "" || others.some(({ name }) => name.startsWith(wider))) return scope;
    scope = wider;
  }
}

function list(what: string, names: string[]): string | undefined {
  if (names.length === 0) return undefined;
  const more = names.length > LISTED ? `, and ${names.length - LISTED} more` : "";
  return `${names.length} ${what}: ${names.slice(0, LISTED).map(quoted).join(", ")}${more}`;
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}
