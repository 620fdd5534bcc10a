import * as tf from "@tensorflow/tfjs";

type Inputs = Record<string, tf.TensorInfo>;

/** What a call of a tfjs kernel computes, over what, and how many GFLOP that is. */
export function describeKernel(
  name: string,
  inputs: tf.NamedTensorInfoMap | undefined,
  attrs: tf.NamedAttrMap | undefined,
): [string, string, number] {
  const given = inputs as Inputs;
  const isDepthwise = name.startsWith("Depthwise");
  if (!/^(Conv2D|DepthwiseConv2dNative|GroupedConv2D)/.test(name)) {
    const first = Object.values(given ?? {}).find((input) => input?.shape);
    return [name, first ? `[${first.shape}]` : "", matMulGflop(name, given)];
  }
  const x = given.x?.shape ?? attrs!.inputShape as number[];
  const filter = given.filter?.shape ?? attrs!.filterShape as number[];
  const { strides, pad, dimRoundingMode } = attrs as unknown as {
    strides: number;
    pad: number;
    dimRoundingMode?: "floor";
  };
  const info = tf.backend_util.computeConv2DInfo(
    x as [number, number, number, number],
    filter as [number, number, number, number],
    strides,
    1,
    pad,
    dimRoundingMode,
    isDepthwise,
  );
  const [h, w, c, n] = filter;
  const gflop = 2 * tf.util.sizeFromShape(info.outShape) * h * w * (isDepthwise ? 1 : c) / 1e9;
  const shape = `[${x}] ${h}×${w}${isDepthwise ? "" : `→${n}`} /${info.strideHeight}`;
  const operation = isDepthwise
    ? "depthwise"
    : name.startsWith("Grouped")
    ? "grouped conv2d"
    : "conv2d";
  const gradient = name.includes("BackpropInput")
    ? " input's gradient"
    : name.includes("BackpropFilter")
    ? " filter's gradient"
    : "";
  return [operation + gradient, shape, gflop];
}

function matMulGflop(name: string, inputs: Inputs): number {
  if (name !== "BatchMatMul") return 0;
  const [rows, depth] = inputs.a.shape.slice(-2), columns = inputs.b.shape.at(-1)!;
  return 2 * rows * depth * columns / 1e9;
}
