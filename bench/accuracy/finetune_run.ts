/** What a finetuning came to, epoch by epoch: a line of `deno task bench finetune`. */
import * as v from "valibot";
import { finetuneRecipe } from "../../models/manifest.ts";

const score = { loss: v.number(), accuracy: v.number() };
const test = v.object({ ...score, right: v.string() });
const val = v.object(score);

export const finetuneRun = v.object({
  bench: v.literal("finetune"),
  set: v.string(),
  division: v.number(),
  seed: v.number(),
  variant: v.string(),
  recipe: finetuneRecipe,
  model: v.string(),
  backend: v.string(),
  /** The probe's penalty. */
  C: v.number(),
  photos: v.object({ train: v.number(), val: v.number(), test: v.number() }),
  /** The probe, where finetuning begins. */
  start: v.object({ val, test }),
  epochs: v.array(v.object({
    lr: v.number(),
    train: v.object(score),
    val,
    /** `right`: photo after photo of the test part, 1 where it is right. */
    test,
  })),
  seconds: v.number(),
});
export type FinetuneRun = v.InferOutput<typeof finetuneRun>;

/** What tells runs apart. */
export const keyOf = (
  { set, division, seed, variant }: Pick<FinetuneRun, "set" | "division" | "seed" | "variant">,
) => `${set} ${division} ${seed} ${variant}`;
