/** What every model file exports. */
import type { Layers } from "./layers.ts";

/** How a photo becomes the network's input, as the pretrained weights expect it. */
export interface Preprocessing {
  /** Shorter side after Resize. */
  resize: number;
  /** Side of the centre crop, and of RandomResizedCrop in training. */
  size: number;
  /** Per channel, of values in 0…1. */
  mean: [number, number, number];
  std: [number, number, number];
}

/** torchvision's preprocessing for its ImageNet weights. */
export const IMAGENET_PREPROCESSING: Preprocessing = {
  resize: 256,
  size: 224,
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
};

export interface Architecture {
  /** torchvision's name of the model, where it has it. */
  name: string;
  /** Name of the last `nn.Linear`, the one that transfer learning replaces. */
  head: string;
  preprocessing: Preprocessing;
  /** [batch, size, size, 3] to [batch, features]: what stays frozen in a feature extractor. */
  features<T>(layers: Layers<T>, x: T): T;
  /** [batch, features] to logits [batch, classes]. */
  classifier<T>(layers: Layers<T>, features: T, classes: number): T;
}
