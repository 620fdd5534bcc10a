/** How parameters differ in what they learn by: rates by depth, and decay by kind. */
import type { ParameterSpec } from "../weights/parameter.ts";

/**
 * What each parameter's learning rate is multiplied by: 1 in the last stage, which is the head,
 * `earliest` in the first, and between them each stage the same factor above the one before
 * (discriminative rates: Howard and Ruder 2018, https://arxiv.org/abs/1801.06146).
 *
 * A stage is what shares a name up to its first number, or numbers in a row: `conv1`, `layer1.0`,
 * `features.3`, `encoder.layers.encoder_layer_5`.
 *
 * @param specs in the order of use
 */
export function layerRates(
  specs: readonly Pick<ParameterSpec, "name">[],
  earliest: number,
): number[] {
  const stages = [...new Set(specs.map(stageOf))];
  const last = stages.length - 1;
  return specs.map((spec) => {
    const below = last - stages.indexOf(stageOf(spec));
    return last === 0 ? 1 : earliest ** (below / last);
  });
}

function stageOf({ name }: Pick<ParameterSpec, "name">): string {
  return /^.*?\d(\.\d+)*(?=\.)/.exec(name)?.[0] ?? name.split(".")[0];
}

/** `decay` for weights; 0 for biases, for scales and shifts, and for tokens and positions. */
export function weightDecays(
  specs: readonly Pick<ParameterSpec, "kind">[],
  decay: number,
): number[] {
  return specs.map(({ kind }) => kind === "vector" ? 0 : decay);
}
