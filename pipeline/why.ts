/** Why a step has to run: what differs between it as it is and its nearest earlier entry. */
import type { Closure } from "./closure.ts";
import type { Json } from "./declaration.ts";
import { type Pipeline, stepNamed } from "./graph.ts";
import type { Fingerprint } from "./fingerprint.ts";
import { plan, type PlanEntry } from "./plan.ts";
import type { PipelineOptions } from "./session.ts";
import type { Lookup, Manifest, Store } from "./store.ts";

export interface Change {
  kind:
    | "parameter"
    | "file"
    | "package"
    | "input"
    | "external"
    | "environment"
    | "device"
    | "declaration";
  name: string;
  /** Absent: it is new. For files, inputs, externals and variables a digest. */
  before?: string;
  /** Absent: it is gone; of an input: not known before that step has run. */
  after?: string;
}

/**
 * Names what changed for `step` since the nearest earlier entry; runs nothing.
 *
 * @throws {PipelineError} for wrong parameters or an unknown step
 */
export async function why(
  pipeline: Pipeline,
  step: string,
  options: PipelineOptions,
): Promise<PlanEntry> {
  stepNamed(pipeline, step);
  const entries = await plan(pipeline, { ...options, targets: [step] });
  return entries.find((entry) => entry.step === step)!;
}

/** A change in words: `epochs: 5 → 25`, `models/resnet.ts changed`. */
export function describeChange({ kind, name, ...values }: Change): string {
  const [before, after] = [values.before, values.after].map(inBrief);
  const what = kind === "environment" ? `variable ${name}` : name;
  if (kind === "input") return after ? `${name} gave another result` : `${name} has to run first`;
  if (before === undefined) return `${what}${isShown(kind) ? ` ${after}` : ""} is new`;
  if (after === undefined) return `${what} is gone`;
  return isShown(kind) ? `${what}: ${before} → ${after}` : `${what} changed`;
}

const LONGEST_VALUE = 60;

const inBrief = (value: string | undefined) =>
  value && value.length > LONGEST_VALUE ? `${value.slice(0, LONGEST_VALUE)}…` : value;

/** Kinds whose values tell a person something. */
const isShown = (kind: Change["kind"]) =>
  ["parameter", "package", "device", "declaration"].includes(kind);

export interface Explanation {
  /** One line. */
  reason: string;
  changes: Change[];
  /** The earlier entry that differs least. */
  nearest?: { key: string; run: string; made: string };
}

/** Why a step with this artifact need not run; tells of edits that its key does not see. */
export function whyCached({ texts: before }: Manifest, { texts }: Closure): string {
  const edited = Object.keys(texts).filter((name) => texts[name] !== before[name]);
  return edited.length === 0
    ? "nothing changed"
    : `nothing changed but comments or formatting of ${inShort(edited, ", ")}`;
}

/** The first few, and how many more there are. */
function inShort(all: readonly string[], separator: string): string {
  const more = all.length - SHOWN_CHANGES;
  return all.slice(0, SHOWN_CHANGES).join(separator) +
    (more > 0 ? `${separator}and ${more} more` : "");
}

/** How many entries of a step are compared, newest first. */
const COMPARED_ENTRIES = 30;
const SHOWN_CHANGES = 3;

/** Explains why a step with this fingerprint is not simply taken from the store. */
export function explain(
  fingerprint: Fingerprint,
  store: Store,
  { damage }: Lookup,
  forced: boolean,
): Explanation {
  const compared = store.manifests(fingerprint.step, COMPARED_ENTRIES)
    .map(({ fingerprint: before, key, made }) => (
      {
        nearest: { key, run: made.run, made: made.at },
        changes: changesBetween(before, fingerprint),
      }
    ))
    .sort((a, b) => a.changes.length - b.changes.length);
  const { nearest, changes } = compared[0] ?? { changes: [] };
  if (damage) return { reason: `its artifact is damaged: ${damage}`, changes, nearest };
  if (forced) return { reason: "forced", changes, nearest };
  if (!nearest) return { reason: "it never ran", changes };
  return { reason: inShort(changes.map(describeChange), "; "), changes, nearest };
}

/** In the order in which they are worth telling. */
export function changesBetween(before: Fingerprint, after: Fingerprint): Change[] {
  const compare = (
    kind: Change["kind"],
    old: Record<string, string | null>,
    now: Record<string, string | null>,
  ): Change[] =>
    [...new Set([...Object.keys(old), ...Object.keys(now)])].sort()
      .filter((name) => (old[name] ?? null) !== (now[name] ?? null))
      .map((name) => ({
        kind,
        name,
        // An input that is not known yet has no digest.
        before: old[name] || undefined,
        after: now[name] || undefined,
      }));
  return [
    ...compare("parameter", flatten(before.parameters), flatten(after.parameters)),
    ...compare("device", { device: before.device }, { device: after.device }),
    ...compare("external", before.externals, after.externals),
    ...compare("environment", before.environment, after.environment),
    ...compare("input", before.inputs, after.inputs),
    ...compare("file", before.files, after.files),
    ...comparePackages(before.packages, after.packages, compare),
    ...compare("declaration", declarationOf(before), declarationOf(after)),
  ];
}

function comparePackages(
  old: Record<string, string>,
  now: Record<string, string>,
  compare: (kind: "package", old: Record<string, string>, now: Record<string, string>) => Change[],
): Change[] {
  const changes = compare("package", versionsByName(old), versionsByName(now));
  // The same versions with another content: worth an alarm, so it is shown by integrity.
  return changes.length > 0 ? changes : compare("package", old, now);
}

/** `{"long@4.0.0": …, "long@5.3.2": …}` becomes `{long: "4.0.0, 5.3.2"}`. */
function versionsByName(packages: Record<string, string>): Record<string, string> {
  const versions: Record<string, string> = {};
  for (const id of Object.keys(packages).sort()) {
    // A package's id may go on with those of its peers.
    const [, name, version] = /^(@?[^@]+)@([^_]+)/.exec(id) ?? ["", id, packages[id]];
    versions[name] = name in versions ? `${versions[name]}, ${version}` : version;
  }
  return versions;
}

const declarationOf = (
  { schema, module, outputs, notInDigest, denoArguments }: Fingerprint,
) => ({
  schema: `${schema}`,
  module,
  outputs: outputs.join(" "),
  notInDigest: notInDigest.join(" "),
  denoArguments: denoArguments.join(" "),
});

/** `{recipe: {lr: 0.1}}` becomes `{"recipe.lr": "0.1"}`. */
function flatten(value: Json, name = ""): Record<string, string> {
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    return { [name]: JSON.stringify(value) };
  }
  return Object.assign(
    {},
    ...Object.entries(value).map(([key, field]) => flatten(field, name ? `${name}.${key}` : key)),
  );
}
