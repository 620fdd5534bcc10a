/** What code a step reaches, as the rest of the orchestrator sees it. */
import type { StepDeclaration } from "./declaration.ts";
import type { Json } from "./digest.ts";
import type { Change } from "./explain/changes.ts";

export interface Closure {
  /** The project's folder. */
  root: string;
  /** Relative to the project's folder, as are all own files. */
  module: string;
  /** The module that is loaded before it, where one is. */
  preload?: string;
  /**
   * SHA-256 by path, of modules without comments and formatting; null for a file that code refers
   * to and that does not exist.
   */
  files: Record<string, string | null>;
  /** Of the modules, digests with comments and formatting. */
  texts: Record<string, string>;
  /** Integrity by name and version (npm, from `deno.lock`) or specifier (other remote modules). */
  packages: Record<string, string>;
  /** Absolute paths that the step's process may read: the files of its code that it opens itself. */
  readable: string[];
}

export interface Code {
  /**
   * All that a module can reach, by content.
   *
   * @param maxAge milliseconds that an answer may be old: thousands of steps may share a module
   * @param preload a module that is loaded before it: all that this one can reach counts, too
   * @throws {PipelineError} when an import leads nowhere
   */
  closureOf(module: URL, maxAge?: number, preload?: URL): Promise<Closure>;
  /**
   * Finds out less than `closureOf`, which reads all code, but as much about what is missing.
   *
   * @throws {PipelineError} when an import leads nowhere
   */
  check(module: URL): Promise<void>;
  /**
   * Digest of a user's file or folder.
   *
   * @param without names right in the folder that do not count
   * @throws {Deno.errors.NotFound}
   */
  digestOf(path: string, without?: readonly string[]): Promise<string>;
  /** Keeps the code of a step that is about to run. */
  keepTexts(closure: Closure): Promise<void>;
  /** Adds to changed files the number of their lines that did. */
  countLines(changes: Change[], closure: Closure): Promise<Change[]>;
  /** Keeps for the next run what was found out about files. */
  save(): void;
}

/** All that a step's process loads. */
export function closureOfStep(
  code: Pick<Code, "closureOf">,
  step: Pick<StepDeclaration, "module" | "preload">,
  parameters: Json,
  maxAge?: number,
): Promise<Closure> {
  return code.closureOf(step.module, maxAge, step.preload?.(parameters));
}
