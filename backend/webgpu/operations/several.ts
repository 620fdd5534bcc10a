/** Many tensors, as many of them in one dispatch as the device lets a kernel have bindings. */
import * as tf from "@tensorflow/tfjs";
import { spread } from "../dispatch.ts";
import type { Constants } from "../expand.ts";
import type { TfjsWebGpuBackend } from "../tfjs_backend.ts";
import { mostBindings } from "../tiling.ts";

const VALUES_PER_THREAD = 16;

/** Some of the tensors, and how a kernel divides them among workgroups. */
export interface Several {
  /** The first of these tensors among all. */
  from: number;
  count: number;
  /** For the kernel's SIZE, FIRST, GROUPS_X and PER_THREAD. */
  constants: Constants;
  groups: [number, number];
  /** Workgroups that have work: `groups` may have a few more. */
  busy: number;
}

/**
 * @param bindings that a tensor takes, beside `common` ones
 */
export function severalAtATime(
  backend: TfjsWebGpuBackend,
  tensors: readonly tf.TensorInfo[],
  bindings: number,
  common: number,
): Several[] {
  const most = Math.floor((mostBindings(backend) - common) / bindings);
  const parts: Several[] = [];
  for (let from = 0; from < tensors.length; from += most) {
    const sizes = tensors.slice(from, from + most).map(({ shape }) => tf.util.sizeFromShape(shape));
    const firstGroups = [0];
    for (const size of sizes) {
      firstGroups.push(firstGroups.at(-1)! + Math.ceil(size / (64 * VALUES_PER_THREAD)));
    }
    const busy = firstGroups.at(-1)!, groups = spread(busy);
    parts.push({
      from,
      count: sizes.length,
      constants: {
        SIZE: sizes,
        FIRST: firstGroups,
        GROUPS_X: groups[0],
        PER_THREAD: VALUES_PER_THREAD,
      },
      groups,
      busy,
    });
  }
  return parts;
}
