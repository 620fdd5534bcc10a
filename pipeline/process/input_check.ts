/** Looks at artifacts by content before steps read them: a hit is checked by little more than sizes. */
import type { Artifact, Lookup, Store } from "../store.ts";
import { findBrokenLink } from "./links.ts";

export class InputCheck {
  /** What is wrong with an artifact, by its folder: each is read once a run. */
  readonly #damages = new Map<string, Promise<string | undefined>>();

  /** @param run what it made itself needs no check */
  constructor(private readonly store: Store, private readonly run: string) {}

  /** @throws {Error} naming a damaged one, which is no hit from then on */
  async check(inputs: Readonly<Record<string, Artifact>>): Promise<void> {
    for (const [name, artifact] of Object.entries(inputs)) {
      if (artifact.manifest.made.run === this.run) continue;
      const damage = this.#damages.get(artifact.path) ?? this.#inspect(artifact);
      this.#damages.set(artifact.path, damage);
      if (await damage) {
        throw new Error(
          `the artifact of ${name} is damaged: ${await damage}: run again to have it made anew, ` +
            `or, if a store that is only read holds it, force ${name}`,
        );
      }
    }
  }

  /**
   * What was found, if what of it is handed on to people is as it was published, which is read, and
   * its links lead to files.
   */
  async checkHit(lookup: Lookup, handedOn: readonly string[] = []): Promise<Lookup> {
    const { artifact } = lookup;
    if (!artifact || artifact.manifest.made.run === this.run) return lookup;
    const damage = findBrokenLink(artifact) ??
      (handedOn.length > 0 ? await this.store.inspect(artifact, handedOn) : undefined);
    return damage ? { damage } : lookup;
  }

  async #inspect(artifact: Artifact): Promise<string | undefined> {
    const damage = await this.store.inspect(artifact);
    if (damage) await this.store.forget(artifact);
    return damage;
  }
}
