/** What differs between two fingerprints of a step, and how it is told. */
import type { Json } from "../digest.ts";
import type { Fingerprint } from "../fingerprint.ts";
import { flatten } from "./flatten.ts";

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
  /** Of a file, where both texts are at hand. */
  lines?: LineCounts;
}

/** What `git diff --numstat` would say. */
export interface LineCounts {
  added: number;
  removed: number;
}

/** A change in words: `epochs: 5 → 25`, `models/resnet.ts changed`. */
export function describeChange({ kind, name, lines, ...values }: Change): string {
  const [before, after] = [values.before, values.after].map(inBrief);
  if (kind === "input") return after ? `${name} gave another result` : `${name} has to run first`;
  if (kind === "environment") {
    const how = before === undefined
      ? "was not set, or did not matter, when the earlier result was made"
      : after === undefined
      ? "is not set any more, or does not matter"
      : "has another value now";
    return `the variable ${name} ${how}`;
  }
  if (kind === "external" && before === undefined) return `${name} is read now, and was not before`;
  if (kind === "external" && after === undefined) return `${name} is not read any more`;
  if (before === undefined) return `${name}${isShown(kind) ? ` ${after}` : ""} is new`;
  if (after === undefined) return `${name} is gone`;
  if (isShown(kind)) return `${name}: ${before} → ${after}`;
  return `${name} changed${lines ? ` (+${lines.added} −${lines.removed} lines)` : ""}`;
}

const LONGEST_VALUE = 60;

const inBrief = (value: string | undefined) =>
  value && value.length > LONGEST_VALUE ? `${value.slice(0, LONGEST_VALUE)}…` : value;

/** Kinds whose values tell a person something. */
const isShown = (kind: Change["kind"]) =>
  ["parameter", "package", "device", "declaration"].includes(kind);

/** In the order in which they are worth telling. */
export function changesBetween(before: Fingerprint, after: Fingerprint): Change[] {
  return [
    ...parameterChanges(before.parameters, after.parameters),
    ...compare("device", { device: before.device }, { device: after.device }),
    ...compare("external", before.externals, after.externals),
    ...compare("environment", before.environment, after.environment),
    ...compare("input", before.inputs, after.inputs),
    ...compare("file", before.files, after.files),
    ...comparePackages(before.packages, after.packages),
    ...compare("declaration", declarationOf(before), declarationOf(after)),
  ];
}

export const parameterChanges = (before: Json = {}, after: Json = {}): Change[] =>
  compare("parameter", shown(before), shown(after));

const shown = (parameters: Json) =>
  Object.fromEntries(
    Object.entries(flatten(parameters)).map(([name, value]) => [name, JSON.stringify(value)]),
  );

function compare(
  kind: Change["kind"],
  old: Record<string, string | null>,
  now: Record<string, string | null>,
): Change[] {
  const differs = (name: string) => (old[name] ?? null) !== (now[name] ?? null);
  // Of hundreds of files few differ, and a sweep compares thousands of steps.
  const gone = Object.keys(old).filter((name) => !(name in now) && differs(name));
  return [...Object.keys(now).filter(differs), ...gone].sort()
    .map((name) => ({
      kind,
      name,
      // An input that is not known yet has no digest.
      before: old[name] || undefined,
      after: now[name] || undefined,
    }));
}

function comparePackages(
  old: Record<string, string>,
  now: Record<string, string>,
): Change[] {
  const changes = compare("package", old, now);
  if (changes.length === 0) return [];
  const versions = compare("package", versionsByName(old), versionsByName(now));
  // The same versions with another content: worth an alarm, so it is shown by integrity.
  return versions.length > 0 ? versions : changes;
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
  { schema, module, preload, outputs, notInDigest, denoArguments }: Fingerprint,
) => ({
  schema: `${schema}`,
  module,
  ...preload !== undefined && { preload },
  outputs: outputs.join(" "),
  notInDigest: notInDigest.join(" "),
  denoArguments: denoArguments.join(" "),
});
