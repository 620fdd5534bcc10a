/** A model's parameters: how a state dict has them, what is expected of them, and their values. */

/** Where a parameter lies in PyTorch's state dict, and how. */
export interface ParameterLayout {
  /** PyTorch's name, such as `layer1.0.conv1.weight`. */
  name: string;
  /** Decides how PyTorch's layout becomes tfjs's; a vector, of any shape, stays as it is. */
  kind: "conv" | "depthwise" | "linear" | "vector";
  /**
   * PyTorch's: [out, in, height, width], [channels, 1, height, width], [out, in]; or [length], and of
   * learned tokens [1, tokens, channels].
   */
  shape: readonly number[];
  /** Of a buffer that nobody learned: the whole numbers that it holds in every file, there as int64. */
  constant?: ArrayLike<number>;
}

/** One entry of a model's state dict. */
export interface ParameterSpec extends ParameterLayout {
  shape: number[];
  /** False for the running buffers of batch norm, which no optimiser touches. */
  trainable: boolean;
}

/** A parameter's values, in tfjs's layout. */
export interface NamedTensor {
  shape: number[];
  data: Float32Array;
}
