/** A classifier that is better with each photo, as long as somebody teaches it. */
import type { Fingerprint } from "../../data/fingerprint.ts";
import type { Part } from "../../data/dataset_index.ts";
import { argmax } from "../../models/logits.ts";
import { calibrated } from "../../inference/calibration.ts";
import type { ProbeRecipe } from "../../models/manifest.ts";
import { LiveProbe } from "../../training/probe/live_probe.ts";
import type { LinearClassifier } from "../../training/probe/logistic_regression.ts";
import { scoreBranch } from "../../training/score.ts";
import { type DividedPhotos, dividePhotos } from "./divide_photos.ts";
import type { Standing, TaughtClass } from "./messages.ts";
import { familiar, type Lesson, type Settled } from "./settle.ts";

/** A photo that the network looked at. */
export interface LivePhoto {
  id: string;
  classId: string;
  /** Below its class's folder. */
  file: string;
  fingerprint: Fingerprint;
  features: Float32Array<ArrayBuffer>;
}

type Divided = DividedPhotos<LivePhoto & { className: string }>;

/** Where cross-validation has said nothing yet: what it most often says. */
const FIRST_C = 0.01;
/** Converged for whoever looks on; what is taken away is fitted further. */
const TOL = 1e-6;
const MOST_STEPS = 10_000;
/** Photos are divided anew after each one while that takes no longer, in milliseconds. */
const QUICK = 30;
/** Rows of photos that were removed are kept up to here. */
const LEAST_ROWS = 256;

export class LiveClassifier {
  readonly #photos = new Map<string, LivePhoto>();
  readonly #rows = new Map<string, number>();
  #live: LiveProbe | undefined;
  #divided: Divided | undefined;
  /** Photos that came since they were divided, which are taught meanwhile. */
  #since: LivePhoto[] = [];
  /** Milliseconds that dividing took. */
  #cost = 0;
  #isStale = false;
  #converged = false;
  #C = FIRST_C;
  #settled: Settled | undefined;
  /** Milliseconds that a step of the fit takes. */
  #step = 0;
  /** Classes of the last fit, and what it gave. */
  #fitted: string[] = [];
  #last: LinearClassifier | undefined;
  /** Raised by whatever makes what was settled another. */
  version = 0;

  constructor(
    private readonly settings: { recipe: ProbeRecipe; seed: number; splitSeed: number },
    /** In any order. */
    private readonly classes: readonly TaughtClass[],
    private readonly now: () => number = () => performance.now(),
  ) {}

  get photos(): ReadonlyMap<string, LivePhoto> {
    return this.#photos;
  }

  add(photo: LivePhoto): void {
    this.#live ??= new LiveProbe(photo.features.length);
    this.#photos.set(photo.id, photo);
    this.#rows.set(photo.id, this.#live.add(photo.features));
    this.#since.push(photo);
    this.#change();
  }

  remove(id: string): void {
    if (!this.#photos.delete(id)) return;
    this.#rows.delete(id);
    this.#since = this.#since.filter((photo) => photo.id !== id);
    this.#isStale = true;
    this.#change();
    if (this.#live!.count > Math.max(LEAST_ROWS, 2 * this.#photos.size)) this.#forgetRows();
  }

  /** To be called when classes are called otherwise: their order, and how they are divided, follows. */
  renamed(): void {
    this.#isStale = true;
    this.#change();
  }

  /**
   * Divides photos anew where that was put off.
   * @param isIdle whether there is time for it, however long it takes
   */
  divide(isIdle: boolean): void {
    if (!this.#isStale && this.#since.length === 0) return;
    if (!isIdle && this.#divided && this.#cost > QUICK && !this.#isStale) return;
    const start = this.now();
    const names = new Map(this.classes.map(({ id, name }) => [id, name]));
    const photos = [...this.#photos.values()].map((photo) => ({
      ...photo,
      className: names.get(photo.classId)!,
    }));
    const { splitSeed: seed, recipe: { folds } } = this.settings;
    this.#divided = dividePhotos(photos, { seed, folds });
    this.#since = [];
    this.#isStale = false;
    this.#converged = false;
    this.#cost = this.now() - start;
  }

  /**
   * Fits on for about so many milliseconds, one step at least.
   *
   * @param isIdle as in `divide`
   * @returns whether there is more to be done
   */
  improve(budget: number, isIdle: boolean): boolean {
    if (this.#converged) return false;
    const lesson = this.#lesson();
    if (!lesson) {
      this.#converged = true;
      return false;
    }
    const start = this.now();
    let left = budget;
    do {
      const fitting = this.#step === 0 ? 1 : Math.max(1, Math.floor(left / this.#step));
      const maxIter = Math.min(MOST_STEPS, fitting);
      const before = this.now();
      this.#converged = this.#live!.fit(lesson, { tol: TOL, maxIter, isUrgent: !isIdle });
      if (!this.#converged) this.#step = (this.now() - before) / maxIter;
      left = budget - (this.now() - start);
    } while (left >= this.#step && !this.#converged);
    return !this.#converged;
  }

  /** Probabilities of what the network says of a photo; undefined before two classes were taught. */
  probabilities(
    features: Float32Array,
  ): { classes: string[]; probabilities: number[] } | undefined {
    const now = this.classifier();
    if (!now) return undefined;
    const { classes, classifier: { coef, intercept }, temperature } = now;
    const size = features.length;
    const logits = Array.from(classes, (_, k) => {
      let sum = intercept[k];
      for (let d = 0; d < size; d++) sum += coef[k * size + d] * features[d];
      return sum;
    });
    return { classes, probabilities: calibrated(logits, temperature) };
  }

  /** The best that there is: what was settled, or the last fit. */
  classifier():
    | { classes: string[]; classifier: LinearClassifier; temperature: number; settled?: Settled }
    | undefined {
    const settled = this.#settled;
    if (settled) {
      const { classifier, temperature } = settled;
      return { classes: this.#divided!.classes, classifier, temperature, settled };
    }
    if (!this.#live || this.#fitted.length === 0) return undefined;
    this.#last ??= this.#live.classifier();
    return { classes: this.#fitted, classifier: this.#last, temperature: 1 };
  }

  /** All that settling takes; undefined where it cannot be done, or is done. */
  lesson(): Lesson | undefined {
    const divided = this.#divided;
    if (this.#settled || this.#isStale || this.#since.length > 0) return undefined;
    if (!divided || divided.objection !== undefined) return undefined;
    const { recipe, seed } = this.settings;
    return {
      classes: divided.classes,
      photos: divided.photos.map(({ part, label, group }) => ({ part, label, group })),
      features: this.#features(divided),
      recipe,
      seed,
    };
  }

  /** Photos as they were settled by, class by class; undefined before they were. */
  division():
    | { classes: string[]; photos: { id: string; part: Part; label: number; group?: string }[] }
    | undefined {
    if (!this.#settled) return undefined;
    const { classes, photos } = this.#divided!;
    return {
      classes,
      photos: photos.map(({ photo: { id }, part, label, group }) => ({ id, part, label, group })),
    };
  }

  /** Why nothing can be settled by the photos that there are, where that is known. */
  get objection(): string | undefined {
    return this.#divided?.objection;
  }

  /** @param version that the lesson was of */
  settle(settled: Settled, version: number): void {
    if (version !== this.version) return;
    this.#settled = settled;
    // What comes next goes on from here.
    if (settled.C !== this.#C) this.#converged = false;
    this.#C = settled.C;
  }

  /** What tells photos of none of the classes, once it is settled. */
  familiar(): { references: ReturnType<typeof familiar>; threshold: number } | undefined {
    const threshold = this.#settled?.unlikeBeyond ?? null;
    if (threshold === null) return undefined;
    const divided = this.#divided!;
    return { references: familiar(divided.photos, this.#features(divided)), threshold };
  }

  /** Photos by part and class, for the card of the model. */
  counts(): Record<string, Record<string, number>> {
    const { classes, photos } = this.#divided!;
    const parts = (["train", "val", "test"] as const).filter((part) =>
      photos.some((photo) => photo.part === part)
    );
    return Object.fromEntries(parts.map((part) => [
      part,
      Object.fromEntries(classes.map((name, label) => [
        name,
        photos.filter((photo) => photo.part === part && photo.label === label).length,
      ])),
    ]));
  }

  /** How good it is on photos of a part. */
  scoreOf(part: Part) {
    const logits = this.#answers();
    const { classes, photos } = this.#divided!;
    const asked = photos.flatMap(({ part: of, label }, i) =>
      of === part && logits[i] ? [{ index: i, label, logits: logits[i] }] : []
    );
    return asked.length > 0 ? scoreBranch(asked, classes) : undefined;
  }

  /** Undefined before two classes were taught. */
  standing(): Standing | undefined {
    const divided = this.#divided;
    if (!divided || !this.classifier()) return undefined;
    const { classes, photos, byTake, objection } = divided;
    const answers = this.#answers();
    const taken = photos.flatMap(({ photo, label, group }, i) =>
      answers[i] ? [{ photo, index: i, label, group, logits: answers[i] }] : []
    );
    const idOf = new Map(this.classes.map(({ id, name }) => [name, id]));
    const temperature = this.#settled?.temperature ?? 1;
    const mistakes = taken.flatMap(({ photo, label, logits }) => {
      const predicted = argmax(logits);
      if (predicted === label) return [];
      const probability = calibrated(logits, temperature)[predicted];
      return [{ id: photo.id, taken: idOf.get(classes[predicted])!, probability }];
    }).sort((a, b) => b.probability - a.probability);
    const groups = photos.some(({ group }) => group !== undefined)
      ? photos.map(({ group }) => group)
      : undefined;
    const aside = photos.filter(({ part }) => part !== "train").length;
    return {
      measured: this.#settled ? "every photo" : "kept aside",
      classes: classes.map((name) => ({ id: idOf.get(name)!, name })),
      score: taken.length > 0 ? scoreBranch(taken, classes, groups) : null,
      mistakes,
      taught: photos.length - aside,
      aside,
      settled: this.#settled !== undefined,
      converged: this.#converged || this.#settled !== undefined,
      C: this.#C,
      byTake,
      ...(objection !== undefined && { objection }),
    };
  }

  /** What is said of photos that were not learnt from, by their place in the division. */
  #answers(): (number[] | undefined)[] {
    const { classes, photos } = this.#divided!;
    const count = classes.length;
    if (this.#settled) {
      const { answers } = this.#settled;
      return photos.map((_, i) => Array.from(answers.subarray(i * count, (i + 1) * count)));
    }
    // The last fit may be of other classes than those of now.
    if (classes.join("\n") !== this.#fitted.join("\n")) return photos.map(() => undefined);
    const asked = photos.flatMap(({ part }, i) => part === "train" ? [] : [i]);
    const rows = Int32Array.from(asked, (i) => this.#rows.get(photos[i].photo.id)!);
    const logits = this.#live!.answer(rows);
    const answers: (number[] | undefined)[] = photos.map(() => undefined);
    asked.forEach((i, at) => {
      answers[i] = Array.from(logits.subarray(at * count, (at + 1) * count));
    });
    return answers;
  }

  #features({ photos }: Divided): Float32Array<ArrayBuffer> {
    const size = photos[0].photo.features.length;
    const features = new Float32Array(photos.length * size);
    photos.forEach(({ photo }, i) => features.set(photo.features, i * size));
    return features;
  }

  #change(): void {
    this.version++;
    this.#settled = undefined;
    this.#converged = false;
  }

  /** What is taught now; undefined with fewer than two classes. */
  #lesson() {
    const divided = this.#divided;
    if (!divided || !this.#live || divided.classes.length < 2) {
      this.#fitted = [];
      return undefined;
    }
    const { classes, photos } = divided;
    const labels = new Int32Array(this.#live.count);
    const rows: number[] = [];
    const take = (id: string, label: number) => {
      const row = this.#rows.get(id);
      if (row === undefined || label < 0) return;
      rows.push(row);
      labels[row] = label;
    };
    for (const { photo, part, label } of photos) if (part === "train") take(photo.id, label);
    const names = new Map(this.classes.map(({ id, name }) => [id, name]));
    for (const { id, classId } of this.#since) take(id, classes.indexOf(names.get(classId)!));
    this.#fitted = classes;
    this.#last = undefined;
    return { classes, rows: Int32Array.from(rows), labels, C: this.#C };
  }

  /** Begins anew without the rows of photos that are gone. */
  #forgetRows(): void {
    this.#live = undefined;
    this.#fitted = [];
    for (const { id, features } of this.#photos.values()) {
      this.#live ??= new LiveProbe(features.length);
      this.#rows.set(id, this.#live.add(features));
    }
  }
}
