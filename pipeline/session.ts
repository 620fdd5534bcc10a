/** What `run`, `plan` and `why` share: the question, checked, and the means to answer it. */
import type { Code } from "./code.ts";
import type { StepDeclaration } from "./declaration.ts";
import type { Json } from "./digest.ts";
import { Fingerprinter } from "./fingerprint.ts";
import { checkNames, type Pipeline, selectSteps } from "./graph.ts";
import { absolute, openCode, openStore } from "./implementations.ts";
import { validateParameters } from "./parameters.ts";
import type { Store } from "./store.ts";

/** Which steps, with which parameters, in which store. */
export interface PipelineOptions {
  /** Folder where artifacts are kept. */
  store: string;
  /**
   * Further stores to take artifacts from, never written to: folders, and addresses such as
   * `s3://bucket/prefix` and `https://host/path`.
   */
  readFrom?: readonly string[];
  /** By step; a step that is left out gets its schema's defaults. */
  parameters?: Readonly<Record<string, unknown>>;
  /** Steps wanted; what they need is included. All when left out. */
  targets?: readonly string[];
  /** Run these even when cached; `true`: the targets, or every step when there are none. */
  force?: boolean | readonly string[];
  /** Forced steps take single items from their caches all the same. */
  reuseItems?: boolean;
}

export interface Session {
  store: Store;
  code: Code;
  /** In running order. */
  steps: readonly StepDeclaration[];
  /** Validated, by step; they may hold secrets. */
  parameters: Record<string, Json>;
  forced: ReadonlySet<string>;
  reuseItems: boolean;
  fingerprinter: Fingerprinter;
}

/** @throws {PipelineError} for wrong parameters or unknown steps */
export async function openSession(
  pipeline: Pipeline,
  { store: root, readFrom = [], parameters, targets = [], force = false, reuseItems = false }:
    PipelineOptions,
  sharing: { share?: string; signal?: AbortSignal } = {},
): Promise<Session> {
  const steps = selectSteps(pipeline, targets);
  const everyTarget = targets.length > 0 ? targets : steps.map(({ name }) => name);
  const forced = force === true ? everyTarget : force || [];
  checkNames(pipeline, forced);
  const store = openStore(absolute(root), readFrom.map(absolute), sharing);
  await store.reach?.();
  const code = openCode(store);
  return {
    store,
    code,
    steps,
    parameters: await validateParameters(pipeline, steps, parameters),
    forced: new Set(forced),
    reuseItems,
    fingerprinter: new Fingerprinter(code),
  };
}
