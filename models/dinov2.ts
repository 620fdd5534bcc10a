/**
 * DINOv2's ViT-S/14, as dinov2/models/vision_transformer.py of facebookresearch/dinov2: features that
 * nobody's labels made, of which a head learns. Its files have no head.
 * Oquab et al. 2023, "DINOv2", https://arxiv.org/abs/2304.07193; with registers, Darcet et al. 2023,
 * https://arxiv.org/abs/2309.16588.
 */
import type { Architecture } from "./architecture.ts";
import type { PositionResampling } from "./layers.ts";
import { IMAGENET_PREPROCESSING } from "./torchvision.ts";
import { type BlockNames, EPSILON, TIMM_NAMES, transformerBlock } from "./transformer_block.ts";

const PATCH = 14, LEARNED_SIDE = 518, CHANNELS = 384, HEADS = 6, BLOCKS = 12;

const NAMES: BlockNames = { ...TIMM_NAMES, scales: ["ls1.gamma", "ls2.gamma"] };

export const dinov2Small: Architecture = dinov2(
  "dinov2_vits14",
  0,
  { antialias: false, offset: 0.1 },
  "b938bf1bc15cd2ec0feacfe3a1bb553fe8ea9ca46a7e1d8d00217f29aef60cd9",
);

export const dinov2SmallRegisters: Architecture = dinov2(
  "dinov2_vits14_reg",
  4,
  { antialias: true },
  "f433177089a681826f849f194ece3bb48f4d63fb38d32fc837e3dc7a4e5641fb",
);

/** @param registers tokens between the first and the photo's */
function dinov2(
  name: string,
  registers: number,
  resampling: PositionResampling,
  sha256: string,
): Architecture {
  const ahead = 1 + registers;
  const file = `${name}${registers || ""}_pretrain.pth`;
  return {
    name,
    head: "head",
    preprocessing: { ...IMAGENET_PREPROCESSING, interpolation: "bicubic" },
    sides: { multipleOf: PATCH },
    pretrained: {
      name: `DINOv2 ViT-S/14${registers ? " with registers" : ""}`,
      file,
      sha256,
      url: `https://dl.fbaipublicfiles.com/dinov2/dinov2_vits14/${file}`,
      licence: "Apache-2.0",
    },
    python: {
      namesOf: `facebookresearch/dinov2's ${name}, with an nn.Linear(${CHANNELS}, classes) as head`,
    },
    features: (layers, x) => {
      x = layers.scope(() => {
        const patches = { filters: CHANNELS, kernel: PATCH, stride: PATCH, bias: true };
        const h = layers.tokens(layers.conv2d("patch_embed.proj", x, patches));
        const placed = layers.addPositions(
          "pos_embed",
          layers.insertTokens("cls_token", h, 1, 0),
          { side: Math.floor(LEARNED_SIDE / PATCH), ahead: 1, resampling },
        );
        // Stood for patches that were hidden in its training.
        layers.unused("mask_token", [1, CHANNELS]);
        if (!registers) return placed;
        return layers.insertTokens("register_tokens", placed, registers, 1);
      });
      for (let i = 0; i < BLOCKS; i++) {
        const input = x, block = { channels: CHANNELS, heads: HEADS, ahead };
        x = layers.scope(() => transformerBlock(layers, input, `blocks.${i}`, NAMES, block));
      }
      return layers.scope(() => layers.firstToken(layers.layerNorm("norm", x, EPSILON)));
    },
    classifier: (layers, features, classes) => layers.linear("head", features, classes),
  };
}
