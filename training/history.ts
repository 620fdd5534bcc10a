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
  /** What val says of the model that training begins with, where that one may be kept, too. */
  start?: PhaseResult;
  epochs: EpochResult[];
  /**
   * The epoch whose parameters were kept: the first with the highest val accuracy, of a finetuning
   * under `best` the first with the lowest val loss; and its val accuracy. Or `START`
   * (`models/manifest.ts`), where none was better than what training began with.
   */
  best: { epoch: number; accuracy: number };
}

/** What losses say of rates that were tried, one a batch. */
export interface RateTest {
  /** Rising by the same factor from step to step. */
  rates: number[];
  /** Of each step: the mean of the losses so far, recent ones counting most. */
  losses: number[];
  /** Null where the losses fall nowhere. */
  suggested: number | null;
}

/** As `PhaseResult`; null where that was no number, which JSON has not. */
export interface CurvePoint {
  loss: number | null;
  accuracy: number | null;
}

/** What was learned, without how long it took: the same for every run of the same settings. */
export interface LearningCurves {
  /** By which the rate was found, where it was asked for. */
  rateTest?: RateTest;
  start?: CurvePoint;
  epochs: { epoch: number; lr: number; train: CurvePoint; val: CurvePoint }[];
  best: History["best"];
}

export function learningCurves(
  { start, epochs, best }: History,
  rateTest?: RateTest,
): LearningCurves {
  const numberOf = (value: number) => Number.isFinite(value) ? value : null;
  const withoutTime = ({ loss, accuracy }: PhaseResult) => ({
    loss: numberOf(loss),
    accuracy: numberOf(accuracy),
  });
  return {
    ...(rateTest && { rateTest }),
    ...(start && { start: withoutTime(start) }),
    epochs: epochs.map(({ epoch, lr, train, val }) => ({
      epoch,
      lr,
      train: withoutTime(train),
      val: withoutTime(val),
    })),
    best,
  };
}
