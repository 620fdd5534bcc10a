/** What makes a step's result what it is. Two equal fingerprints mean that the step need not run. */
import { type Closure, closureOfStep, type Code } from "./code.ts";
import { shownParameters } from "./process/conceal.ts";
import { kindOf, type StepDeclaration } from "./declaration.ts";
import { digestOf, type Json, sha256 } from "./digest.ts";
import { PipelineError } from "./errors.ts";
import type { Manifest } from "./store.ts";
import { digestOfTree, only, without } from "./tree.ts";

/** Of fingerprints; entries made under other rules are no hits. */
const SCHEMA = 2;

/** Every field enters the key. */
export interface Fingerprint {
  schema: typeof SCHEMA;
  /** Its kind. */
  step: string;
  /** The entry file, relative to the project's folder. */
  module: string;
  /** The file that is loaded before it, likewise; absent where none is. */
  preload?: string;
  /**
   * SHA-256 of every own file that the module, and what is loaded before it, can reach, of code without
   * comments and formatting; null for one that does not exist.
   */
  files: Record<string, string | null>;
  /** Integrity of every package that the module can reach. */
  packages: Record<string, string>;
  /** Validated, defaults filled in, without those that change no result, and without secrets. */
  parameters: Json;
  /** What the step promises to write. */
  outputs: readonly string[];
  /** What of it does not count as its result. */
  notInDigest: readonly string[];
  /**
   * Digest of what the step reads of what each upstream step wrote, by the step's own name for it: an
   * equal result made anew changes nothing.
   */
  inputs: Record<string, string>;
  /** Digest of the content of the user's files and folders that the step reads. */
  externals: Record<string, string>;
  /** Digest of the value of each declared variable (it may be a secret); null when it is not set. */
  environment: Record<string, string | null>;
  /** Class of the device that computes; null for a step whose result no device changes. */
  device: string | null;
  /** Further arguments of `deno run`: engine flags can change how numbers come out. */
  denoArguments: readonly string[];
  // Not here, on purpose: permissions (they decide whether a step may, not what it writes; a step
  // that fails is not kept), resources, the Deno version (a manifest records it), absolute paths.
}

/** 128 bits: enough that two fingerprints never meet, short enough for a file's name. */
export const keyOf = (fingerprint: Fingerprint): string => digestOf(fingerprint).slice(0, 32);

/**
 * Equal for two fingerprints that differ in the parameters `checkpointsAcross` alone; undefined for
 * a step without checkpoints.
 */
export const checkpointKeyOf = (
  fingerprint: Fingerprint,
  { checkpointsAcross }: Pick<StepDeclaration, "checkpointsAcross">,
): string | undefined =>
  checkpointsAcross &&
  keyOf({ ...fingerprint, parameters: withoutFields(fingerprint.parameters, checkpointsAcross) });

/**
 * Of what a step reads of its inputs: of each the digest, or that of the part that `reads` names.
 *
 * @param artifacts by the step's own names for them
 */
export function inputDigests(
  { reads = {} }: Pick<StepDeclaration, "reads">,
  artifacts: Readonly<
    Record<string, { manifest: Pick<Manifest, "tree" | "digest" | "fingerprint"> }>
  >,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(artifacts).map(([name, { manifest }]) => {
      const { tree, digest, fingerprint } = manifest;
      const read = without(tree, fingerprint.notInDigest);
      return [name, reads[name] ? digestOfTree(only(read, reads[name])) : digest];
    }),
  );
}

/**
 * Of a cache of single items: whatever of a step's key can change what its function gives for one. The
 * item itself, and what the step says of how a value came about, enter the keys inside of the cache.
 *
 * @param closure of the module with the function
 */
export const itemCacheKeyOf = (
  { schema, preload, device, environment, denoArguments }: Fingerprint,
  { module, files, packages }: Pick<Closure, "module" | "files" | "packages">,
): string =>
  digestOf({ schema, preload, device, environment, denoArguments, module, files, packages })
    .slice(0, 32);

/** Takes fingerprints, reading what it must and remembering what it can. */
export class Fingerprinter {
  constructor(private readonly code: Pick<Code, "closureOf" | "digestOf">) {}

  /**
   * @param inputs digest of each upstream artifact
   * @param maxAge milliseconds for which code may be taken as unchanged
   * @throws {PipelineError} when code or an external file is missing
   */
  async take(
    step: StepDeclaration,
    parameters: Json,
    inputs: Record<string, string>,
    maxAge = 0,
  ): Promise<Fingerprint> {
    const { module, preload, files, packages } = await closureOfStep(
      this.code,
      step,
      parameters,
      maxAge,
    );
    const variables = step.environment?.(parameters) ?? [];
    return {
      schema: SCHEMA,
      step: kindOf(step),
      module,
      ...preload !== undefined && { preload },
      files,
      packages,
      parameters: withoutFields(shownParameters(step, parameters), step.notInKey ?? []),
      outputs: [...step.outputs].sort(),
      notInDigest: [...step.notInDigest ?? []].sort(),
      inputs,
      externals: await this.externalsOf(step, parameters),
      environment: Object.fromEntries(
        variables.map((name) => [name, digestOfVariable(Deno.env.get(name))]),
      ),
      device: step.device?.(parameters) ?? null,
      denoArguments: step.denoArguments?.(parameters) ?? [],
    };
  }

  async externalsOf(step: StepDeclaration, parameters: Json): Promise<Record<string, string>> {
    const digests: Record<string, string> = {};
    for (const path of step.externals?.(parameters) ?? []) {
      try {
        digests[path] = await this.code.digestOf(path, step.externalsWithout);
      } catch (cause) {
        if (!(cause instanceof Deno.errors.NotFound)) throw cause;
        throw new PipelineError(`it reads ${path}, which does not exist`);
      }
    }
    return digests;
  }
}

/** Whether an entry can be compared with the fingerprints of today. */
export const isCurrent = ({ schema }: { schema: number }): boolean => schema === SCHEMA;

const digestOfVariable = (value: string | undefined) => value === undefined ? null : sha256(value);

/** @param names of fields; `recipe.epochs` is a field of a field */
function withoutFields(value: Json, names: readonly string[]): Json {
  if (names.length === 0 || value === null || typeof value !== "object" || Array.isArray(value)) {
    return value;
  }
  const fields = Object.entries(value).filter(([name]) => !names.includes(name));
  return Object.fromEntries(fields.map(([name, field]) => {
    const deeper = names.filter((other) => other.startsWith(`${name}.`));
    return [name, withoutFields(field, deeper.map((other) => other.slice(name.length + 1)))];
  }));
}
