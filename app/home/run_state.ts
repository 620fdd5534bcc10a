/** How a run stands, from what lies in its store: also of one that another terminal started. */
import { openStore } from "../../pipeline/implementations.ts";
import type { Json } from "../../pipeline/digest.ts";
import type { RunStatus } from "../../pipeline/events.ts";
import type { LiveStep, RunRecord, StepRecord } from "../../pipeline/run_record.ts";
import type { Progress } from "../../pipeline/process/protocol.ts";
import type { Runs } from "../../pipeline/store.ts";
import { curvesFile } from "../../tasks/artifacts/history.ts";
import { readEpochLine } from "../../tasks/epoch_line.ts";
import type { LearningCurves } from "../../training/history.ts";

/** "killed": it was going on when its process died, without a word. */
export type RunState = RunStatus | "running" | "killed";

export interface StepState {
  step: string;
  /** "stopped": it was at work when the run was killed. */
  status: StepRecord["status"] | "waiting" | "running" | "stopped";
  /** It took so long, or so far. */
  seconds?: number;
  reason?: string;
  progress?: Progress;
  /** Why it failed. */
  error?: string;
  /** The end of its log. */
  log?: string;
}

export interface TrainingState {
  step: string;
  /** Of epochs that are over, and of the one that is going on what is known. */
  curves: LearningCurves;
}

export interface WatchedRun {
  record: RunRecord;
  state: RunState;
  /** In the pipeline's order. */
  steps: StepState[];
  trainings: TrainingState[];
}

/** Of a log, in bytes: an hour of epochs is a few thousand. */
const LOG_BYTES = 64 << 10;

export async function runState(runs: Runs, record: RunRecord): Promise<RunState> {
  if (record.status !== "running") return record.status;
  if (await runs.isAttended(record.id)) return "running";
  // It may have ended between the two looks.
  const { status = "running" } = await runs.read(record.id) ?? {};
  return status === "running" ? "killed" : status;
}

/** @param now milliseconds since 1970 */
export async function watchRun(
  store: string,
  record: RunRecord,
  now = Date.now(),
): Promise<WatchedRun> {
  const { runs } = openStore(store);
  const state = await runState(runs, record);
  const live = record.status === "running" ? await runs.live(record.id) : undefined;
  const recorded = new Map(record.steps.map((step) => [step.step, step]));
  const names = [...new Set([...Object.keys(record.graph ?? {}), ...recorded.keys()])];
  const isAsked = askedFor(record);
  const end = state === "running" ? now : Date.parse(live?.at ?? record.started);
  const steps: StepState[] = [], trainings: TrainingState[] = [];
  for (const step of names.filter((name) => recorded.has(name) || isAsked(name))) {
    const log = await runs.log(record.id, step, LOG_BYTES);
    const known = recorded.get(step), running = live?.steps[step];
    const told = known ? endedStep(known) : liveStep(step, running, state, end);
    steps.push({ ...told, log: log === "" ? undefined : log });
    const curves = await curvesOf(known) ?? loggedCurves(log, running?.progress);
    if (curves && curves.epochs.length > 0) trainings.push({ step, curves });
  }
  return { record, state, steps, trainings };
}

/** Whether a step that no record tells of is one that the run is for. */
function askedFor({ graph = {}, targets }: RunRecord): (step: string) => boolean {
  if (targets.length === 0) return () => true;
  const needed = new Set<string>();
  const need = (step: string) => {
    if (needed.has(step)) return;
    needed.add(step);
    graph[step]?.forEach(need);
  };
  targets.forEach(need);
  return (step) => needed.has(step);
}

const endedStep = ({ step, status, seconds, reason, error }: StepRecord): StepState => ({
  step,
  status,
  seconds,
  reason,
  error: error?.message,
});

function liveStep(
  step: string,
  running: LiveStep | undefined,
  state: RunState,
  end: number,
): StepState {
  if (!running) return { step, status: "waiting" };
  const { started, reason, progress } = running;
  const seconds = Math.max(0, (end - Date.parse(started)) / 1000);
  return {
    step,
    status: state === "running" ? "running" : "stopped",
    seconds,
    reason,
    progress,
  };
}

/** Of a training that is over; undefined also where `gc` removed it, or it cannot be read. */
async function curvesOf(known: StepRecord | undefined): Promise<LearningCurves | undefined> {
  const { artifact, step, kind = step } = known ?? {};
  if (!artifact || !kind?.startsWith("train_")) return undefined;
  return await curvesFile.read(artifact).catch(() => undefined);
}

/** What a training wrote of its epochs, and what it last said of the one that it is at. */
function loggedCurves(log = "", progress: Progress | undefined): LearningCurves | undefined {
  // A rate is not logged; a steady one marks nothing in the chart.
  const epochs: LearningCurves["epochs"] = log.split("\n")
    .flatMap((line) => readEpochLine(line) ?? []).map((epoch) => ({ ...epoch, lr: 1 }));
  if (epochs.length === 0 && !progress) return undefined;
  const ended = epochs.map(({ epoch, val }) => ({ epoch, accuracy: val.accuracy ?? -1 }));
  const best = ended.reduce((a, b) => b.accuracy > a.accuracy ? b : a, { epoch: -1, accuracy: -1 });
  const { epoch, phase, loss, accuracy }: Partial<Progress> = progress ?? {};
  if (typeof epoch === "number" && !epochs.some((known) => known.epoch === epoch)) {
    const now = { loss: numberOf(loss), accuracy: numberOf(accuracy) };
    const unknown = { loss: null, accuracy: null };
    const isVal = phase === "val";
    epochs.push({ epoch, lr: 1, train: isVal ? unknown : now, val: isVal ? now : unknown });
  }
  return { epochs, best };
}

const numberOf = (value: Json | undefined) => typeof value === "number" ? value : null;
