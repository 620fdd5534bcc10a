/**
 * Swin-T, as torchvision/models/swin_transformer.py.
 * Liu et al. 2021, "Swin Transformer: Hierarchical Vision Transformer using Shifted Windows",
 * https://arxiv.org/abs/2103.14030.
 */
import type { Architecture } from "./architecture.ts";
import type { Layers, Windows } from "./layers.ts";
import { IMAGENET_PREPROCESSING, mebibytes, torchvisionFile } from "./torchvision.ts";

const PATCH = 4, WINDOW = 7, EPSILON = 1e-5;

/** Channels, heads and blocks of each stage. */
const STAGES = [[96, 3, 2], [192, 6, 2], [384, 12, 6], [768, 24, 2]];

/** Of the last block; it grows from the first one's 0. */
const STOCHASTIC_DEPTH = 0.2;

/** With torchvision's `IMAGENET1K_V1` weights. */
export const swinT: Architecture = {
  name: "swin_t",
  head: "head",
  preprocessing: { ...IMAGENET_PREPROCESSING, resize: 232, interpolation: "bicubic" },
  pretrained: {
    name: "Swin-T",
    ...torchvisionFile("swin_t-704ceda3.pth", "704ceda3"),
    bytes: mebibytes(108.19),
  },
  python: { torchvision: "swin_t" },
  features: (layers, x) => {
    const total = STAGES.reduce((sum, [, , blocks]) => sum + blocks, 0);
    let number = 0;
    STAGES.forEach(([channels, heads, blocks], stage) => {
      const before = x, name = `features.${2 * stage}`;
      x = layers.scope(() => {
        if (stage > 0) return mergePatches(layers, before, name, channels);
        const patches = { filters: channels, kernel: PATCH, stride: PATCH, bias: true };
        return layers.layerNorm(`${name}.2`, layers.conv2d(`${name}.0`, before, patches), EPSILON);
      });
      for (let i = 0; i < blocks; i++) {
        const input = x, rate = STOCHASTIC_DEPTH * number++ / (total - 1);
        const windows = { heads, side: WINDOW, shift: i % 2 === 0 ? 0 : Math.floor(WINDOW / 2) };
        const prefix = `features.${2 * stage + 1}.${i}`;
        x = layers.scope(() => block(layers, input, prefix, channels, windows, rate));
      }
    });
    return layers.scope(() => layers.globalAveragePool(layers.layerNorm("norm", x, EPSILON)));
  },
  classifier: (layers, features, classes) => layers.linear("head", features, classes),
};

/** Two by two patches become one, of twice the channels. */
function mergePatches<T>(layers: Layers<T>, x: T, name: string, channels: number): T {
  const h = layers.layerNorm(`${name}.norm`, layers.mergePixels(layers.padTo(2, x)), EPSILON);
  return layers.linear(`${name}.reduction`, h, channels, { bias: false });
}

/** Attention within windows, then two linear layers, each behind a layer norm and beside a shortcut. */
function block<T>(
  layers: Layers<T>,
  x: T,
  name: string,
  channels: number,
  windows: Windows,
  rate: number,
): T {
  // What is padded is attended to, as torchvision has it.
  let h = layers.padTo(windows.side, layers.layerNorm(`${name}.norm1`, x, EPSILON));
  h = layers.linear(`${name}.attn.qkv`, h, 3 * channels);
  h = layers.windowAttention(`${name}.attn`, h, windows);
  h = layers.linear(`${name}.attn.proj`, h, channels);
  x = layers.shortcut(layers.cropTo(x, h), x, rate);

  h = layers.layerNorm(`${name}.norm2`, x, EPSILON);
  h = layers.gelu(layers.linear(`${name}.mlp.0`, h, 4 * channels));
  h = layers.linear(`${name}.mlp.3`, h, channels);
  return layers.shortcut(h, x, rate);
}
