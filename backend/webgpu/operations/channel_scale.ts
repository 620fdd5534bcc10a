/** Squeeze-and-excitation's work on whole images. */
import * as tf from "@tensorflow/tfjs";
import type { ChannelDotsInputs, ScaleChannelsInputs } from "../../ops/squeeze_excitation.ts";
import { allocate, allocateForParts, dispatch, type Kernel, spread } from "../dispatch.ts";
import dotsSource from "../kernels/channel_dots.wgsl" with { type: "text" };
import scaleSource from "../kernels/scale_channels.wgsl" with { type: "text" };
import { operand, operandSource } from "../operand.ts";
import { byPhotos } from "../photos.ts";
import type { TfjsWebGpuBackend } from "../tfjs_backend.ts";
import { tilingOf, vectorType, vectorWidth } from "../tiling.ts";

const scaleKernel: Kernel = { name: "scale_channels", source: scaleSource };
const dotsKernel: Kernel = { name: "channel_dots", source: dotsSource + operandSource("x") };

export function scaleChannels(
  backend: TfjsWebGpuBackend,
  { x, scale, shift }: ScaleChannelsInputs,
): tf.TensorInfo {
  const out = allocateForParts(backend, x.shape);
  const [, height, width, channels] = x.shape;
  const vector = vectorWidth(channels);
  byPhotos(backend, [x, scale, out, ...(shift ? [shift] : [])], (...parts) => {
    const size = tf.util.sizeFromShape(parts[0].shape) / vector;
    const groups = spread(Math.ceil(size / 64));
    const constants = {
      T: vectorType(vector),
      C: channels / vector,
      PIXELS: height * width,
      SIZE: size,
      SHIFT: shift !== undefined,
      GROUPS_X: groups[0],
    };
    dispatch(backend, scaleKernel, constants, parts, groups);
  });
  return out;
}

export function channelDots(
  backend: TfjsWebGpuBackend,
  { x, dy }: ChannelDotsInputs,
): tf.TensorInfo {
  const [batch, , , channels] = x.shape;
  return overPixels(backend, x, [batch, channels], dy ? "dots" : "sum", dy);
}

/** Over height and width, as global average pooling; undefined where the stock kernel must serve. */
export function imageMean(
  backend: TfjsWebGpuBackend,
  { x }: { x: tf.TensorInfo },
  { axis, keepDims }: { axis: number | number[]; keepDims: boolean },
): tf.TensorInfo | undefined {
  const axes = tf.util.parseAxisParam(axis, x.shape);
  if (x.shape.length !== 4 || axes.toSorted().join() !== "1,2") return undefined;
  if (tf.util.sizeFromShape(x.shape) === 0 || backend.shouldExecuteOnCPU([x])) return undefined;
  const [batch, , , channels] = x.shape;
  const shape = keepDims ? [batch, 1, 1, channels] : [batch, channels];
  return overPixels(backend, x, shape, "mean");
}

function overPixels(
  backend: TfjsWebGpuBackend,
  x: tf.TensorInfo,
  shape: number[],
  WHAT: "dots" | "sum" | "mean",
  dy?: tf.TensorInfo,
): tf.TensorInfo {
  const [, height, width, channels] = x.shape;
  const y = allocate(backend, shape);
  const vector = vectorWidth(channels), C = channels / vector, WX = Math.min(8, C);
  byPhotos(backend, [x, y, ...(dy ? [dy] : [])], (x, ...others) => {
    const source = operand("x", x, channels, dy ? 2 : 1, true);
    const constants = {
      ...source.constants,
      T: vectorType(vector),
      C,
      PIXELS: height * width,
      WX,
      WT: tilingOf(backend).statisticThreads,
      WHAT,
    };
    const groups: [number, number] = [Math.ceil(C / WX), x.shape[0]];
    dispatch(backend, dotsKernel, constants, [...others, ...source.tensors], groups);
  });
  return y;
}
