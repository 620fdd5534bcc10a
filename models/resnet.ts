/**
 * ResNet-18 and ResNet-34, as torchvision/models/resnet.py.
 * He et al. 2015, "Deep Residual Learning for Image Recognition", https://arxiv.org/abs/1512.03385.
 */
import type { Pretrained } from "../weights/pretrained.ts";
import type { Architecture } from "./architecture.ts";
import type { Layers } from "./layers.ts";
import { IMAGENET_PREPROCESSING, torchvisionFile } from "./torchvision.ts";

/** With torchvision's `IMAGENET1K_V1` weights. */
export const resnet18: Architecture = resnet("resnet18", [2, 2, 2, 2], {
  name: "ResNet-18",
  ...torchvisionFile("resnet18-f37072fd.pth", "f37072fd"),
  bytes: 46_830_571,
  auto: 1,
});

/** With torchvision's `IMAGENET1K_V1` weights. */
export const resnet34: Architecture = resnet("resnet34", [3, 4, 6, 3], {
  name: "ResNet-34",
  ...torchvisionFile("resnet34-b627a593.pth", "b627a593"),
  bytes: 87_319_819,
});

function resnet(name: string, blocks: number[], pretrained: Pretrained): Architecture {
  return {
    name,
    head: "fc",
    preprocessing: IMAGENET_PREPROCESSING,
    pretrained,
    python: { torchvision: name },
    features: (layers, x) => {
      x = layers.scope(() => {
        const h = layers.conv2d("conv1", x, { filters: 64, kernel: 7, stride: 2, padding: 3 });
        return layers.maxPool(layers.batchNorm("bn1", h, { activation: "relu" }), {
          size: 3,
          stride: 2,
          padding: 1,
        });
      });
      blocks.forEach((count, stage) => {
        const filters = 64 << stage;
        for (let block = 0; block < count; block++) {
          const stride = stage > 0 && block === 0 ? 2 : 1;
          const prefix = `layer${stage + 1}.${block}`;
          const input = x;
          x = layers.scope(() => basicBlock(layers, prefix, input, filters, stride));
        }
      });
      return layers.globalAveragePool(x);
    },
    classifier: (layers, features, classes) => layers.linear("fc", features, classes),
  };
}

/** Two 3×3 convolutions around a shortcut; the first block of a later stage halves the side. */
function basicBlock<T>(layers: Layers<T>, name: string, x: T, filters: number, stride: number): T {
  let h = layers.conv2d(`${name}.conv1`, x, { filters, kernel: 3, stride, padding: 1 });
  h = layers.batchNorm(`${name}.bn1`, h, { activation: "relu" });
  h = layers.conv2d(`${name}.conv2`, h, { filters, kernel: 3, padding: 1 });
  let shortcut = x;
  if (stride > 1) {
    shortcut = layers.conv2d(`${name}.downsample.0`, x, { filters, kernel: 1, stride });
    shortcut = layers.batchNorm(`${name}.downsample.1`, shortcut);
  }
  return layers.batchNorm(`${name}.bn2`, h, { activation: "relu", residual: shortcut });
}
