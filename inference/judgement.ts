/** What evaluation learned about reading a branch's outputs: written by it, used wherever photos are asked. */
import { calibrated } from "./calibration.ts";
import { distanceToNearest, type References } from "./out_of_distribution.ts";
import type { Branch } from "../training/train_step.ts";
import { readSafetensors, writeSafetensors } from "../weights/safetensors.ts";
import type { Tensor } from "../weights/tensor.ts";
import { readJson } from "../tasks/json.ts";

const REFERENCES = "familiar.safetensors";

/** How a branch's logits and features are to be read. */
export interface Judgement {
  /** Of temperature scaling; 1 where it was not measured. */
  temperature: number;
  /** Where there were enough val photos to say what is unlike them. */
  familiar?: { references: References; threshold: number };
}

/** For models that were never evaluated. */
export const UNJUDGED: Judgement = { temperature: 1 };

/** Writes the val photos' features, by branch. */
export async function writeReferences(
  folder: string,
  known: Record<Branch, References>,
): Promise<void> {
  const tensors = new Map<string, Tensor>();
  for (const [branch, { data, size }] of Object.entries(known)) {
    tensors.set(branch, { dtype: "float32", shape: [data.length / size, size], data });
  }
  await writeSafetensors(`${folder}/${REFERENCES}`, tensors);
}

/** What the evaluation in `folder` says of a branch. */
export async function readJudgement(folder: string, branch: Branch): Promise<Judgement> {
  const [{ branches }, { tensors }] = await Promise.all([
    readJson(`${folder}/metrics.json`),
    readSafetensors(`${folder}/${REFERENCES}`),
  ]);
  const { calibration: { temperature }, unlike_beyond: threshold } = branches[branch];
  if (threshold === null) return { temperature };
  const { data, shape } = tensors.get(branch)!;
  return {
    temperature,
    familiar: {
      references: { data: data as Float32Array<ArrayBuffer>, size: shape[1] },
      threshold,
    },
  };
}

/** Probabilities of the classes, and whether the photo is unlike all that evaluation saw. */
export function judge(
  { logits, features }: { logits: readonly number[]; features: Float32Array },
  { temperature, familiar }: Judgement,
): { probabilities: number[]; unlike?: boolean } {
  const probabilities = calibrated(logits, temperature);
  if (!familiar) return { probabilities };
  const { references, threshold } = familiar;
  return { probabilities, unlike: distanceToNearest(references, features) > threshold };
}
