/**
 * ConvNeXt-Tiny, as torchvision/models/convnext.py.
 * Liu et al. 2022, "A ConvNet for the 2020s", https://arxiv.org/abs/2201.03545.
 */
import type { Architecture } from "./architecture.ts";
import type { Layers } from "./layers.ts";
import { IMAGENET_PREPROCESSING, mebibytes, torchvisionFile } from "./torchvision.ts";

const EPSILON = 1e-6;

/** Channels and blocks of each stage. */
const STAGES = [[96, 3], [192, 3], [384, 9], [768, 3]];

/** Of the last block; it grows from the first one's 0. */
const STOCHASTIC_DEPTH = 0.1;

/** With torchvision's `IMAGENET1K_V1` weights. */
export const convnextTiny: Architecture = {
  name: "convnext_tiny",
  head: "classifier.2",
  preprocessing: { ...IMAGENET_PREPROCESSING, resize: 236 },
  pretrained: {
    name: "ConvNeXt-Tiny",
    ...torchvisionFile("convnext_tiny-983f1562.pth", "983f1562"),
    bytes: mebibytes(109.119),
  },
  python: { torchvision: "convnext_tiny" },
  features: (layers, x) => {
    const total = STAGES.reduce((sum, [, blocks]) => sum + blocks, 0);
    let number = 0;
    STAGES.forEach(([channels, blocks], stage) => {
      const [before, name] = [x, `features.${2 * stage}`];
      x = layers.scope(() => {
        const cut = stage === 0 ? 4 : 2;
        const patches = { filters: channels, kernel: cut, stride: cut, bias: true };
        if (stage > 0) {
          const normal = layers.layerNorm(`${name}.0`, before, EPSILON);
          return layers.conv2d(`${name}.1`, normal, patches);
        }
        const h = layers.conv2d(`${name}.0`, before, patches);
        return layers.layerNorm(`${name}.1`, h, EPSILON);
      });
      for (let i = 0; i < blocks; i++) {
        const input = x, rate = STOCHASTIC_DEPTH * number++ / (total - 1);
        const prefix = `features.${2 * stage + 1}.${i}`;
        x = layers.scope(() => block(layers, input, prefix, channels, rate));
      }
    });
    return layers.globalAveragePool(x);
  },
  classifier: (layers, features, classes) =>
    layers.linear(
      "classifier.2",
      layers.layerNorm("classifier.0", features, EPSILON),
      classes,
    ),
};

/** Each channel by itself over 7×7 pixels, then each pixel by itself, beside a shortcut. */
function block<T>(layers: Layers<T>, x: T, name: string, channels: number, rate: number): T {
  let h = layers.depthwiseConv2d(`${name}.block.0`, x, { kernel: 7, padding: 3, bias: true });
  h = layers.layerNorm(`${name}.block.2`, h, EPSILON);
  h = layers.gelu(layers.linear(`${name}.block.3`, h, 4 * channels));
  h = layers.linear(`${name}.block.5`, h, channels);
  h = layers.scale(`${name}.layer_scale`, h, 3);
  return layers.shortcut(h, x, rate);
}
