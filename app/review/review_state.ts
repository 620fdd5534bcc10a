/** What is decided in a page, kept in the journal as it is decided. */
import type { Decision as Act, Journal } from "../../data/review/journal.ts";
import { readJournal, updateJournal } from "../../data/review/journal_file.ts";
import type { Gathered } from "./gather.ts";
import type { Decision, Progress, State } from "./messages.ts";
import { progressOf } from "./progress.ts";

/** A decision that cannot be kept, in words for whoever made it. */
export class DecisionError extends Error {}

export class Review {
  private constructor(
    private readonly folder: string,
    private readonly gathered: Gathered,
    private readonly about: {
      classes: string[];
      /** Of the photos that lie in class folders, the first ones. */
      digests: readonly string[];
      next: string;
      refused?: string;
    },
    private readonly session: string,
  ) {}

  /** @throws {Error} where the journal cannot be read */
  static async open(
    folder: string,
    gathered: Gathered,
    about: { classes: string[]; digests: readonly string[]; next: string; refused?: string },
  ): Promise<Review> {
    await readJournal(folder);
    return new Review(folder, gathered, about, crypto.randomUUID());
  }

  /** @throws {Error} where the journal was edited meanwhile and cannot be read any more */
  async state(): Promise<State> {
    const { classes, next, refused } = this.about;
    return {
      ...this.gathered,
      ...this.#progress(await readJournal(this.folder)),
      folder: this.folder,
      classes,
      next,
      ...(refused !== undefined && { refused }),
      session: this.session,
    };
  }

  /** @throws {DecisionError} for photos or a class that there are not */
  async decide({ photos, decision, class: className }: Decision): Promise<Progress> {
    const paths = [...new Set(photos)].map((id) => {
      const photo = this.gathered.photos[id];
      if (!photo) throw new DecisionError("there is no such photo: load the page again");
      const sha256 = this.about.digests[id];
      return { path: photo.path, ...(sha256 !== undefined && { sha256 }) };
    });
    if (decision === "move" && !this.about.classes.includes(className ?? "")) {
      throw new DecisionError(`there is no class ${JSON.stringify(className ?? "")}`);
    }
    const at = new Date().toISOString();
    const act: Act = decision === "move"
      ? { decision, class: className!, photos: paths, at }
      : { decision, photos: paths, at };
    return this.#progress(
      await updateJournal(this.folder, (journal) => ({
        ...journal,
        decisions: [...journal.decisions, act],
      })),
    );
  }

  /** Takes the last decision back, whenever it was made; nothing where there is none. */
  async undo(): Promise<Progress> {
    return this.#progress(
      await updateJournal(this.folder, (journal) => ({
        ...journal,
        decisions: journal.decisions.slice(0, -1),
      })),
    );
  }

  #progress(journal: Journal): Progress {
    return progressOf(journal, this.gathered.photos);
  }
}
