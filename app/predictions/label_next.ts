/** Which photos would teach a model most, were they labelled. */
import { type Fingerprint, fingerprintOf } from "../../data/fingerprint.ts";
import { nearDuplicates } from "../../data/near_duplicates.ts";
import type { Prediction } from "../../inference/predict_photos.ts";

/** A photo that was not labelled yet. */
export interface Candidate {
  prediction: Prediction;
  /** What the model's last layer was given. */
  features: Float32Array;
  /** Of the model's crop, [size, size, 3]. */
  crop: Uint8Array;
}

interface Kept {
  prediction: Prediction;
  /** Of unit length. */
  features: Float32Array;
  fingerprint: Fingerprint;
  margin: number;
}

/** A photo to label, and how near its two likeliest classes are: 0 where the model cannot decide. */
export type ToLabel = Prediction & { margin: number };

/** So many times as many of the least certain photos are kept as are wanted. */
const BEFOREHAND = 10;

/**
 * Chooses photos that the model is unsure of and that are unlike each other: of the least certain ones
 * by margin, one after the other the one of which uncertainty times distance (1 - cosine of features)
 * to the nearest one chosen is greatest. Of photos that show the same, the least certain one stands for
 * all. Filtering by uncertainty before choosing by diversity: Wei, Iyer and Bilmes 2015, "Submodularity
 * in Data Subset Selection and Active Learning", section 5. Memory is for ten times as many photos as
 * are wanted, however many are added.
 */
export class LabelNext {
  #kept: Kept[] = [];

  constructor(private readonly count: number) {}

  /** @param candidate its prediction lists two classes or more */
  add({ prediction, features, crop }: Candidate): void {
    const margin = marginOf(prediction);
    const most = this.count * BEFOREHAND;
    if (this.#kept.length >= 2 * most) this.#forget(most);
    const side = Math.round(Math.sqrt(crop.length / 3));
    const fingerprint = fingerprintOf({ width: side, height: side, data: crop });
    this.#kept.push({ prediction, features: unit(features), fingerprint, margin });
  }

  /** The chosen photos, the first to label first; fewer where there are fewer. */
  choose(): ToLabel[] {
    this.#forget(this.count * BEFOREHAND);
    const open = new Set(withoutDuplicates(this.#kept));
    const distances = new Map(Array.from(open, (photo) => [photo, 2]));
    const chosen: Kept[] = [];
    while (chosen.length < this.count && open.size > 0) {
      const worth = (photo: Kept) => (1 - photo.margin) * distances.get(photo)!;
      let best: Kept | undefined;
      for (const photo of open) if (!best || worth(photo) > worth(best)) best = photo;
      open.delete(best!);
      chosen.push(best!);
      for (const photo of open) {
        const distance = Math.max(0, 1 - cosine(photo.features, best!.features));
        distances.set(photo, Math.min(distances.get(photo)!, distance));
      }
    }
    return chosen.map(({ prediction, margin }) => ({ ...prediction, margin }));
  }

  /** Keeps the least certain; of equally certain ones, those that came first. */
  #forget(most: number): void {
    this.#kept = this.#kept.sort((a, b) => a.margin - b.margin).slice(0, most);
  }
}

/** How much likelier the first class is than the second. */
function marginOf({ top: [first, second] }: Prediction): number {
  return first.probability - (second?.probability ?? 0);
}

/** @param photos the least certain first */
function withoutDuplicates(photos: readonly Kept[]): Kept[] {
  const groups = nearDuplicates(photos.map(({ fingerprint }) => fingerprint));
  const doubled = new Set(groups.flatMap((group) => group.toSorted((a, b) => a - b).slice(1)));
  return photos.filter((_, i) => !doubled.has(i));
}

function cosine(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function unit(features: Float32Array): Float32Array {
  const length = Math.sqrt(cosine(features, features)) || 1;
  return features.map((value) => value / length);
}
