/**
 * EfficientNet-B0 and EfficientNetV2-S, as torchvision/models/efficientnet.py.
 * Tan and Le 2019, "EfficientNet", https://arxiv.org/abs/1905.11946; 2021, "EfficientNetV2",
 * https://arxiv.org/abs/2104.00298.
 */
import type { Pretrained } from "../weights/pretrained.ts";
import type { Architecture, Preprocessing } from "./architecture.ts";
import type { BatchNorm, Layers } from "./layers.ts";
import { convNorm, IMAGENET_PREPROCESSING, mebibytes, torchvisionFile } from "./torchvision.ts";

interface Stage {
  /** Whether one k×k convolution takes the place of the 1×1 and the depthwise one. */
  fused?: boolean;
  expansion: number;
  kernel: number;
  stride: number;
  filters: number;
  repeats: number;
}

/** Table 1 of the first paper. */
const B0: readonly Stage[] = [
  { expansion: 1, kernel: 3, stride: 1, filters: 16, repeats: 1 },
  { expansion: 6, kernel: 3, stride: 2, filters: 24, repeats: 2 },
  { expansion: 6, kernel: 5, stride: 2, filters: 40, repeats: 2 },
  { expansion: 6, kernel: 3, stride: 2, filters: 80, repeats: 3 },
  { expansion: 6, kernel: 5, stride: 1, filters: 112, repeats: 3 },
  { expansion: 6, kernel: 5, stride: 2, filters: 192, repeats: 4 },
  { expansion: 6, kernel: 3, stride: 1, filters: 320, repeats: 1 },
];

/** Table 4 of the second. */
const V2_S: readonly Stage[] = [
  { fused: true, expansion: 1, kernel: 3, stride: 1, filters: 24, repeats: 2 },
  { fused: true, expansion: 4, kernel: 3, stride: 2, filters: 48, repeats: 4 },
  { fused: true, expansion: 4, kernel: 3, stride: 2, filters: 64, repeats: 4 },
  { expansion: 4, kernel: 3, stride: 2, filters: 128, repeats: 6 },
  { expansion: 6, kernel: 3, stride: 1, filters: 160, repeats: 9 },
  { expansion: 6, kernel: 3, stride: 2, filters: 256, repeats: 15 },
];

/** Of the last block; the first has none, and it rises evenly between. */
const STOCHASTIC_DEPTH = 0.2;

/** With torchvision's `IMAGENET1K_V1` weights, which are Ross Wightman's. */
export const efficientnetB0: Architecture = efficientnet("efficientnet_b0", {
  stages: B0,
  stem: 32,
  norm: {},
  preprocessing: { ...IMAGENET_PREPROCESSING, interpolation: "bicubic" },
  pretrained: {
    name: "EfficientNet-B0",
    ...torchvisionFile("efficientnet_b0_rwightman-7f5810bc.pth", "7f5810bc"),
    bytes: mebibytes(20.451),
    compared: true,
  },
});

/** With torchvision's `IMAGENET1K_V1` weights. */
export const efficientnetV2S: Architecture = efficientnet("efficientnet_v2_s", {
  stages: V2_S,
  stem: 24,
  norm: { epsilon: 1e-3 },
  preprocessing: { ...IMAGENET_PREPROCESSING, resize: 384, size: 384 },
  pretrained: {
    name: "EfficientNetV2-S",
    ...torchvisionFile("efficientnet_v2_s-dd5fe13b.pth", "dd5fe13b"),
    bytes: mebibytes(82.704),
  },
});

interface Settings {
  stages: readonly Stage[];
  /** Channels of the first convolution. */
  stem: number;
  norm: Pick<BatchNorm<never>, "epsilon">;
  preprocessing: Preprocessing;
  pretrained: Pretrained;
}

function efficientnet(
  name: string,
  { stages, stem, norm, preprocessing, pretrained }: Settings,
): Architecture {
  const blocks = stages.reduce((sum, { repeats }) => sum + repeats, 0);
  return {
    name,
    head: "classifier.1",
    preprocessing,
    pretrained,
    python: { torchvision: name },
    features: (layers, x) => {
      const activation = "silu";
      x = layers.scope(() =>
        convNorm(layers, "features.0", x, { filters: stem, kernel: 3, stride: 2, activation, norm })
      );
      let channels = stem, index = 0;
      stages.forEach((stage, s) => {
        for (let repeat = 0; repeat < stage.repeats; repeat++) {
          const block: Block = {
            ...stage,
            name: `features.${s + 1}.${repeat}.block`,
            channels,
            stride: repeat === 0 ? stage.stride : 1,
            norm,
            stochasticDepth: STOCHASTIC_DEPTH * index++ / blocks,
          };
          const input = x;
          x = layers.scope(() => mbConv(layers, input, block));
          channels = stage.filters;
        }
      });
      return layers.scope(() => {
        const last = { filters: 1280, kernel: 1, activation, norm } as const;
        return layers.globalAveragePool(convNorm(layers, `features.${stages.length + 1}`, x, last));
      });
    },
    classifier: (layers, features, classes) =>
      layers.linear("classifier.1", layers.dropout(features, 0.2), classes),
  };
}

interface Block extends Stage {
  name: string;
  channels: number;
  norm: Settings["norm"];
  stochasticDepth: number;
}

/** MobileNetV2's block with squeeze-and-excitation, or its fused form without. */
function mbConv<T>(layers: Layers<T>, x: T, block: Block): T {
  const { name, fused, channels, expansion, kernel, stride, filters, norm } = block;
  const expanded = channels * expansion, silu = { activation: "silu", norm } as const;
  let i = 0, h = x;
  if (fused) {
    const wide = { filters: expansion === 1 ? filters : expanded, kernel, stride, ...silu };
    h = convNorm(layers, `${name}.${i++}`, h, wide);
  } else {
    if (expansion > 1) {
      h = convNorm(layers, `${name}.${i++}`, h, { filters: expanded, kernel: 1, ...silu });
    }
    h = convNorm(layers, `${name}.${i++}`, h, { filters: "depthwise", kernel, stride, ...silu });
    const at = `${name}.${i++}`;
    h = layers.squeezeExcitation(h, {
      reduce: `${at}.fc1`,
      expand: `${at}.fc2`,
      squeezed: Math.max(1, Math.floor(channels / 4)),
      activation: "silu",
      gate: "sigmoid",
    });
  }
  if (!fused || expansion > 1) {
    h = convNorm(layers, `${name}.${i}`, h, { filters, kernel: 1, norm });
  }
  return stride === 1 && channels === filters ? layers.shortcut(h, x, block.stochasticDepth) : h;
}
