/** Named pieces of content on another machine: what a store there is made of. */
import type { Answer } from "./requests.ts";

/** Content on its way, from somewhere in it on. */
export interface Reading {
  /** Where it begins. */
  from: number;
  /** Bytes of the whole; undefined when the server does not say. */
  total?: number;
  pieces: Answer["pieces"];
}

export interface Objects {
  /** What messages call the place. */
  readonly name: string;
  /**
   * @param from bytes that are there already; a server may begin at the start all the same
   * @returns undefined when there is no such object
   * @throws {RemoteError} when it cannot be known
   */
  read(key: string, from?: number): Promise<Reading | undefined>;
}

/** Objects that can be listed and written. */
export interface WritableObjects extends Objects {
  /** Bytes of every object under a prefix, by its whole name; undefined where it may not be listed. */
  list(prefix: string): Promise<Map<string, { size: number; time: string }> | undefined>;
  /** Names of the folders under a prefix; undefined where it may not be listed. */
  folders(prefix: string): Promise<string[] | undefined>;
  /**
   * Writes one that is whole or not there.
   *
   * @param unlessThere leave one that is there
   * @returns whether it was written
   */
  write(key: string, bytes: Uint8Array<ArrayBuffer>, unlessThere?: boolean): Promise<boolean>;
  /**
   * As `write`, of a file of any size, in little memory.
   *
   * @throws {ChangedFile} when it is not what `expected` says
   */
  writeFile(key: string, path: string, expected: { size: number; sha256: string }): Promise<void>;
}

/** A file of an artifact is not what was published. */
export class ChangedFile extends Error {}
