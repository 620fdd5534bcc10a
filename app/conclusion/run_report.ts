/** What is drawn when a run is over, or later: its page and its curves, at a place that stays. */
import { dirname } from "node:path";
import { sha256 } from "../../pipeline/digest.ts";
import { inputsOf } from "../../pipeline/declaration.ts";
import type { Pipeline } from "../../pipeline/graph.ts";
import { DamageError } from "../../pipeline/errors.ts";
import { openStore } from "../../pipeline/implementations.ts";
import type { RunRecord, StepRecord } from "../../pipeline/run_record.ts";
import type { Artifact } from "../../pipeline/store.ts";
import { type DrawnEvaluation, renderPage } from "../../report/page/page.ts";
import type { ReportedRun } from "../../report/page/run.ts";
import { curvesFile } from "../../tasks/artifacts/history.ts";
import { drawingCode } from "./drawing_code.ts";
import { withRemedy } from "../trained/latest_results.ts";
import { isThere, replaceFile } from "./replace_file.ts";

/** Paths of what a run has now. */
export interface DrawnRun {
  /** Of the page; a run without an evaluation has none. */
  report?: string;
  /** Of the pictures of the training steps' curves. */
  curves: string[];
}

/**
 * Writes `report.html` of a run to the store, and `pictures/curves_….png` of each branch that it
 * trained. Of what is unchanged since it was last drawn, nothing is drawn again: a run that had
 * nothing to do only says so in the page.
 *
 * @param asTyped the page's text with its commands as they are typed
 */
export async function drawRun(
  pipeline: Pipeline,
  store: string,
  record: RunRecord,
  asTyped: (text: string) => string = (text) => text,
): Promise<DrawnRun> {
  const code = drawingCode();
  const curves: string[] = [];
  for (const step of record.steps) {
    const path = await drawCurves(step, store, code);
    if (path) curves.push(path);
  }
  const page = await reportPage(pipeline, store, record, code);
  if (page === undefined) return { curves };
  const report = reportOf(store);
  replaceFile(report, new TextEncoder().encode(asTyped(page)));
  return { report, curves };
}

/** The page of a run, as text; undefined of a run without an evaluation. */
export async function reportPage(
  pipeline: Pipeline,
  store: string,
  record: RunRecord,
  code = drawingCode(),
): Promise<string | undefined> {
  const evaluation = evaluationOf(record);
  if (!evaluation) return undefined;
  return renderPage(
    await drawnEvaluation(record, evaluation, store, code),
    await reportedRun(pipeline, record),
  );
}

/** Where a store's page is, once there is one: that of the run that was drawn last. */
export const reportOf = (store: string): string => `${store}/report.html`;

/** The folder of a run's evaluation; undefined where it has none, or `gc` removed it. */
export function evaluationOf({ steps }: RunRecord): string | undefined {
  const folder = steps.find(({ step }) => step === "evaluate")?.artifact;
  return folder !== undefined && isThere(folder) ? folder : undefined;
}

/**
 * Steps in the pipeline's order, those too that the run did not look at.
 * @param pipeline that of a record which does not tell its own
 */
async function reportedRun(pipeline: Pipeline, record: RunRecord): Promise<ReportedRun> {
  const graph = record.graph ??
    Object.fromEntries(pipeline.steps.map((step) => [step.name, Object.values(inputsOf(step))]));
  const reported = Object.entries(graph).map(async ([name, inputs]) => {
    const known = record.steps.find(({ step }) => step === name);
    const madeIn = known && (await artifactOf(known, known.kind ?? name))?.manifest.made.seconds;
    return { ...known, madeIn, step: name, inputs };
  });
  return { ...record, steps: await Promise.all(reported) };
}

async function drawCurves(
  record: StepRecord,
  store: string,
  code: string,
): Promise<string | undefined> {
  const { step, kind = step, artifact } = record;
  if (!kind.startsWith("train_") || !artifact || !isThere(artifact)) return undefined;
  const name = step.slice("train_".length);
  await assertAsPublished(record, kind, [curvesFile.name]);
  const path = `${store}/pictures/curves_${name}.png`;
  const source = `${sha256(Deno.readTextFileSync(`${artifact}/${curvesFile.name}`))} ${code}`;
  if (isDrawnFrom(path, source)) return path;
  // Loaded only now: charts and fonts take longer to load than a run that has nothing to do takes.
  const { trainingCurves } = await import("../../report/training_curves.ts");
  const branches = [{ name, history: await curvesFile.read(artifact) }];
  replaceFile(path, await trainingCurves({ branches }, source));
  return path;
}

/** Whether a picture says of itself, near its beginning, that it was drawn from `source`. */
function isDrawnFrom(path: string, source: string): boolean {
  const head = new Uint8Array(512);
  try {
    using file = Deno.openSync(path);
    file.readSync(head);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
  return new TextDecoder("latin1").decode(head).includes(source);
}

/** What a drawn evaluation is kept as, until another one is drawn. */
interface Kept extends DrawnEvaluation {
  source: string;
}

/** The evaluation as it was drawn last, or drawn now where that was another one, or by other code. */
async function drawnEvaluation(
  record: RunRecord,
  folder: string,
  store: string,
  code: string,
): Promise<DrawnEvaluation> {
  const path = `${openStore(store).cache}/report.json`;
  const step = record.steps.find(({ step }) => step === "evaluate")!;
  const deno = (await artifactOf(step, "evaluate"))?.manifest.made.deno;
  const source = `${folder} ${deno} ${code}`;
  const kept = readKept(path);
  if (kept?.source === source) return kept;
  await assertAsPublished(step, "evaluate", ["facts.json", "shown"]);
  const { drawFacts } = await import("./draw_facts.ts");
  const drawn: Kept = { source, ...await drawFacts(record.id, folder, deno) };
  replaceFile(path, new TextEncoder().encode(JSON.stringify(drawn)));
  return drawn;
}

/** Undefined where nothing is known of it but its folder. */
async function artifactOf(
  { key, artifact: folder }: StepRecord,
  kind: string,
): Promise<Artifact | undefined> {
  if (!key || !folder) return undefined;
  const { artifact, damage } = await openStore(storeOf(folder)).find(kind, key);
  if (damage) throw damaged(kind, folder, damage);
  return artifact;
}

/** @throws {Error} naming the file that is not as the step left it */
async function assertAsPublished(
  record: StepRecord,
  kind: string,
  names: readonly string[],
): Promise<void> {
  const artifact = await artifactOf(record, kind);
  const damage = artifact && await openStore(storeOf(artifact.path)).inspect(artifact, names);
  if (damage) throw damaged(kind, artifact.path, damage);
}

const damaged = (kind: string, folder: string, damage: string) =>
  withRemedy(new DamageError(kind, damage, folder));

/** <store>/artifacts/<kind>/<content>: it may lie in another store than the run. */
const storeOf = (folder: string) => dirname(dirname(dirname(folder)));

function readKept(path: string): Kept | undefined {
  try {
    return JSON.parse(Deno.readTextFileSync(path));
  } catch {
    return undefined; // there is none yet, or it was cut short
  }
}
