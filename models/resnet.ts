/**
 * ResNet-18, 34, 50 and 101, as torchvision/models/resnet.py.
 * He et al. 2015, "Deep Residual Learning for Image Recognition", https://arxiv.org/abs/1512.03385.
 */
import type { Pretrained } from "../weights/pretrained.ts";
import type { Architecture, Preprocessing } from "./architecture.ts";
import type { Layers } from "./layers.ts";
import { IMAGENET_PREPROCESSING, mebibytes, torchvisionFile } from "./torchvision.ts";

/** Of torchvision's `IMAGENET1K_V2` weights: they are scored on a little less around the crop. */
const V2_PREPROCESSING: Preprocessing = { ...IMAGENET_PREPROCESSING, resize: 232 };

/** With torchvision's `IMAGENET1K_V1` weights. */
export const resnet18: Architecture = resnet("resnet18", basicBlock, [2, 2, 2, 2], {
  name: "ResNet-18",
  ...torchvisionFile("resnet18-f37072fd.pth", "f37072fd"),
  bytes: 46_830_571,
  auto: 1,
  compared: true,
});

/** With torchvision's `IMAGENET1K_V1` weights. */
export const resnet34: Architecture = resnet("resnet34", basicBlock, [3, 4, 6, 3], {
  name: "ResNet-34",
  ...torchvisionFile("resnet34-b627a593.pth", "b627a593"),
  bytes: 87_319_819,
});

/** With timm's `a1` weights: the longest recipe of "ResNet strikes back", https://arxiv.org/abs/2110.00476. */
export const resnet34A1: Architecture = {
  ...resnet34,
  name: "resnet34_a1",
  variantOf: "resnet34",
  // timm's crop of 0.95: 224 of 235 pixels.
  preprocessing: { ...IMAGENET_PREPROCESSING, resize: 235, interpolation: "bicubic" },
  pretrained: {
    name: "ResNet-34 (a1)",
    file: "resnet34_a1_0-46f8f793.pth",
    sha256: "46f8f793",
    url: "https://github.com/huggingface/pytorch-image-models/releases/download/" +
      "v0.1-rsb-weights/resnet34_a1_0-46f8f793.pth",
    licence: "Apache-2.0",
  },
};

/** With torchvision's `IMAGENET1K_V1` weights. */
export const resnet50: Architecture = resnet("resnet50", bottleneck, [3, 4, 6, 3], {
  name: "ResNet-50",
  ...torchvisionFile("resnet50-0676ba61.pth", "0676ba61"),
  bytes: mebibytes(97.781),
});

/** With torchvision's `IMAGENET1K_V2` weights, of a longer recipe. */
export const resnet50V2: Architecture = {
  ...resnet50,
  name: "resnet50_v2",
  variantOf: "resnet50",
  preprocessing: V2_PREPROCESSING,
  pretrained: {
    name: "ResNet-50 (V2)",
    ...torchvisionFile("resnet50-11ad3fa6.pth", "11ad3fa6"),
    bytes: mebibytes(97.790),
  },
};

/** With torchvision's `IMAGENET1K_V1` weights. */
export const resnet101: Architecture = resnet("resnet101", bottleneck, [3, 4, 23, 3], {
  name: "ResNet-101",
  ...torchvisionFile("resnet101-63fe2227.pth", "63fe2227"),
  bytes: mebibytes(170.511),
});

/** With torchvision's `IMAGENET1K_V2` weights, of a longer recipe. */
export const resnet101V2: Architecture = {
  ...resnet101,
  name: "resnet101_v2",
  variantOf: "resnet101",
  preprocessing: V2_PREPROCESSING,
  pretrained: {
    name: "ResNet-101 (V2)",
    ...torchvisionFile("resnet101-cd907fc2.pth", "cd907fc2"),
    bytes: mebibytes(170.530),
  },
};

interface Block {
  name: string;
  /** Of the 3×3 convolutions. */
  filters: number;
  stride: number;
  /** Whether the shortcut needs a convolution to have the branch's shape: in a stage's first block. */
  projects: boolean;
}

function resnet(
  name: string,
  block: <T>(layers: Layers<T>, x: T, block: Block) => T,
  blocks: number[],
  pretrained: Pretrained,
): Architecture {
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
        for (let i = 0; i < count; i++) {
          const settings: Block = {
            name: `layer${stage + 1}.${i}`,
            filters: 64 << stage,
            stride: stage > 0 && i === 0 ? 2 : 1,
            projects: i === 0 && (stage > 0 || block === bottleneck),
          };
          const input = x;
          x = layers.scope(() => block(layers, input, settings));
        }
      });
      return layers.globalAveragePool(x);
    },
    classifier: (layers, features, classes) => layers.linear("fc", features, classes),
  };
}

/** Two 3×3 convolutions around a shortcut; the first block of a later stage halves the side. */
function basicBlock<T>(layers: Layers<T>, x: T, block: Block): T {
  const { name, filters, stride } = block;
  let h = layers.conv2d(`${name}.conv1`, x, { filters, kernel: 3, stride, padding: 1 });
  h = layers.batchNorm(`${name}.bn1`, h, { activation: "relu" });
  h = layers.conv2d(`${name}.conv2`, h, { filters, kernel: 3, padding: 1 });
  const residual = shortcut(layers, x, block, filters);
  return layers.batchNorm(`${name}.bn2`, h, { activation: "relu", residual });
}

/** A 3×3 convolution between two of 1×1, the last of which has four times the channels. */
function bottleneck<T>(layers: Layers<T>, x: T, block: Block): T {
  const { name, filters, stride } = block;
  let h = layers.conv2d(`${name}.conv1`, x, { filters, kernel: 1 });
  h = layers.batchNorm(`${name}.bn1`, h, { activation: "relu" });
  h = layers.conv2d(`${name}.conv2`, h, { filters, kernel: 3, stride, padding: 1 });
  h = layers.batchNorm(`${name}.bn2`, h, { activation: "relu" });
  h = layers.conv2d(`${name}.conv3`, h, { filters: 4 * filters, kernel: 1 });
  const residual = shortcut(layers, x, block, 4 * filters);
  return layers.batchNorm(`${name}.bn3`, h, { activation: "relu", residual });
}

function shortcut<T>(layers: Layers<T>, x: T, block: Block, filters: number): T {
  const { name, stride, projects } = block;
  if (!projects) return x;
  const h = layers.conv2d(`${name}.downsample.0`, x, { filters, kernel: 1, stride });
  return layers.batchNorm(`${name}.downsample.1`, h);
}
