/** What a training run leaves behind, epoch by epoch: the contents of `history.json`. */
export interface PhaseResult {
  /** Mean over the phase's photos of the batch losses. */
  loss: number;
  /** Share of the phase's photos that were right, in 0…1. */
  accuracy: number;
  seconds: number;
}

export interface EpochResult {
  /** Counts from 0. */
  epoch: number;
  lr: number;
  train: PhaseResult;
  val: PhaseResult;
}

export interface History {
  epochs: EpochResult[];
  /** The epoch whose parameters were kept: the first with the highest val accuracy. */
  best: { epoch: number; accuracy: number };
}
