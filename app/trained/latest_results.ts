/** What the newest runs left, for who answers by it: nothing is read that is not as it was published. */
import { DamageError } from "../../pipeline/errors.ts";
import type { Artifact } from "../../pipeline/store.ts";
import type { RunRecord } from "../../pipeline/run_record.ts";
import { latestArtifact, runArtifact } from "../../pipeline/upkeep/history.ts";
import { assertIntact } from "../../pipeline/upkeep/intact.ts";

export class LatestResults {
  readonly #found = new Map<string, Promise<Artifact | undefined>>();

  /**
   * @param readFrom further stores, only read
   * @param run whose results they are; without it, each is the newest of all runs
   */
  constructor(
    private readonly store: string,
    private readonly readFrom: readonly string[] = [],
    readonly run?: RunRecord,
  ) {}

  /**
   * The newest artifact of a step, undefined where there is none.
   * @throws {Error} where a file of it is missing or cut short
   */
  of(step: string): Promise<Artifact | undefined> {
    const found = this.#found.get(step) ??
      orRemedy(
        this.run
          ? runArtifact(this.store, this.run, step, this.readFrom)
          : latestArtifact(this.store, step, this.readFrom),
      );
    this.#found.set(step, found);
    return found;
  }

  /** As `of`, for what is only told beside an answer: undefined also where it is damaged. */
  ifWhole(step: string): Promise<Artifact | undefined> {
    return this.of(step).catch(() => undefined);
  }

  /**
   * Before files of an artifact are read.
   * @param names of files, and of folders with all in them
   * @throws {Error} naming the one that is not as it was published, and how to make it anew
   */
  assertIntact(artifact: Artifact, names: readonly string[]): Promise<void> {
    return orRemedy(assertIntact(this.store, artifact, names));
  }
}

async function orRemedy<T>(looking: Promise<T>): Promise<T> {
  try {
    return await looking;
  } catch (error) {
    throw error instanceof DamageError ? withRemedy(error) : error;
  }
}

/** Says what to do about damage in this program's words. */
export function withRemedy({ message }: DamageError): Error {
  return new Error(
    `${message}. The disk or another program changed it, so nothing is answered by it: ` +
      "`deno task pipeline` with the flags of that run makes it anew, and `deno task verify` " +
      "lists all that is damaged",
  );
}
