/**
 * MobileNetV4-Conv-Small and -Medium, as timm/models/mobilenetv3.py's
 * `_gen_mobilenet_v4`. Qin et al. 2024, "MobileNetV4", https://arxiv.org/abs/2404.10518.
 */
import type { Architecture, Preprocessing } from "./architecture.ts";
import type { Convolution, Layers } from "./layers.ts";
import { IMAGENET_PREPROCESSING, roundChannels } from "./torchvision.ts";

/** A convolution of all channels, of this kernel and stride. */
interface Plain {
  kind: "convolution";
  kernel: number;
  stride: number;
  filters: number;
}

/**
 * The universal inverted bottleneck: MobileNetV2's block with a depthwise convolution before it as well,
 * where either may be missing (a kernel of 0).
 */
interface Universal {
  kind: "universal";
  first: number;
  middle: number;
  stride: number;
  expansion: number;
  filters: number;
}

/** MobileNetV2's block with one 3×3 convolution in place of the first 1×1 and the depthwise one. */
interface Fused {
  kind: "fused";
  stride: number;
  expansion: number;
  filters: number;
}

type Block = Plain | Universal | Fused;

const convolution = (kernel: number, stride: number, filters: number): Plain[] => [
  { kind: "convolution", kernel, stride, filters },
];
const universal = (
  [first, middle]: readonly [number, number],
  stride: number,
  expansion: number,
  filters: number,
  repeats = 1,
): Universal[] =>
  Array(repeats).fill({ kind: "universal", first, middle, stride, expansion, filters });

/** Table 11 of the paper, stage by stage. */
const SMALL: readonly Block[][] = [
  [...convolution(3, 2, 32), ...convolution(1, 1, 32)],
  [...convolution(3, 2, 96), ...convolution(1, 1, 64)],
  [
    ...universal([5, 5], 2, 3, 96),
    ...universal([0, 3], 1, 2, 96, 4),
    ...universal([3, 0], 1, 4, 96),
  ],
  [
    ...universal([3, 3], 2, 6, 128),
    ...universal([5, 5], 1, 4, 128),
    ...universal([0, 5], 1, 4, 128),
    ...universal([0, 5], 1, 3, 128),
    ...universal([0, 3], 1, 4, 128, 2),
  ],
  convolution(1, 1, 960),
];

/** MNv4-Conv-M of the paper's appendix. */
const MEDIUM: readonly Block[][] = [
  [{ kind: "fused", stride: 2, expansion: 4, filters: 48 }],
  [
    ...universal([3, 5], 2, 4, 80),
    ...universal([3, 3], 1, 2, 80),
  ],
  [
    ...universal([3, 5], 2, 6, 160),
    ...universal([3, 3], 1, 4, 160, 2),
    ...universal([3, 5], 1, 4, 160),
    ...universal([3, 3], 1, 4, 160),
    ...universal([3, 0], 1, 4, 160),
    ...universal([0, 0], 1, 2, 160),
    ...universal([3, 0], 1, 4, 160),
  ],
  [
    ...universal([5, 5], 2, 6, 256),
    ...universal([5, 5], 1, 4, 256),
    ...universal([3, 5], 1, 4, 256, 2),
    ...universal([0, 0], 1, 4, 256),
    ...universal([3, 0], 1, 4, 256),
    ...universal([3, 5], 1, 2, 256),
    ...universal([5, 5], 1, 4, 256),
    ...universal([0, 0], 1, 4, 256, 2),
    ...universal([5, 0], 1, 2, 256),
  ],
  convolution(1, 1, 960),
];

/** Prepared for as timm's `e2400_r224_in1k` weights expect. */
export const mobilenetV4ConvSmall: Architecture = mobilenetV4("mobilenetv4_conv_small", SMALL, {
  ...IMAGENET_PREPROCESSING,
  interpolation: "bicubic",
});

/** Prepared for as timm's `e500_r224_in1k` weights expect: a crop of 0.95, 224 of 235 pixels. */
export const mobilenetV4ConvMedium: Architecture = mobilenetV4("mobilenetv4_conv_medium", MEDIUM, {
  ...IMAGENET_PREPROCESSING,
  resize: 235,
  interpolation: "bicubic",
});

/** The hub has the files under no hash, so that none is named here: training starts from `--weights`. */
function mobilenetV4(
  name: string,
  stages: readonly Block[][],
  preprocessing: Preprocessing,
): Architecture {
  // Behind the mean there is one pixel a photo.
  const neck = <T>(layers: Layers<T>, mean: T) => {
    const pixel = layers.conv2d("conv_head", layers.asPixel(mean), { filters: 1280, kernel: 1 });
    return layers.ofPixel(layers.batchNorm("norm_head", pixel, RELU));
  };
  return {
    name,
    head: "classifier",
    preprocessing,
    python: { namesOf: `timm's ${name}` },
    features: (layers, x) => {
      const stem = x;
      x = layers.scope(() => {
        const h = layers.conv2d("conv_stem", stem, { filters: 32, ...window(3, 2) });
        return layers.batchNorm("bn1", h, RELU);
      });
      let channels = 32;
      stages.forEach((blocks, stage) =>
        blocks.forEach((block, i) => {
          // The first of those that repeat alone halves the side and changes the channels.
          const input = x, from = channels, prefix = `blocks.${stage}.${i}`;
          x = layers.scope(() => compute(layers, input, prefix, block, from));
          channels = block.filters;
        })
      );
      const last = x;
      return layers.scope(() => neck(layers, layers.globalAveragePool(last)));
    },
    neck,
    classifier: (layers, features, classes) => layers.linear("classifier", features, classes),
  };
}

const RELU = { activation: "relu" } as const;

/** Padded so that stride 1 keeps the side. */
function window(kernel: number, stride = 1): Omit<Convolution, "filters"> {
  return { kernel, stride, padding: (kernel - 1) / 2 };
}

function compute<T>(layers: Layers<T>, x: T, name: string, block: Block, channels: number): T {
  const { stride, filters } = block;
  const residual = stride === 1 && channels === filters ? x : undefined;
  switch (block.kind) {
    case "convolution": {
      const h = layers.conv2d(`${name}.conv`, x, { filters, ...window(block.kernel, stride) });
      return layers.batchNorm(`${name}.bn1`, h, RELU);
    }
    case "fused": {
      const expanded = channels * block.expansion;
      let h = layers.conv2d(`${name}.conv_exp`, x, { filters: expanded, ...window(3, stride) });
      h = layers.batchNorm(`${name}.bn1`, h, RELU);
      h = layers.conv2d(`${name}.conv_pwl`, h, { filters, kernel: 1 });
      return layers.batchNorm(`${name}.bn2`, h, { residual });
    }
    case "universal": {
      const { first, middle, expansion } = block;
      let h = x;
      if (first) {
        const alone = window(first, middle ? 1 : stride);
        h = layers.depthwiseConv2d(`${name}.dw_start.conv`, h, alone);
        h = layers.batchNorm(`${name}.dw_start.bn`, h);
      }
      const expanded = { filters: roundChannels(channels * expansion), kernel: 1 };
      h = layers.conv2d(`${name}.pw_exp.conv`, h, expanded);
      h = layers.batchNorm(`${name}.pw_exp.bn`, h, RELU);
      if (middle) {
        h = layers.depthwiseConv2d(`${name}.dw_mid.conv`, h, window(middle, stride));
        h = layers.batchNorm(`${name}.dw_mid.bn`, h, RELU);
      }
      h = layers.conv2d(`${name}.pw_proj.conv`, h, { filters, kernel: 1 });
      return layers.batchNorm(`${name}.pw_proj.bn`, h, { residual });
    }
  }
}
