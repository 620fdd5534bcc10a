/** `model.json`: what goes with a safetensors file of parameters, so that it can be used alone. */
import type { Preprocessing } from "./architecture.ts";

export interface ModelManifest {
  schema: 1;
  /** Name in the registry of architectures. */
  architecture: string;
  /** Labels in the order of the logits; ImageNet's 1000 are only counted. */
  classes: readonly string[] | number;
  preprocessing: Preprocessing;
  /** The pretrained weights all of it started from. */
  pretrained: { origin: string; sha256: string; licence: string; note?: string };
  /** How it was trained, if it was. */
  training?: {
    branch: "finetune" | "frozen";
    epochs: number;
    batchSize: number;
    lr: number;
    seed: number;
    bestEpoch: number;
    valAccuracy: number;
    device: string;
  };
}

/** Labels that there are, or numbers in their place. */
export function classNames({ classes }: ModelManifest): readonly string[] {
  return typeof classes === "number"
    ? Array.from({ length: classes }, (_, i) => `class ${i}`)
    : classes;
}
