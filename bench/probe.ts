/**
 * `deno task bench probe`: seconds that the choice of a penalty and the last fit take, by
 * cross-validation in five parts, and the learning curve; and, as in the page that teaches, one step
 * after a photo more, all steps to the end, and all photos from nothing; on one core. `--only` names one of them.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { Generator } from "../data/torch_random.ts";
import { choosePenalty } from "../training/probe/choose_penalty.ts";
import type { LabelledFeatures } from "../training/probe/labelled_features.ts";
import { learningCurve } from "../training/probe/learning_curve.ts";
import { LiveProbe } from "../training/probe/live_probe.ts";
import { matrix } from "../training/probe/matrix.ts";
import { median } from "./figure.ts";

/** Directions along which the features vary together, each less than the one before. */
const LATENT = 256;

export function benchProbe(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      photos: { type: "string", default: "5000" },
      features: { type: "string", default: "1280" },
      classes: { type: "string", default: "10" },
      rounds: { type: "string", default: "3" },
      only: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const [photos, features, classes] = [values.photos, values.features, values.classes].map(Number);
  const data = syntheticFeatures(photos, features, classes);
  const folds = { nSplits: 5, seed: 0 };
  // What is chosen most often, where it is not chosen first.
  let C = 0.01;
  // Each makes ready what is timed.
  const benches = {
    choose_penalty: () => () => void ({ C } = choosePenalty(data, folds)),
    learning_curve: () => () => void learningCurve(data, { ...folds, C }),
    live_step: () => oneMore(data, { C, rounds: Number(values.rounds), maxIter: 1 }),
    live_end: () => oneMore(data, { C, rounds: Number(values.rounds), maxIter: 10_000 }),
    live_all: () => () => oneMore(data, { C, rounds: 0, maxIter: 10_000 }),
  };
  for (const [bench, makeReady] of Object.entries(benches)) {
    if (values.only && values.only !== bench) continue;
    const work = makeReady();
    const runs = Array.from({ length: Number(values.rounds) }, () => timed(work));
    const seconds = runs.map(({ seconds }) => seconds), cpu = runs.map(({ cpu }) => cpu);
    const figure = { bench, photos, features, classes, C, unit: "s", threads: 1 };
    const timing = {
      median: median(seconds),
      min: Math.min(...seconds),
      cpu_median: median(cpu),
      cpu_min: Math.min(...cpu),
    };
    console.log(
      values.json
        ? JSON.stringify({ ...figure, ...timing })
        : `${bench} ${photos} photos × ${features} features × ${classes} classes, C ${C}: ` +
          `median ${timing.median.toFixed(3)} s, min ${timing.min.toFixed(3)} s; ` +
          `of the processor ${timing.cpu_median.toFixed(3)} s, ${timing.cpu_min.toFixed(3)} s`,
    );
  }
  return Promise.resolve();
}

/** Adds a photo to a probe that was fitted to all but the last, of which there are `rounds`. */
function oneMore(
  { features: { columns, rows, data }, labels, classes }: LabelledFeatures,
  { C, rounds, maxIter }: { C: number; rounds: number; maxIter: number },
): () => void {
  const live = new LiveProbe(columns);
  const add = () => {
    const at = live.count * columns;
    live.add(data.subarray(at, at + columns));
  };
  const fit = (maxIter: number) => {
    const rows = Int32Array.from({ length: live.count }, (_, i) => i);
    const lesson = { classes, rows, labels, C };
    live.fit(lesson, { tol: 1e-6, maxIter, isUrgent: maxIter === 1 });
  };
  while (live.count < rows - rounds) add();
  fit(10_000);
  return () => {
    add();
    fit(maxIter);
  };
}

/** By the clock, and on the processor, which others that want it leave as it is. */
function timed(work: () => void): { seconds: number; cpu: number } {
  const started = performance.now(), before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (performance.now() - started) / 1000, cpu: (user + system) / 1e6 };
}

/**
 * Features like a network's: not negative, varying together, and telling classes apart to some degree.
 * A probe is right about three in five of them where there are ten classes.
 */
function syntheticFeatures(photos: number, features: number, classes: number): LabelledFeatures {
  const generator = new Generator(1);
  // Nearly normal: the sum of four uniform numbers.
  const normal = () => {
    let sum = -2;
    for (let i = 0; i < 4; i++) sum += generator.uniformDouble();
    return sum * Math.sqrt(3);
  };
  const mixing = Float64Array.from(
    { length: features * LATENT },
    (_, at) => normal() * (at % LATENT + 1) ** -0.35 / 3,
  );
  const centres = Float64Array.from(
    { length: classes * LATENT },
    (_, at) => 0.7 * normal() * (at % LATENT < 64 ? 0.35 : 0.1),
  );
  const labels = Int32Array.from({ length: photos }, (_, i) => i % classes);
  const data = new Float64Array(photos * features), latent = new Float64Array(LATENT);
  labels.forEach((label, i) => {
    for (let l = 0; l < LATENT; l++) latent[l] = normal() + centres[label * LATENT + l];
    for (let d = 0; d < features; d++) {
      let sum = 0.3 * normal() - 0.2;
      for (let l = 0; l < LATENT; l++) sum += mixing[d * LATENT + l] * latent[l];
      data[i * features + d] = Math.max(0, sum);
    }
  });
  return {
    features: matrix(photos, features, data),
    labels,
    classes: Array.from({ length: classes }, (_, k) => `class ${k}`),
  };
}
