/** What `evaluate` leaves for whoever asks the model: a temperature, and features to compare with. */
import type { References } from "../../inference/out_of_distribution.ts";
import type { Postprocessing } from "../../inference/postprocessing.ts";
import type { Branch, OfBranches } from "../../models/manifest.ts";
import { readSafetensors, writeSafetensors } from "../../weights/safetensors.ts";
import type { Tensor } from "../../weights/tensor.ts";
import { metricsFile } from "./metrics.ts";

/** Features of val photos, float32 [photos, size] by branch. */
export const REFERENCES = "familiar.safetensors";

export async function writeReferences(
  folder: string,
  byBranch: OfBranches<References>,
): Promise<void> {
  const tensors = new Map<string, Tensor>();
  for (const [branch, { data, size }] of Object.entries(byBranch)) {
    tensors.set(branch, { dtype: "float32", shape: [data.length / size, size], data });
  }
  await writeSafetensors(`${folder}/${REFERENCES}`, tensors);
}

/** What the evaluation in `folder` says of a branch. */
export async function readPostprocessing(folder: string, branch: Branch): Promise<Postprocessing> {
  const { branches } = await metricsFile.read(folder);
  const score = branches[branch];
  if (!score) throw new Error(`${folder} scored no ${branch} branch: nothing says how to read it`);
  const { calibration: { temperature }, unlike_beyond: threshold } = score;
  if (threshold === null) return { temperature };
  const { tensors } = await readSafetensors(`${folder}/${REFERENCES}`);
  const { data, shape } = tensors.get(branch)!;
  return {
    temperature,
    outOfDistribution: {
      references: { data: data as Float32Array<ArrayBuffer>, size: shape[1] },
      threshold,
    },
  };
}
