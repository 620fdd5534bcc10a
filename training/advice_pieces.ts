/** Accuracy of models that learned from so many photos, each photo asked of one that had not seen it. */
export interface LearningPoint {
  trainSize: number;
  accuracy: number;
}

/** One piece of advice, with the figures that it rests on; `report/describe_advice.ts` has the words. */
export type Advice =
  /** An error that the data doctor found: figures are wrong until it is put right. */
  | { kind: "repair"; title: string; remedy: string }
  /** Classes that fail, or have few photos to learn from and fare worse than the others. */
  | { kind: "weak_classes"; classes: WeakClass[] }
  /** Photos about which the model was sure, and their label says otherwise. */
  | { kind: "labels"; files: string[] }
  /** Whether more photos help: `expected` of twice as many, if it goes on as it did. */
  | { kind: "more_photos" | "enough_photos"; curve: LearningPoint[]; expected: number }
  | { kind: "imbalance"; most: ClassCount; least: ClassCount }
  | { kind: "confusion"; actual: string; predicted: string; count: number }
  /** The part of photos that the network does not see. */
  | { kind: "crops"; title: string; remedy: string }
  | { kind: "backbone"; architecture: string }
  /** The interval is what so few photos leave open. */
  | { kind: "measure"; total: number; interval: [number, number] }
  | { kind: "background" }
  | { kind: "doubts" };

export interface ClassCount {
  name: string;
  /** Photos to learn from. */
  photos: number;
}

interface WeakClass extends ClassCount {
  correct: number;
  total: number;
}
