/** What a model expects of a parameter. */
export interface ParameterSpec {
  /** PyTorch's name, such as `layer1.0.conv1.weight`. */
  name: string;
  kind: "conv" | "depthwise" | "linear" | "vector";
  /** PyTorch's shape: [out, in, h, w], [channels, 1, h, w], [out, in], or any for a vector. */
  shape: readonly number[];
}
