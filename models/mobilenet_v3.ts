/**
 * MobileNetV3, small and large, as torchvision/models/mobilenetv3.py.
 * Howard et al. 2019, "Searching for MobileNetV3", https://arxiv.org/abs/1905.02244.
 */
import type { Pretrained } from "../weights/pretrained.ts";
import type { Architecture, Preprocessing } from "./architecture.ts";
import type { Activation, Layers } from "./layers.ts";
import {
  convNorm,
  IMAGENET_PREPROCESSING,
  mebibytes,
  roundChannels,
  torchvisionFile,
} from "./torchvision.ts";

/** Kernel, expanded and output channels, squeeze-and-excitation, hard-swish instead of relu, stride. */
type Row = readonly [number, number, number, boolean, boolean, number];

/** Table 2 of the paper. */
const SMALL: readonly Row[] = [
  [3, 16, 16, true, false, 2],
  [3, 72, 24, false, false, 2],
  [3, 88, 24, false, false, 1],
  [5, 96, 40, true, true, 2],
  [5, 240, 40, true, true, 1],
  [5, 240, 40, true, true, 1],
  [5, 120, 48, true, true, 1],
  [5, 144, 48, true, true, 1],
  [5, 288, 96, true, true, 2],
  [5, 576, 96, true, true, 1],
  [5, 576, 96, true, true, 1],
];

/** Table 1 of the paper. */
const LARGE: readonly Row[] = [
  [3, 16, 16, false, false, 1],
  [3, 64, 24, false, false, 2],
  [3, 72, 24, false, false, 1],
  [5, 72, 40, true, false, 2],
  [5, 120, 40, true, false, 1],
  [5, 120, 40, true, false, 1],
  [3, 240, 80, false, true, 2],
  [3, 200, 80, false, true, 1],
  [3, 184, 80, false, true, 1],
  [3, 184, 80, false, true, 1],
  [3, 480, 112, true, true, 1],
  [3, 672, 112, true, true, 1],
  [5, 672, 160, true, true, 2],
  [5, 960, 160, true, true, 1],
  [5, 960, 160, true, true, 1],
];

/** TensorFlow's momentum 0.99 is 0.01 here. */
const NORM = { momentum: 0.01, epsilon: 1e-3 } as const;

/** With torchvision's `IMAGENET1K_V1` weights. */
export const mobilenetV3Small: Architecture = mobilenetV3("mobilenet_v3_small", SMALL, 1024, {
  name: "MobileNetV3-Small",
  ...torchvisionFile("mobilenet_v3_small-047dcff4.pth", "047dcff4"),
  bytes: mebibytes(9.829),
});

/** With torchvision's `IMAGENET1K_V1` weights. */
export const mobilenetV3Large: Architecture = mobilenetV3("mobilenet_v3_large", LARGE, 1280, {
  name: "MobileNetV3-Large",
  ...torchvisionFile("mobilenet_v3_large-8738ca79.pth", "8738ca79"),
  bytes: mebibytes(21.114),
  compared: true,
});

/** With torchvision's `IMAGENET1K_V2` weights, of a longer recipe. */
export const mobilenetV3LargeV2: Architecture = {
  ...mobilenetV3("mobilenet_v3_large", LARGE, 1280, {
    name: "MobileNetV3-Large (V2)",
    ...torchvisionFile("mobilenet_v3_large-5c1a4163.pth", "5c1a4163"),
    bytes: mebibytes(21.107),
  }, { ...IMAGENET_PREPROCESSING, resize: 232 }),
  name: "mobilenet_v3_large_v2",
  variantOf: "mobilenet_v3_large",
};

function mobilenetV3(
  name: string,
  rows: readonly Row[],
  hidden: number,
  pretrained: Pretrained,
  preprocessing: Preprocessing = IMAGENET_PREPROCESSING,
): Architecture {
  const neck = <T>(layers: Layers<T>, mean: T) =>
    layers.activate(layers.linear("classifier.0", mean, hidden), "hardSwish");
  return {
    name,
    head: "classifier.3",
    preprocessing,
    pretrained,
    python: { torchvision: name },
    features: (layers, x) => {
      const activation = "hardSwish", norm = NORM;
      let channels = 16;
      x = layers.scope(() =>
        convNorm(layers, "features.0", x, { filters: 16, kernel: 3, stride: 2, activation, norm })
      );
      rows.forEach((row, i) => {
        const input = x;
        x = layers.scope(() => block(layers, `features.${i + 1}.block`, input, channels, row));
        channels = row[2];
      });
      return layers.scope(() => {
        const last = `features.${rows.length + 1}`, filters = 6 * channels;
        const h = convNorm(layers, last, x, { filters, kernel: 1, activation, norm });
        return neck(layers, layers.globalAveragePool(h));
      });
    },
    neck,
    classifier: (layers, features, classes) =>
      layers.linear("classifier.3", layers.dropout(features, 0.2), classes),
  };
}

/** MobileNetV2's block with squeeze-and-excitation before the projection. */
function block<T>(layers: Layers<T>, name: string, x: T, channels: number, row: Row): T {
  const [kernel, expanded, filters, squeezes, bends, stride] = row;
  const activation: Activation = bends ? "hardSwish" : "relu";
  const common = { activation, norm: NORM };
  let i = 0, h = x;
  if (expanded !== channels) {
    h = convNorm(layers, `${name}.${i++}`, h, { filters: expanded, kernel: 1, ...common });
  }
  h = convNorm(layers, `${name}.${i++}`, h, { filters: "depthwise", kernel, stride, ...common });
  if (squeezes) {
    const at = `${name}.${i++}`;
    h = layers.squeezeExcitation(h, {
      reduce: `${at}.fc1`,
      expand: `${at}.fc2`,
      squeezed: roundChannels(Math.floor(expanded / 4)),
      activation: "relu",
      gate: "hardSigmoid",
    });
  }
  const residual = stride === 1 && channels === filters ? x : undefined;
  return convNorm(layers, `${name}.${i}`, h, { filters, kernel: 1, norm: { ...NORM, residual } });
}
