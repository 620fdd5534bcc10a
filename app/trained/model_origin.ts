/** Of which run a model is: what it was taught, and when. */
import { honestScore, type Scores } from "../../data/statistics/honest_score.ts";
import { counted, percent } from "../../data/statistics/percent.ts";
import { classNames, type ModelManifest } from "../../models/manifest.ts";
import { openStore } from "../../pipeline/implementations.ts";
import type { RunRecord } from "../../pipeline/run_record.ts";
import type { Manifest, Runs } from "../../pipeline/store.ts";
import { recordsOf } from "../../pipeline/upkeep/history.ts";
import { dataOf } from "../run_summary.ts";

export interface ModelOrigin {
  /** The photos, as `runs` calls them; undefined where the run did not note them. */
  data?: string;
  /** As much of the run's name as no other run's has in it. */
  run: string;
  /** Under which people pinned it. */
  names: string[];
  /** When the run that made it began: ISO 8601. */
  started: string;
}

/**
 * The run that a result is told to be of: `run`, or the one that made it, however many took it from
 * the store later; and when that was.
 */
export async function originOf(
  store: string,
  { key, made }: Pick<Manifest, "key" | "made">,
  run?: RunRecord,
): Promise<ModelOrigin | undefined> {
  const { runs } = openStore(store);
  const maker = await runs.read(made.run);
  // The maker's record may be gone, or in the store that the result was taken from.
  const record = run ?? maker ?? await newestWith(recordsOf(runs), key);
  if (!record) return undefined;
  return {
    data: dataOf(record),
    run: shortRunName(record.id, await runs.ids()),
    names: await namesOf(runs, key, record.id),
    started: (maker ?? { started: made.at }).started,
  };
}

/** Names of every run that has the result. */
async function namesOf(runs: Runs, key: string, id: string): Promise<string[]> {
  const names = [];
  for (const [name, pinned] of await runs.pins()) {
    const has = pinned === id || (await runs.read(pinned))?.steps.some((step) => step.key === key);
    if (has) names.push(name);
  }
  return names;
}

async function newestWith(
  records: AsyncIterable<RunRecord>,
  key: string,
): Promise<RunRecord | undefined> {
  for await (const record of records) {
    if (record.steps.some((step) => step.key === key)) return record;
  }
}

/** To the minute, the second or further: as `--run` and `runs` find it. */
export function shortRunName(id: string, ids: readonly string[]): string {
  const parts = ["2026-11-27T01-29", "2026-11-27T01-29-32"].map(({ length }) =>
    id.slice(0, length)
  );
  return parts.find((part) => ids.filter((other) => other.includes(part)).length < 2) ?? id;
}

/**
 * `frozen mobilenet_v2 taught photos (ants, bees), 96.1% of 153 val photos, run 2026-11-27T01-29
 * (3 hours ago)`
 */
export function describeModel(
  manifest: ModelManifest,
  scores: Scores<{ accuracy: number; total: number }> | undefined,
  origin: ModelOrigin | undefined,
): string {
  const { branch, valAccuracy } = manifest.training!;
  const classes = listClasses(classNames(manifest));
  const accuracy = scores ? describeScore(scores) : `val accuracy ${percent(valAccuracy)}`;
  return [
    `${branch} ${manifest.architecture} taught ${origin?.data ?? "photos"} (${classes})`,
    accuracy,
    ...(origin ? [describeOrigin(origin)] : []),
  ].join(", ");
}

const PHOTOS = { test: "test photo", cross_validated: "photo", val: "val photo" };

function describeScore(scores: Scores<{ accuracy: number; total: number }>): string {
  const { score: { accuracy, total }, on } = honestScore(scores);
  const how = on === "cross_validated" ? " (cross-validated)" : "";
  return `${percent(accuracy)} of ${counted(total, PHOTOS[on])}${how}`;
}

/** `run 2026-11-27T01-29 [hens] (3 hours ago)` */
export function describeOrigin({ run, names, started }: ModelOrigin, now = Date.now()): string {
  const named = names.length > 0 ? ` [${names.join(", ")}]` : "";
  return `run ${run}${named} (${timeAgo(Date.parse(started), now)})`;
}

const MINUTE = 60_000, HOUR = 60 * MINUTE, DAY = 24 * HOUR;

/** `3 hours ago`; what is hardly past, or not yet by this clock, is `just now`. */
export function timeAgo(time: number, now: number): string {
  const past = now - time;
  for (const [unit, name] of [[DAY, "day"], [HOUR, "hour"], [MINUTE, "minute"]] as const) {
    if (past >= unit) return `${counted(Math.floor(past / unit), name)} ago`;
  }
  return "just now";
}

/** `ants, bees`; of many classes the first ones. */
export function listClasses(classes: readonly string[]): string {
  const shown = classes.length > 5 ? classes.slice(0, 4) : classes;
  const others = classes.length - shown.length;
  return shown.join(", ") + (others > 0 ? ` and ${others} more` : "");
}
