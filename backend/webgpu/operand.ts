/** An operand that a kernel loads from memory, or computes while loading if it is lazy. */
import type { Constants } from "./expand.ts";
import activation from "./kernels/activation.wgsl" with { type: "text" };
import source from "./kernels/operand.wgsl" with { type: "text" };
import { type Lazy, lazyOf } from "./lazy.ts";
import { type Part, samePart } from "./photos.ts";
import { vectorType, vectorWidth } from "./tiling.ts";

interface Operand {
  /** For the kernel's constants. */
  constants: Constants;
  /** For its bindings, behind its own ones. */
  tensors: Part[];
}

/** The WGSL functions `<name>_channel` and `<name>_at`, by which a kernel reads operand `name`. */
export function operandSource(name: string): string {
  return (source + activation.replaceAll("{{T}}", "{{operand_T}}"))
    .replaceAll(/\b(activate|mask)\b/g, "operand_$1")
    .replaceAll("ACTIVATION", "operand_ACTIVATION")
    .replaceAll("operand", name);
}

/**
 * @param binding the first that the operand takes
 * @param mayCompute whether the kernel loads each value few times enough to compute it each time
 */
export function operand(
  name: string,
  tensor: Part,
  channels: number,
  binding: number,
  mayCompute: boolean,
): Operand {
  const lazy = mayCompute ? applicable(lazyOf(tensor), channels) : undefined;
  const width = vectorWidth(channels);
  return {
    constants: {
      [`${name}_KIND`]: lazy?.kind ?? "stored",
      [`${name}_ACTIVATION`]: lazy?.activation ?? "linear",
      [`${name}_BINDING`]: binding,
      [`${name}_T`]: vectorType(width),
      [`${name}_C`]: channels / width,
    },
    // Behind z and dy lies what is of channels alone.
    tensors: lazy?.parts.map((part, i) => i % 2 === 0 ? samePart(part, tensor) : part) ?? [tensor],
  };
}

/** A reshaped tensor shares its values with the lazy one, but may have other channels. */
function applicable(lazy: Lazy | undefined, channels: number): Lazy | undefined {
  return lazy?.channels === channels ? lazy : undefined;
}
