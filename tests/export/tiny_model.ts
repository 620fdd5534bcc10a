/** Models of a few thousand parameters that have each kind of layer of networks of today. */
import { hashTensor } from "../../bench/certify/hash_numbers.ts";
import type { ExportedModel } from "../../export/exported_model.ts";
import { references } from "../../inference/out_of_distribution.ts";
import { postprocess } from "../../inference/postprocessing.ts";
import type { RgbImage } from "../../data/image.ts";
import { viewPhoto } from "../../data/transforms.ts";
import { tensorOfCrops } from "../../inference/tensor_of_crops.ts";
import type { Architecture, Preprocessing } from "../../models/architecture.ts";
import { Model } from "../../models/model.ts";
import { parameterSpecs } from "../../models/parameter_specs.ts";
import { convertStateDict } from "../../weights/convert.ts";
import { randomStateDict } from "../models/random_state_dict.ts";
import { CLASSES } from "./random_model.ts";

export const TINY: Architecture = {
  name: "tiny",
  head: "classifier",
  preprocessing: {
    resize: 36,
    size: 32,
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
  },
  features(layers, x) {
    let h = layers.conv2d("stem", x, { filters: 16, kernel: 3, stride: 2, padding: 1 });
    h = layers.batchNorm("stem_norm", h, { activation: "relu6", epsilon: 1e-3 });
    h = layers.maxPool(h, { size: 2, stride: 2, padding: 0 });
    let y = layers.depthwiseConv2d("depthwise", h, { kernel: 3, padding: 1 });
    y = layers.batchNorm("depthwise_norm", y, { activation: "silu" });
    y = layers.squeezeExcitation(y, {
      reduce: "reduce",
      expand: "expand",
      squeezed: 4,
      activation: "relu",
      gate: "sigmoid",
    });
    y = layers.conv2d("project", y, { filters: 16, kernel: 1 });
    h = layers.batchNorm("project_norm", y, { residual: h, activation: "relu" });
    return layers.globalAveragePool(h);
  },
  classifier: (layers, features, classes) => layers.linear("classifier", features, classes),
};

/** With its layers: norms of layers, linear layers of tokens, attention. */
export const TINY_TRANSFORMER: Architecture = {
  ...TINY,
  name: "tiny_transformer",
  features(layers, x) {
    const patches = { filters: 24, kernel: 8, stride: 8, bias: true };
    let h = layers.tokens(layers.conv2d("patches", x, patches));
    h = layers.insertTokens("class_token", h, 1, 0);
    const qkv = layers.linear("qkv", layers.layerNorm("norm1", h, 1e-6), 72);
    h = layers.shortcut(layers.linear("projection", layers.attention(qkv, 3), 24), h);
    const wide = layers.linear("fc1", layers.layerNorm("norm2", h, 1e-6), 96);
    h = layers.shortcut(layers.linear("fc2", layers.gelu(wide), 24), h);
    return layers.firstToken(layers.layerNorm("norm3", h, 1e-6));
  },
};

/** @param preprocessing where it is not the usual one */
export function tinyModel(
  preprocessing: Partial<Preprocessing> = {},
  kind: Architecture = TINY,
): ExportedModel {
  const architecture = { ...kind, preprocessing: { ...kind.preprocessing, ...preprocessing } };
  const stateDict = randomStateDict(kind, CLASSES.length);
  return {
    architecture,
    description: {
      schema: 2,
      architecture: kind.name,
      classes: CLASSES,
      preprocessing: architecture.preprocessing,
      pretrained: { origin: "nowhere", sha256: "", licence: "MIT" },
      temperature: 0.75,
    },
    parameters: convertStateDict(stateDict, parameterSpecs(kind, CLASSES.length)),
  };
}

/** Smooth shapes and some noise, so that photos differ in more than their grain; the same each time. */
export function drawnPhoto(width: number, height: number, seed: number): RgbImage {
  const noise = hashTensor(seed, [height * width * 3], 20);
  const [a, b, c] = hashTensor(900 + seed, [3], 3);
  const data = new Uint8Array(noise.length);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < 3; channel++, i++) {
        const wave = Math.sin(a * x / width * 4 + channel * b) + Math.cos(c * y / height * 5 + b);
        data[i] = Math.max(0, Math.min(255, 128 + 50 * wave + noise[i]));
      }
    }
  }
  return { width, height, data };
}

/** What `predict` says of photos: the very modules, on whatever backend is active. */
export async function ownAnswers(model: ExportedModel, photos: readonly RgbImage[]) {
  const { description: { preprocessing, temperature }, outOfDistribution } = model;
  const own = new Model(model.architecture!, CLASSES.length, model.parameters);
  const outputs = await own.outputs(
    tensorOfCrops(photos.map((photo) => viewPhoto(photo, preprocessing)), preprocessing),
  );
  own.dispose();
  return outputs.map((output) => ({
    ...output,
    ...postprocess(output, { temperature, outOfDistribution }),
  }));
}

/** The model, which knows some photos: at some distance from all of them is none of the classes. */
export async function withFamiliar(
  model: ExportedModel,
  photos: readonly RgbImage[],
  threshold: number,
): Promise<ExportedModel> {
  const answers = await ownAnswers(model, photos);
  return {
    ...model,
    outOfDistribution: {
      references: references(answers.map(({ features }) => features)),
      threshold,
    },
  };
}
