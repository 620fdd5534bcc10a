/**
 * DeiT without distillation, as timm/models/deit.py and vision_transformer.py.
 * Touvron et al. 2020, "Training data-efficient image transformers & distillation through attention",
 * https://arxiv.org/abs/2012.12877.
 */
import type { Architecture } from "./architecture.ts";
import { IMAGENET_PREPROCESSING } from "./torchvision.ts";
import { EPSILON, TIMM_NAMES, transformerBlock } from "./transformer_block.ts";

const PATCH = 16, BLOCKS = 12;

export const deitTiny: Architecture = deit("deit_tiny", "DeiT-Tiny", 192, 3, "a1311bcf");

export const deitSmall: Architecture = deit("deit_small", "DeiT-Small", 384, 6, "cd65a155");

/** @param digits the first of the SHA-256 of its file, in the file's name */
function deit(
  name: string,
  title: string,
  channels: number,
  heads: number,
  digits: string,
): Architecture {
  const file = `${name}_patch16_224-${digits}.pth`;
  return {
    name,
    head: "head",
    preprocessing: { ...IMAGENET_PREPROCESSING, interpolation: "bicubic" },
    sides: { multipleOf: PATCH },
    pretrained: {
      name: title,
      file,
      sha256: digits,
      url: `https://dl.fbaipublicfiles.com/deit/${file}`,
      licence: "Apache-2.0",
    },
    python: { namesOf: `timm's ${name}_patch16_224` },
    features: (layers, x) => {
      x = layers.scope(() => {
        const patches = { filters: channels, kernel: PATCH, stride: PATCH, bias: true };
        const h = layers.tokens(layers.conv2d("patch_embed.proj", x, patches));
        // Antialiased where it shrinks: timm's `resample_abs_pos_embed`, which `dynamic_img_size` uses.
        const positions = { side: 224 / PATCH, ahead: 1, resampling: { antialias: true } };
        return layers.addPositions(
          "pos_embed",
          layers.insertTokens("cls_token", h, 1, 0),
          positions,
        );
      });
      for (let i = 0; i < BLOCKS; i++) {
        const input = x, block = { channels, heads, ahead: 1 };
        x = layers.scope(() => transformerBlock(layers, input, `blocks.${i}`, TIMM_NAMES, block));
      }
      return layers.scope(() => layers.firstToken(layers.layerNorm("norm", x, EPSILON)));
    },
    classifier: (layers, features, classes) => layers.linear("head", features, classes),
  };
}
