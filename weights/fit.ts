/** Finding the names that a model asks for behind a prefix that training code put before them. */
import type { ParameterLayout } from "./parameter.ts";
import { quoted, type Tensor, WeightsError } from "./tensor.ts";

/** Nobody wraps a model more often. */
const DEEPEST_PREFIX = 8;

const MOST_LISTED = 4;

/** What batch norm counts and profilers (thop) leave behind, which no model needs. */
const NOT_NEEDED = /(^|\.)(num_batches_tracked|total_ops|total_params)$/;

/** The part of a state dict that is meant for a model. */
export interface Fitting {
  stateDict: ReadonlyMap<string, Tensor>;
  /** Names it in messages: the file, and the prefix that was before its names. */
  what: string;
}

/**
 * The state dict under the names of `specs`: without the one prefix (`model.`, `net.`,
 * `module.backbone.`) behind which more of them fit in name and shape than anywhere else, and
 * without what no model needs. Names without the prefix, such as a loss's, are left out.
 *
 * @param what names the weights in messages
 * @throws {WeightsError} where several prefixes fit alike
 */
export function withoutPrefix(
  stateDict: ReadonlyMap<string, Tensor>,
  specs: readonly ParameterLayout[],
  what: string,
): Fitting {
  const needed = new Map([...stateDict].filter(([name]) => !NOT_NEEDED.test(name)));
  const fits = [...fitsByPrefix(needed, specs)].sort(([a, fitA], [b, fitB]) =>
    fitB.shapes - fitA.shapes || fitB.names - fitA.names || a.length - b.length
  );
  const [prefix, fit] = fits[0] ?? ["", { names: 0 }];
  if (prefix === "" || 2 * fit.names <= specs.length) return { stateDict: needed, what };
  const alike = fits.filter(([, fit]) =>
    fit.shapes === fits[0][1].shapes && fit.names === fits[0][1].names
  ).map(([other]) => other);
  // A moving average of the weights lies beside them in many a file.
  const chosen = alike.length > 1 ? alike.filter((other) => !/ema/i.test(other)) : alike;
  if (chosen.length !== 1) {
    throw new WeightsError(
      `${what} holds several models of this kind, whose names begin with ${
        alike.slice(0, MOST_LISTED).map(quoted).join(", ")
      }. ` +
        "In Python, save the state dict of one",
    );
  }
  return {
    stateDict: behind(chosen[0], needed),
    what: `${what}, without the prefix "${quoted(chosen[0])}" of its names,`,
  };
}

interface Fit {
  /** How many of the names asked for are there, and how many of these in the right shape. */
  names: number;
  shapes: number;
}

function fitsByPrefix(
  stateDict: ReadonlyMap<string, Tensor>,
  specs: readonly ParameterLayout[],
): Map<string, Fit> {
  const shapes = new Map(specs.map(({ name, shape }) => [name, shape.join()]));
  const fits = new Map<string, Fit>();
  for (const [name, tensor] of stateDict) {
    let start = 0;
    for (let depth = 0; depth <= DEEPEST_PREFIX; depth++) {
      const shape = shapes.get(name.slice(start));
      if (shape !== undefined) {
        const prefix = name.slice(0, start);
        const fit = fits.get(prefix) ?? { names: 0, shapes: 0 };
        fit.names++;
        if (shape === tensor.shape.join()) fit.shapes++;
        fits.set(prefix, fit);
      }
      const dot = name.indexOf(".", start);
      if (dot < 0) break;
      start = dot + 1;
    }
  }
  return fits;
}

function behind(prefix: string, stateDict: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  return new Map(
    [...stateDict].filter(([name]) => name.startsWith(prefix))
      .map(([name, tensor]) => [name.slice(prefix.length), tensor]),
  );
}
