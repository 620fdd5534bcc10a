/** About how long a run will take, and how much disk, before anything of it is there. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { keptShortSide } from "../data/short_side.ts";
import { counted } from "../data/statistics/percent.ts";
import { ARCHITECTURES, findArchitecture } from "../models/registry.ts";
import { FINETUNE, RECIPES } from "../training/recipes.ts";
import type { TrainingFlags } from "./commands/flags.ts";
import { CHOOSE, comparedPhotos, LOOK } from "./compared_photos.ts";
import { comparedNetworks } from "./networks.ts";
import { shapeOf } from "./shape.ts";

/** What of photos decides how long they take and how much room. */
export interface PhotosToTeach {
  /** Upright sizes of those that can be used, in pixels. */
  sizes: readonly { width: number; height: number }[];
  /** Of the files that are copied into the store. */
  fileBytes: number;
  /** What it took to look at all of them once, as packing them does. */
  seconds: number;
}

export interface RunForecast {
  seconds: number;
  /** In the store, when the run is done. */
  diskBytes: number;
  /** Of these, what is still to be fetched. */
  downloadBytes: number;
  /** Networks whose size nobody told, so that they are in none of these. */
  unknown: readonly string[];
}

/**
 * Seconds of one photo in an epoch, on two cores; those of the tutorial's loop are MobileNetV2's
 * (docs/measured.md).
 */
export const FINETUNE_PHOTO = 0.1, LOOP_PHOTO = 0.02, LOOP_LAST_LAYER = 0.006;
/** Starting processes, scoring, drawing. */
const STEPS_SECONDS = 20;
/** Share of the photos that is kept aside, where nobody has divided them. */
const ASIDE = 0.2;
/** A network lies in the store as it was fetched and as it was checked. */
const COPIES = 2;
/** Trained ones lie there in two branches and where training would go on, with what AdamW keeps. */
const TRAINED_COPIES = 5;

/**
 * @param folders in which files are looked for before they are downloaded
 * @param factor how much longer this machine takes than the one that was measured
 */
export function forecastRun(
  photos: PhotosToTeach,
  flags: TrainingFlags,
  folders: readonly string[],
  factor = 1,
): RunForecast {
  const { best } = shapeOf(flags);
  const names = networksOf(flags, best);
  const files = names.flatMap((name) => findArchitecture(name).pretrained ?? []);
  const bytes = files.map(({ bytes = 0 }) => bytes);
  const missing = files.filter(({ file }) => !folders.some((at) => existsSync(join(at, file))));
  const elsewhere = best
    ? secondsOfBest(photos, flags, files.length)
    : secondsOfLoop(photos, flags);
  return {
    // To look at the photos took this machine itself so long.
    seconds: photos.seconds + factor * elsewhere,
    diskBytes: photos.fileBytes + packBytes(photos, flags) + COPIES * sum(bytes) +
      TRAINED_COPIES * Math.max(0, ...bytes),
    downloadBytes: sum(missing.map(({ bytes = 0 }) => bytes)),
    unknown: names.filter((name) => findArchitecture(name).pretrained?.bytes === undefined),
  };
}

/** What is fetched: of a file of one's own, nothing; of networks of which any will do, the first. */
function networksOf(flags: TrainingFlags, best: boolean): readonly string[] {
  if (best || flags.weights) return comparedNetworks(flags);
  const named = [flags.model ?? "auto"].flat();
  const first = ARCHITECTURES.find(({ pretrained }) => pretrained?.auto === 1)!.name;
  return named.map((name) => name === "auto" ? first : name);
}

/** Three bytes a pixel that is kept. */
function packBytes({ sizes }: PhotosToTeach, flags: TrainingFlags): number {
  const asked = flags["short-side"] ??
    (flags.recipe === "tutorial" ? "full" : keptShortSide(flags.size));
  const most = asked === "full" ? Infinity : asked;
  return sum(sizes.map(({ width, height }) => {
    const scale = Math.min(1, most / Math.min(width, height));
    return 3 * Math.trunc(width * scale) * Math.trunc(height * scale);
  }));
}

function secondsOfBest(photos: PhotosToTeach, flags: TrainingFlags, networks: number): number {
  const count = photos.sizes.length;
  const learnt = (1 - ASIDE) * count;
  const compared = Math.min(comparedPhotos(networks, flags["time-budget"]), learnt);
  const others = networks > 1 ? networks * compared * LOOK : 0;
  const choosing = (flags.branch === "finetune" ? 1 : Math.max(1, networks)) * compared * CHOOSE;
  const epochs = flags.epochs ?? FINETUNE.epochs;
  const finetuning = flags.branch === "frozen"
    ? 0
    : Math.min(flags["time-budget"] ?? Infinity, epochs * learnt * FINETUNE_PHOTO);
  return STEPS_SECONDS + others + count * LOOK + choosing + finetuning;
}

function secondsOfLoop(photos: PhotosToTeach, flags: TrainingFlags): number {
  const epochs = flags.epochs ?? RECIPES[flags.recipe === "tutorial" ? "tutorial" : "quick"].epochs;
  const each = (flags.branch === "frozen" ? 0 : LOOP_PHOTO) +
    (flags.branch === "finetune" ? 0 : LOOP_LAST_LAYER);
  return STEPS_SECONDS + epochs * photos.sizes.length * each;
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** In whole minutes, of which it claims few to know. */
export function formatAbout(seconds: number): string {
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 10) return counted(minutes, "minute");
  if (minutes < 100) return `${Math.ceil(minutes / 5) * 5} minutes`;
  return counted(Math.round(minutes / 60), "hour");
}
