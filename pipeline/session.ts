/** What `run`, `plan` and `why` share: the question, checked, and the means to answer it. */
import { Closures } from "./code/closure.ts";
import { CodeDigests } from "./code/code_digests.ts";
import { CodeTexts } from "./code/code_texts.ts";
import type { Json, StepDeclaration } from "./declaration.ts";
import { checkNames, type Pipeline, selectSteps } from "./graph.ts";
import { FileDigests } from "./code/file_digests.ts";
import { FileStore } from "./store/file_store.ts";
import { Fingerprinter } from "./fingerprint.ts";
import { LayeredStore } from "./store/layered_store.ts";
import { Layout } from "./store/layout.ts";
import { validateParameters } from "./parameters.ts";
import type { Store } from "./store.ts";

/** Which steps, with which parameters, in which store. */
export interface PipelineOptions {
  /** Folder where artifacts are kept. */
  store: string;
  /** Further stores to take artifacts from; never written to. */
  readFrom?: readonly string[];
  /** By step; a step that is left out gets its schema's defaults. */
  parameters?: Readonly<Record<string, unknown>>;
  /** Steps wanted; what they need is included. All when left out. */
  targets?: readonly string[];
  /** Run these even when cached; `true`: the targets, or every step when there are none. */
  force?: boolean | readonly string[];
}

export interface Session {
  layout: Layout;
  store: Store;
  /** In running order. */
  steps: readonly StepDeclaration[];
  /** Validated, by step. */
  parameters: Record<string, Json>;
  forced: ReadonlySet<string>;
  closures: Closures;
  codeTexts: CodeTexts;
  /** Keeps for the next run what was found out about files. */
  saveDigests(): void;
  fingerprinter: Fingerprinter;
}

/** @throws {PipelineError} for wrong parameters or unknown steps */
export async function openSession(
  pipeline: Pipeline,
  { store: root, readFrom = [], parameters, targets = [], force = false }: PipelineOptions,
): Promise<Session> {
  const steps = selectSteps(pipeline, targets);
  const everyTarget = targets.length > 0 ? targets : steps.map(({ name }) => name);
  const forced = force === true ? everyTarget : force || [];
  checkNames(pipeline, forced);
  const layout = new Layout(absolute(root));
  const layouts = readFrom.map((other) => new Layout(absolute(other)));
  const others = layouts.map((other) => new FileStore(other));
  const digests = new FileDigests(`${layout.cache}/digests.json`);
  const codeDigests = new CodeDigests(digests, `${layout.cache}/code.json`);
  const closures = new Closures(digests, codeDigests, `${layout.cache}/closures`);
  return {
    layout,
    store: others.length > 0 ? new LayeredStore(layout, others) : new FileStore(layout),
    steps,
    parameters: await validateParameters(pipeline, steps, parameters),
    forced: new Set(forced),
    closures,
    codeTexts: new CodeTexts([layout, ...layouts].map(({ code }) => code)),
    saveDigests() {
      digests.save();
      codeDigests.save();
    },
    fingerprinter: new Fingerprinter(closures, digests),
  };
}

/** Artifacts' paths go to processes that stand in other folders. */
function absolute(path: string): string {
  return /^([/\\]|[A-Za-z]:)/.test(path) ? path : `${Deno.cwd()}/${path}`;
}
