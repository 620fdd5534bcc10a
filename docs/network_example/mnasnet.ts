/**
 * MNASNet 1.0, as torchvision/models/mnasnet.py.
 * Tan et al. 2018, "MnasNet", https://arxiv.org/abs/1807.11626.
 */
import type { Architecture } from "../../models/architecture.ts";
import type { Layers } from "../../models/layers.ts";
import { IMAGENET_PREPROCESSING, mebibytes, torchvisionFile } from "../../models/torchvision.ts";

/** TensorFlow's 0.9997 is torch's 0.0003. */
const NORM = { momentum: 1 - 0.9997 }, RELU = { ...NORM, activation: "relu" } as const;

/** Channels of a stack of blocks, side of their kernels, stride of the first, expansion, how many. */
const STACKS = [
  [24, 3, 2, 3, 3],
  [40, 5, 2, 3, 3],
  [80, 5, 2, 6, 3],
  [96, 3, 1, 6, 2],
  [192, 5, 2, 6, 4],
  [320, 3, 1, 6, 1],
];

/** With torchvision's `IMAGENET1K_V1` weights. */
export const mnasnet: Architecture = {
  name: "mnasnet1_0",
  head: "classifier.1",
  preprocessing: IMAGENET_PREPROCESSING,
  pretrained: {
    name: "MNASNet 1.0",
    ...torchvisionFile("mnasnet1.0_top1_73.512-f206786ef8.pth", "f206786ef8"),
    bytes: mebibytes(16.915),
  },
  python: { torchvision: "mnasnet1_0" },
  features: (layers, x) => {
    const name = (i: number) => `layers.${i}`;
    x = layers.scope(() => {
      let h = layers.conv2d(name(0), x, { filters: 32, kernel: 3, stride: 2, padding: 1 });
      h = layers.batchNorm(name(1), h, RELU);
      h = layers.depthwiseConv2d(name(3), h, { kernel: 3, padding: 1 });
      h = layers.batchNorm(name(4), h, RELU);
      return layers.batchNorm(name(7), layers.conv2d(name(6), h, { filters: 16, kernel: 1 }), NORM);
    });
    let channels = 16;
    STACKS.forEach(([filters, kernel, stride, expansion, repeats], stack) => {
      for (let i = 0; i < repeats; i++) {
        const before = x, expanded = channels * expansion;
        const shape = { filters, kernel, stride: i === 0 ? stride : 1, expanded };
        x = layers.scope(() =>
          block(layers, before, `${name(8 + stack)}.${i}.layers`, shape, i > 0)
        );
        channels = filters;
      }
    });
    return layers.scope(() => {
      const h = layers.conv2d(name(14), x, { filters: 1280, kernel: 1 });
      return layers.globalAveragePool(layers.batchNorm(name(15), h, RELU));
    });
  },
  classifier: (layers, features, classes) =>
    layers.linear("classifier.1", layers.dropout(features, 0.2), classes),
};

/** Wide in its middle, where each channel is filtered by itself. */
function block<T>(
  layers: Layers<T>,
  x: T,
  name: string,
  { filters, kernel, stride, expanded }: Record<
    "filters" | "kernel" | "stride" | "expanded",
    number
  >,
  hasShortcut: boolean,
): T {
  let h = layers.conv2d(`${name}.0`, x, { filters: expanded, kernel: 1 });
  h = layers.batchNorm(`${name}.1`, h, RELU);
  h = layers.depthwiseConv2d(`${name}.3`, h, { kernel, stride, padding: (kernel - 1) / 2 });
  h = layers.batchNorm(`${name}.4`, h, RELU);
  h = layers.conv2d(`${name}.6`, h, { filters, kernel: 1 });
  return layers.batchNorm(`${name}.7`, h, { ...NORM, ...(hasShortcut && { residual: x }) });
}
