/** The models that a store has, for a page that shows them all. */
import { accuracyInWords } from "../../data/statistics/accuracy_in_words.ts";
import { failingClassesInWords } from "../../data/statistics/failing_classes.ts";
import { honestScore } from "../../data/statistics/honest_score.ts";
import { percent } from "../../data/statistics/percent.ts";
import { openStore } from "../../pipeline/implementations.ts";
import type { RunRecord } from "../../pipeline/run_record.ts";
import type { ShownPhoto } from "../../report/facts.ts";
import { factsFile } from "../../tasks/artifacts/facts.ts";
import { metricsFile } from "../../tasks/artifacts/metrics.ts";
import { takenBranch } from "../../training/score.ts";
import { evaluationOf } from "../conclusion/run_report.ts";
import { hasModel, runSummary } from "../run_summary.ts";
import { listClasses, shortRunName } from "../trained/model_origin.ts";
import { type RunState, runState } from "./run_state.ts";

interface ListedPhoto {
  /** Of the file, in the evaluation's folder. */
  image: string;
  actual: string;
  predicted: string;
}

/** What an evaluation says of a model, in words. */
interface Scored {
  /** `96.1%` */
  accuracy: string;
  inWords: string;
  /** Classes that it fails at; empty where there are none. */
  failing: string;
  classes: string;
  photos: ListedPhoto[];
}

export interface ListedModel {
  /** The run that made it. */
  run: RunRecord;
  /** As `--run` takes it. */
  name: string;
  names: string[];
  /** Its data and network. */
  what: string;
  /** Whether `predict` asks this one. */
  isCurrent: boolean;
  scored?: Scored;
  /** Why its evaluation tells nothing. */
  trouble?: string;
}

export interface ListedRun {
  run: RunRecord;
  name: string;
  names: string[];
  what?: string;
  state: RunState;
}

export interface Listed {
  models: ListedModel[];
  /** The newest runs. */
  runs: ListedRun[];
  /** That there are beside these. */
  older: number;
}

/** Photos of a model that are shown, and runs that are listed. */
const PHOTOS = 4, RUNS = 50;

/** Reads each evaluation once: what lies in a store under its content never changes. */
export class Models {
  readonly #scored = new Map<string, Promise<Scored>>();
  /** Of runs that are over. */
  readonly #records = new Map<string, RunRecord>();

  constructor(private readonly store: string) {}

  async list(): Promise<Listed> {
    const { runs } = openStore(this.store);
    const ids = await runs.ids();
    const pins = await runs.pins();
    const namesOf = ({ id }: RunRecord) =>
      [...pins].filter(([, run]) => run === id).map(([name]) => name);
    const records = (await Promise.all(ids.slice(0, RUNS).map((id) => this.#read(id))))
      .filter((record) => record !== undefined);
    const current = records.find(hasModel);
    const listed = await Promise.all(records.map(async (run): Promise<ListedRun> => ({
      run,
      name: shortRunName(run.id, ids),
      names: namesOf(run),
      what: runSummary(run),
      state: await runState(runs, run),
    })));
    const models = Map.groupBy(
      listed.filter(({ run }) => evaluationOf(run) !== undefined),
      ({ run }) => evaluationOf(run)!,
    );
    return {
      models: await Promise.all(
        [...models].map(([folder, runs]) => this.#model(folder, runs, current)),
      ),
      runs: listed,
      older: ids.length - Math.min(RUNS, ids.length),
    };
  }

  /** Undefined where no run has exactly this name. */
  async record(id: string): Promise<RunRecord | undefined> {
    // A path is no name: only one that the store lists is read.
    return (await openStore(this.store).runs.ids()).includes(id) ? await this.#read(id) : undefined;
  }

  /** Bytes of a photo that a model's evaluation shows; undefined for any other name. */
  async photo(run: RunRecord, name: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const folder = evaluationOf(run);
    const scored = folder === undefined
      ? undefined
      : await this.#scoredIn(folder).catch(() => undefined);
    const image = `shown/${name}`;
    if (!scored?.photos.some((photo) => photo.image === image)) return undefined;
    return await Deno.readFile(`${folder}/${image}`);
  }

  async #read(id: string): Promise<RunRecord | undefined> {
    const known = this.#records.get(id);
    if (known) return known;
    const record = await openStore(this.store).runs.read(id);
    if (record && record.status !== "running") this.#records.set(id, record);
    return record;
  }

  /** @param runs that have it, the newest first */
  async #model(
    folder: string,
    runs: ListedRun[],
    current: RunRecord | undefined,
  ): Promise<ListedModel> {
    // Later ones found it in the store.
    const { run, name } = runs.at(-1)!;
    const common = {
      run,
      name,
      names: [...new Set(runs.flatMap(({ names }) => names))],
      what: runs[0].what?.replace(/:.*$/s, "") ?? "",
      isCurrent: runs.some(({ run }) => run.id === current?.id),
    };
    try {
      return { ...common, scored: await this.#scoredIn(folder) };
    } catch (error) {
      return { ...common, trouble: (error as Error).message };
    }
  }

  #scoredIn(folder: string): Promise<Scored> {
    const known = this.#scored.get(folder);
    if (known) return known;
    const reading = scoredIn(folder);
    this.#scored.set(folder, reading);
    reading.catch(() => this.#scored.delete(folder));
    return reading;
  }
}

async function scoredIn(folder: string): Promise<Scored> {
  const metrics = await metricsFile.read(folder);
  const branch = metrics.branches[takenBranch(metrics)]!;
  const { score } = honestScore(branch);
  return {
    accuracy: percent(score.accuracy),
    inWords: accuracyInWords(branch),
    failing: failingClassesInWords(score.per_class),
    classes: listClasses(Object.keys(score.per_class)),
    photos: await photosIn(folder),
  };
}

/** A few of different classes, where it explains itself; none of what an earlier version evaluated. */
async function photosIn(folder: string): Promise<ListedPhoto[]> {
  const facts = await factsFile.read(folder).catch(() => undefined);
  if (!facts) return [];
  const all: ShownPhoto<string>[] = [...facts.explained, ...facts.leastSure, ...facts.worst];
  const firsts = all.filter(({ actual }, i) =>
    all.findIndex((other) => other.actual === actual) === i
  );
  const chosen = [...new Set([...firsts, ...all])].slice(0, PHOTOS);
  return chosen.map(({ image, actual, predicted }) => ({ image, actual, predicted }));
}
