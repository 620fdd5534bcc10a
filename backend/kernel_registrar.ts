/** Puts kernels of ours under tfjs's names: what they do not cover goes to the stock kernel. */
import * as tf from "@tensorflow/tfjs";
import type { ConvAttributes, ConvInfo } from "./window.ts";

type Result = tf.TensorInfo | tf.TensorInfo[];
// deno-lint-ignore no-explicit-any -- each kernel has its own inputs and attributes
type Operation<Backend, R> = (backend: Backend, inputs: any, attrs: any) => R;

/** A convolution and its gradients; `info` returns undefined where the stock kernels must serve. */
interface ConvolutionKernels<Backend, Tensor> {
  info(input: number[], filter: number[], attributes: ConvAttributes): ConvInfo | undefined;
  forward(backend: Backend, x: Tensor, filter: Tensor, info: ConvInfo): tf.TensorInfo;
  inputGradient(backend: Backend, dy: Tensor, filter: Tensor, info: ConvInfo): tf.TensorInfo;
  filterGradient(backend: Backend, x: Tensor, dy: Tensor, info: ConvInfo): tf.TensorInfo;
}

/** tfjs's names for a convolution, its gradients, and its form with bias and activation. */
export const CONV2D = {
  forward: "Conv2D",
  inputGradient: "Conv2DBackpropInput",
  filterGradient: "Conv2DBackpropFilter",
  fused: "FusedConv2D",
};
export const DEPTHWISE = {
  forward: "DepthwiseConv2dNative",
  inputGradient: "DepthwiseConv2dNativeBackpropInput",
  filterGradient: "DepthwiseConv2dNativeBackpropFilter",
  fused: "FusedDepthwiseConv2D",
};

/** What a backend does with bias and activation behind a product. */
interface Fusion<Backend> {
  covers(activation: string): boolean;
  /** activation(product + bias); takes over `product`. */
  finish(
    backend: Backend,
    product: tf.TensorInfo,
    bias: tf.TensorInfo | undefined,
    activation: string,
  ): tf.TensorInfo;
}

export class KernelRegistrar<Backend, Tensor> {
  /**
   * @param stockKernel the kernel that serves a name where ours does not, if there is one
   * @param tensorOf how this backend's convolutions want their operands
   */
  constructor(
    private readonly backendName: string,
    private readonly stockKernel: (kernelName: string) => tf.KernelFunc | undefined,
    private readonly tensorOf: (backend: Backend, tensor: tf.TensorInfo) => Tensor,
    private readonly fusion: Fusion<Backend>,
  ) {}

  /** A kernel of our own name; there is no stock one. */
  add(kernelName: string, operation: Operation<Backend, Result>): void {
    tf.registerKernel({
      kernelName,
      backendName: this.backendName,
      kernelFunc: ({ inputs, attrs, backend }) =>
        operation(backend as Backend, inputs, attrs ?? {}),
    });
  }

  /** A standard kernel: `operation` returns undefined where the stock one must serve. */
  replace(kernelName: string, operation: Operation<Backend, Result | undefined>): void {
    const { backendName } = this;
    const stock = this.stockKernel(kernelName);
    if (tf.getKernel(kernelName, backendName)) tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc: (call) => {
        const given = Object.values(call.inputs).filter((input) => input != null);
        const allFloat = given.every((input) => input.dtype === "float32");
        const result = allFloat
          ? operation(call.backend as Backend, call.inputs, call.attrs ?? {})
          : undefined;
        if (result) return result;
        if (!stock) throw new Error(`${backendName} has no ${kernelName} for this case`);
        return stock(call);
      },
    });
  }

  /** A standard kernel that is a product with bias and activation behind it. */
  replaceFused(
    kernelName: string,
    multiply: Operation<Backend, tf.TensorInfo | undefined>,
  ): void {
    this.replace(kernelName, (backend, inputs, attrs) => {
      const { bias, preluActivationWeights } = inputs;
      const isOurs = preluActivationWeights == null && (bias?.shape.length ?? 1) <= 1 &&
        this.fusion.covers(attrs.activation);
      const product = isOurs ? multiply(backend, inputs, attrs) : undefined;
      return product && this.fusion.finish(backend, product, bias, attrs.activation);
    });
  }

  replaceConvolution(
    names: typeof CONV2D,
    { info, forward, inputGradient, filterGradient }: ConvolutionKernels<Backend, Tensor>,
  ): void {
    const of = this.tensorOf;
    const convolve: Operation<Backend, tf.TensorInfo | undefined> = (b, { x, filter }, attrs) => {
      const window = info(x.shape, filter.shape, attrs);
      return window && forward(b, of(b, x), of(b, filter), window);
    };
    this.replace(names.forward, convolve);
    this.replaceFused(names.fused, convolve);
    this.replace(names.inputGradient, (b, { dy, filter }, attrs) => {
      const window = info(attrs.inputShape, filter.shape, attrs);
      return window && inputGradient(b, of(b, dy), of(b, filter), window);
    });
    this.replace(names.filterGradient, (b, { x, dy }, attrs) => {
      const window = info(x.shape, attrs.filterShape, attrs);
      return window && filterGradient(b, of(b, x), of(b, dy), window);
    });
  }
}
