/** Squeeze-and-excitation's work on whole images. */
import * as tf from "@tensorflow/tfjs";
import type { ChannelDotsInputs, ScaleChannelsInputs } from "../../ops/squeeze_excitation.ts";
import { allocate, dispatch, type Kernel, spread } from "../dispatch.ts";
import dotsSource from "../kernels/channel_dots.wgsl" with { type: "text" };
import scaleSource from "../kernels/scale_channels.wgsl" with { type: "text" };
import type { TfjsWebGpuBackend } from "../tfjs_backend.ts";
import { tilingOf, vectorType, vectorWidth } from "../tiling.ts";

const scaleKernel: Kernel = { name: "scale_channels", source: scaleSource };
const dotsKernel: Kernel = { name: "channel_dots", source: dotsSource };

export function scaleChannels(
  backend: TfjsWebGpuBackend,
  { x, scale, shift }: ScaleChannelsInputs,
): tf.TensorInfo {
  const out = allocate(backend, x.shape);
  const [, height, width, channels] = x.shape;
  const vector = vectorWidth(channels), size = tf.util.sizeFromShape(x.shape) / vector;
  const groups = spread(Math.ceil(size / 64));
  const constants = {
    T: vectorType(vector),
    C: channels / vector,
    PIXELS: height * width,
    SIZE: size,
    SHIFT: shift !== undefined,
    GROUPS_X: groups[0],
  };
  dispatch(backend, scaleKernel, constants, [x, scale, out, ...(shift ? [shift] : [])], groups);
  return out;
}

export function channelDots(
  backend: TfjsWebGpuBackend,
  { x, dy }: ChannelDotsInputs,
): tf.TensorInfo {
  const [batch, height, width, channels] = x.shape;
  const dots = allocate(backend, [batch, channels]);
  const vector = vectorWidth(channels), C = channels / vector;
  const WX = Math.min(8, C);
  const constants = {
    T: vectorType(vector),
    C,
    PIXELS: height * width,
    WX,
    WT: tilingOf(backend).statisticThreads,
    DOT: dy !== undefined,
  };
  dispatch(backend, dotsKernel, constants, [x, dots, ...(dy ? [dy] : [])], [
    Math.ceil(C / WX),
    batch,
  ]);
  return dots;
}
