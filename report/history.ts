/** What one pass over a split came to. JSON has no NaN, it says `null`. */
export interface EpochScore {
  loss: number | null;
  /** 0 to 1. */
  accuracy: number | null;
  seconds: number;
}

/** One epoch of `history.json`, counted from 0. */
export interface EpochRecord {
  epoch: number;
  lr: number;
  train: EpochScore;
  val: EpochScore;
}

/** `history.json`. */
export interface History {
  epochs: EpochRecord[];
  best: { epoch: number; accuracy: number };
}

/** A training run and what it is called. */
export interface Branch {
  name: string;
  history: History;
}
