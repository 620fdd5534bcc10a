/** StochasticDepth, forward and, without a shortcut, backward. */
import * as tf from "@tensorflow/tfjs";
import type { StochasticDepthInputs } from "../../ops/stochastic_depth.ts";
import { allocateForParts, dispatch, type Kernel, spread } from "../dispatch.ts";
import source from "../kernels/stochastic_depth.wgsl" with { type: "text" };
import { byPhotos } from "../photos.ts";
import type { TfjsWebGpuBackend } from "../tfjs_backend.ts";
import { vectorType, vectorWidth } from "../tiling.ts";

const kernel: Kernel = { name: "stochastic_depth", source };

export function stochasticDepth(
  backend: TfjsWebGpuBackend,
  { branch, factors, x }: StochasticDepthInputs,
): tf.TensorInfo {
  const out = allocateForParts(backend, branch.shape);
  let FIRST = 0;
  byPhotos(backend, [branch, out, ...(x ? [x] : [])], (branch, ...others) => {
    const [photos, ...rest] = branch.shape, values = tf.util.sizeFromShape(rest);
    const V = vectorWidth(values), size = photos * values / V;
    const groups = spread(Math.ceil(size / 64));
    const constants = {
      T: vectorType(V),
      SIZE: size,
      PHOTOS: photos,
      FIRST,
      SHORTCUT: x !== undefined,
      GROUPS_X: groups[0],
    };
    dispatch(backend, kernel, constants, [branch, factors, ...others], groups);
    FIRST += photos;
  });
  return out;
}
