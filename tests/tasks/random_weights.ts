/** A file of ImageNet-sized weights that nobody trained. */
import { findArchitecture } from "../../models/registry.ts";
import { writeSafetensors } from "../../weights/safetensors.ts";
import { randomStateDict } from "../models/random_state_dict.ts";

export async function writeRandomWeights(path: string, model: string): Promise<void> {
  await writeSafetensors(path, randomStateDict(findArchitecture(model), 1000));
}
