import type { Photo } from "../data/dataset_index.ts";
import type { BatchProgress } from "./run_phase.ts";

/** A line of `trace.ndjson`: what a training step saw, so that two runs can be laid side by side. */
export interface TracedStep {
  /** Count from 0. */
  epoch: number;
  step: number;
  /** Mean of the batch, before the step. */
  loss: number;
  photos: {
    /** In the folder of photos. */
    path: string;
    /** What was cut out of the photo, in pixels: left, top, width, height. */
    box: [left: number, top: number, width: number, height: number];
    /** Whether it was mirrored. */
    flip: boolean;
  }[];
}

/** @param photos of the training split, in the order that the batch's indices count in */
export function traceStep(
  { epoch, batch, batchLoss, indices, crops }: BatchProgress,
  photos: readonly Photo[],
): TracedStep {
  return {
    epoch,
    step: batch - 1,
    loss: batchLoss,
    photos: indices.map((index, i) => {
      const { left, top, width, height, flip } = crops[i];
      return { path: photos[index].path, box: [left, top, width, height], flip };
    }),
  };
}
