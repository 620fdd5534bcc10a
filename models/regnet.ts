/**
 * RegNetY-400MF, as torchvision/models/regnet.py.
 * Radosavovic et al. 2020, "Designing Network Design Spaces", https://arxiv.org/abs/2003.13678.
 */
import type { Pretrained } from "../weights/pretrained.ts";
import type { Architecture, Preprocessing } from "./architecture.ts";
import type { Layers } from "./layers.ts";
import { convNorm, IMAGENET_PREPROCESSING, mebibytes, torchvisionFile } from "./torchvision.ts";

interface Stage {
  filters: number;
  /** Blocks, the first of which halves the side. */
  repeats: number;
}

/**
 * What the paper's rule gives for 16 blocks whose width starts at 48, rises by 27.89 a block and is
 * quantized by powers of 2.09 (its equations 2 to 4), in groups of eight.
 */
const Y_400MF: readonly Stage[] = [
  { filters: 48, repeats: 1 },
  { filters: 104, repeats: 3 },
  { filters: 208, repeats: 6 },
  { filters: 440, repeats: 6 },
];

/** Channels that see each other in a 3×3 convolution. */
const GROUP_WIDTH = 8;

/** With torchvision's `IMAGENET1K_V1` weights. */
export const regnetY400MF: Architecture = regnet("regnet_y_400mf", Y_400MF, {
  name: "RegNetY-400MF",
  ...torchvisionFile("regnet_y_400mf-c65dace8.pth", "c65dace8"),
  bytes: mebibytes(16.806),
});

/** With torchvision's `IMAGENET1K_V2` weights, of a longer recipe. */
export const regnetY400MFV2: Architecture = {
  ...regnet("regnet_y_400mf", Y_400MF, {
    name: "RegNetY-400MF (V2)",
    ...torchvisionFile("regnet_y_400mf-e6988f5f.pth", "e6988f5f"),
    bytes: mebibytes(16.806),
  }, { ...IMAGENET_PREPROCESSING, resize: 232 }),
  name: "regnet_y_400mf_v2",
  variantOf: "regnet_y_400mf",
};

function regnet(
  name: string,
  stages: readonly Stage[],
  pretrained: Pretrained,
  preprocessing: Preprocessing = IMAGENET_PREPROCESSING,
): Architecture {
  return {
    name,
    head: "fc",
    preprocessing,
    pretrained,
    python: { torchvision: name },
    features: (layers, x) => {
      let channels = 32;
      x = layers.scope(() =>
        convNorm(layers, "stem", x, { filters: 32, kernel: 3, stride: 2, ...RELU })
      );
      stages.forEach(({ filters, repeats }, s) => {
        for (let i = 0; i < repeats; i++) {
          const input = x,
            block: Block = {
              name: `trunk_output.block${s + 1}.block${s + 1}-${i}`,
              channels,
              filters,
              stride: i === 0 ? 2 : 1,
            };
          x = layers.scope(() => bottleneck(layers, input, block));
          channels = filters;
        }
      });
      return layers.globalAveragePool(x);
    },
    classifier: (layers, features, classes) => layers.linear("fc", features, classes),
  };
}

const RELU = { activation: "relu" } as const;

interface Block {
  name: string;
  channels: number;
  filters: number;
  stride: number;
}

/**
 * ResNet's bottleneck, as wide inside as outside, with a 3×3 convolution in groups and
 * squeeze-and-excitation behind it, whose width goes by the channels that enter the block.
 */
function bottleneck<T>(layers: Layers<T>, x: T, { name, channels, filters, stride }: Block): T {
  let h = convNorm(layers, `${name}.f.a`, x, { filters, kernel: 1, ...RELU });
  const groups = filters / GROUP_WIDTH;
  h = convNorm(layers, `${name}.f.b`, h, { filters, kernel: 3, stride, groups, ...RELU });
  h = layers.squeezeExcitation(h, {
    reduce: `${name}.f.se.fc1`,
    expand: `${name}.f.se.fc2`,
    squeezed: channels / 4,
    activation: "relu",
    gate: "sigmoid",
  });
  // Only a stage's first block changes the channels and the side.
  const residual = stride === 1
    ? x
    : convNorm(layers, `${name}.proj`, x, { filters, kernel: 1, stride });
  return convNorm(layers, `${name}.f.c`, h, { filters, kernel: 1, norm: { residual }, ...RELU });
}
