/** What a run would do. */
import { closureOfStep } from "../code.ts";
import { inputsOf, kindOf, type StepDeclaration } from "../declaration.ts";
import type { Pipeline } from "../graph.ts";
import { inStore, messageOf } from "../errors.ts";
import { inputDigests, keyOf } from "../fingerprint.ts";
import type { Executor } from "../executor.ts";
import { type Retries, retriesOf } from "../process/attempts.ts";
import { needsOf } from "../process/needs.ts";
import type { Artifact } from "../store.ts";
import { openSession, type PipelineOptions, type Session } from "../session.ts";
import type { Change } from "./changes.ts";
import { explain, type Explanation, type Why, whyCached, whyNew } from "./explain.ts";

export interface PlanEntry {
  step: string;
  status: "cached" | "would_run" | "blocked";
  /** One line, made of `why` and `changes`. */
  reason: string;
  /** Absent for a blocked step. */
  why?: Why;
  /** What differs from the nearest earlier entry; none for a cached step. */
  changes: Change[];
  /** The earlier entry that differs least, for a step that would run. */
  nearest?: Explanation["nearest"];
  /** How long it took to make the artifact, or the nearest earlier one; unknown where none is. */
  seconds?: number;
  /** For a step that would run: seconds that an attempt may take, where there is a limit. */
  timeLimit?: number;
  /** For a step that would run: how often it is tried again after which failures, where it is. */
  retries?: Retries;
  /** For a step that would run: what the executor would ask for, where it says so. */
  asks?: string;
  /** The artifact's folder, for cached steps whose artifact is on this machine. */
  artifact?: string;
  /** Digest of the artifact, for cached steps. */
  digest?: string;
}

/** An entry, and for a cached step what there is. */
interface Planned {
  entry: PlanEntry;
  found?: Pick<Artifact, "manifest">;
}

/**
 * What `run` would do, and why; runs nothing.
 *
 * @throws {PipelineError} for wrong parameters or unknown steps
 */
export async function plan(
  pipeline: Pipeline,
  options: PipelineOptions & { executor?: Pick<Executor, "describe"> },
): Promise<PlanEntry[]> {
  return await inStore(options.store, async () => {
    const session = await openSession(pipeline, options);
    const { steps, store, code } = session;
    const known = await store.steps();
    const isFresh = (step: StepDeclaration) => known !== undefined && !known.has(kindOf(step));
    // Deno is asked about all code that it was not asked about before at once.
    await Promise.allSettled([
      ...modulesOf(steps.filter(isFresh), session).map((module) => code.check(module)),
      ...modulesOf(steps.filter((step) => !isFresh(step)), session)
        .map((module) => code.closureOf(module)),
    ]);
    const planned = new Map<string, Planned>();
    for (const step of steps) {
      const stepPlan = await planStep(session, step, planned, isFresh(step));
      if (options.executor?.describe && stepPlan.entry.status === "would_run") {
        const needs = needsOf(step, session.parameters[step.name]);
        stepPlan.entry.asks = options.executor.describe(needs);
      }
      planned.set(step.name, stepPlan);
    }
    code.save();
    return Array.from(planned.values(), ({ entry }) => entry);
  });
}

function modulesOf(
  steps: readonly StepDeclaration[],
  { parameters }: Pick<Session, "parameters">,
): URL[] {
  const modules = steps.flatMap((step) =>
    [step.module, step.preload?.(parameters[step.name])].filter((module) => module !== undefined)
  );
  return [...new Map(modules.map((module) => [module.href, module])).values()];
}

/** Of code: a plan tells how things stood when it began. */
const MAX_AGE = Infinity;

async function planStep(
  { store, code, fingerprinter, parameters, forced }: Session,
  step: StepDeclaration,
  planned: ReadonlyMap<string, Planned>,
  neverRan: boolean,
): Promise<Planned> {
  const inputs = Object.entries(inputsOf(step))
    .map(([name, from]) => [name, planned.get(from)!] as const)
    .filter(([name, { entry }]) => entry.status !== "blocked" || !step.optional?.includes(name));
  const blocked = inputs.find(([, { entry }]) => entry.status === "blocked")?.[1];
  if (blocked) {
    const reason = `it needs ${blocked.entry.step}, which is blocked`;
    return { entry: { step: step.name, status: "blocked", reason, changes: [] } };
  }
  const given = parameters[step.name];
  const [timeLimit, retries] = [step.timeLimit?.(given), retriesOf(step, given)];
  const limits = { ...timeLimit !== undefined && { timeLimit }, ...retries && { retries } };
  try {
    if (neverRan) {
      // There is nothing to look up, so it is enough that all it reads is there.
      for (const module of modulesOf([step], { parameters })) await code.check(module);
      await fingerprinter.externalsOf(step, parameters[step.name]);
      const why = whyNew(forced.has(step.name));
      return { entry: { step: step.name, status: "would_run", ...limits, ...why } };
    }
    const made = inputs.flatMap(([name, { found }]) => found ? [[name, found] as const] : []);
    const digests = {
      ...Object.fromEntries(inputs.map(([name]) => [name, ""])),
      ...inputDigests(step, Object.fromEntries(made)),
    };
    const fingerprint = await fingerprinter.take(
      step,
      parameters[step.name],
      digests,
      MAX_AGE,
    );
    const closure = await closureOfStep(code, step, given, MAX_AGE);
    const lookup = await store.find(fingerprint.step, keyOf(fingerprint));
    const { artifact, elsewhere, notes = [] } = lookup;
    const found = artifact ?? elsewhere;
    if (found && !forced.has(step.name)) {
      const { manifest } = found;
      const where = elsewhere && !artifact ? `, in ${elsewhere.from}` : "";
      const entry: PlanEntry = {
        step: step.name,
        status: "cached",
        reason: [whyCached(manifest, closure) + where, ...notes].join("; "),
        why: "unchanged",
        changes: [],
        seconds: manifest.made.seconds,
        artifact: artifact?.path,
        digest: manifest.digest,
      };
      return { entry, found };
    }
    const question = { step, fingerprint, closure, lookup, forced: forced.has(step.name) };
    const explanation = await explain(question, store, code);
    const seconds = explanation.nearest?.seconds;
    const reason = [explanation.reason, ...notes].join("; ");
    const entry = { step: step.name, seconds, ...limits, ...explanation, reason };
    return { entry: { ...entry, status: "would_run" } };
  } catch (error) {
    const reason = messageOf(error);
    return { entry: { step: step.name, status: "blocked", reason, changes: [] } };
  }
}
