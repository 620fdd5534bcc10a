/**
 * ViT-B/16, as torchvision/models/vision_transformer.py.
 * Dosovitskiy et al. 2020, "An Image is Worth 16x16 Words", https://arxiv.org/abs/2010.11929.
 */
import type { Architecture } from "./architecture.ts";
import { IMAGENET_PREPROCESSING, mebibytes, torchvisionFile } from "./torchvision.ts";
import { type BlockNames, EPSILON, transformerBlock } from "./transformer_block.ts";

const PATCH = 16, SIDE = 224, CHANNELS = 768, HEADS = 12, BLOCKS = 12;

const NAMES: BlockNames = {
  norms: ["ln_1", "ln_2"],
  qkv: ["self_attention.in_proj", "_"],
  projection: "self_attention.out_proj",
  mlp: ["mlp.0", "mlp.3"],
};

/** With torchvision's `IMAGENET1K_V1` weights. */
export const vitB16: Architecture = {
  name: "vit_b_16",
  head: "heads.head",
  preprocessing: IMAGENET_PREPROCESSING,
  // torchvision resamples positions only in files, by a script.
  sides: { only: SIDE },
  pretrained: {
    name: "ViT-B/16",
    ...torchvisionFile("vit_b_16-c867db91.pth", "c867db91"),
    bytes: mebibytes(330.285),
  },
  // The file is older than https://github.com/pytorch/vision/pull/6053.
  formerNames: [
    [/\.mlp\.linear_1\./, ".mlp.0."],
    [/\.mlp\.linear_2\./, ".mlp.3."],
  ],
  python: { torchvision: "vit_b_16" },
  features: (layers, x) => {
    x = layers.scope(() => {
      const patches = { filters: CHANNELS, kernel: PATCH, stride: PATCH, bias: true };
      const h = layers.tokens(layers.conv2d("conv_proj", x, patches));
      const positions = { side: SIDE / PATCH, ahead: 1 };
      return layers.addPositions(
        "encoder.pos_embedding",
        layers.insertTokens("class_token", h, 1, 0),
        positions,
      );
    });
    for (let i = 0; i < BLOCKS; i++) {
      const input = x, block = { channels: CHANNELS, heads: HEADS, ahead: 1 };
      const name = `encoder.layers.encoder_layer_${i}`;
      x = layers.scope(() => transformerBlock(layers, input, name, NAMES, block));
    }
    return layers.scope(() => layers.firstToken(layers.layerNorm("encoder.ln", x, EPSILON)));
  },
  classifier: (layers, features, classes) => layers.linear("heads.head", features, classes),
};
