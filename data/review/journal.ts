/** What was decided on photos, as a file beside them says it: written by graft, and read whoever wrote it. */
import * as v from "valibot";
import { labelObjection } from "../sources/label_objection.ts";

/** Lies in the folder of photos. */
export const JOURNAL = "graft-review.json";
/** Beside it: photos that were set aside for good, and those that others say are wrong. */
export const REVIEW_FOLDER = "graft-review";

const path = v.pipe(
  v.string(),
  v.check((text) => pathObjection(text) === undefined, (issue) => {
    return `the path ${JSON.stringify(issue.input)} ${pathObjection(issue.input as string)}`;
  }),
);
const className = v.pipe(
  v.string(),
  v.check((text) => text !== "" && labelObjection(text) === undefined, (issue) => {
    const wrong = labelObjection(issue.input as string) ?? "is empty";
    return `the class ${JSON.stringify(issue.input)} ${wrong}`;
  }),
);
const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, "no SHA-256 in hexadecimal digits"));

const photo = v.union([
  v.strictObject({
    /** From the folder of photos, with `/`. */
    path,
    /** Of the file when it was looked at: another file under its name is another photo. */
    sha256: v.optional(digest),
  }),
  v.pipe(path, v.transform((path): { path: string; sha256?: string } => ({ path }))),
], "a path, or an object with path and, perhaps, sha256");

const entries = { photos: v.pipe(v.array(photo), v.minLength(1)), at: v.optional(v.string()) };

/** One act: of one photo, or of several that belong together. */
const decision = v.variant("decision", [
  v.strictObject({ decision: v.literal("keep"), ...entries }),
  v.strictObject({ decision: v.literal("move"), class: className, ...entries }),
  v.strictObject({ decision: v.literal("set aside"), ...entries }),
], 'the decision is none: write "keep", "move" (with a class) or "set aside"');

/** A photo that somebody says a model was wrong about; nothing is taught by it until it is decided on. */
const reported = v.strictObject({
  photo: path,
  sha256: digest,
  class: className,
  predicted: v.optional(v.string()),
  at: v.optional(v.string()),
});

/** A file that was moved as a decision says. */
const applied = v.strictObject({
  from: path,
  to: path,
  sha256: digest,
  /** Where it was moved to; absent where it was set aside. */
  class: v.optional(className),
  at: v.string(),
});

const journal = v.strictObject({
  schema: v.literal(1, "another version of graft wrote it: use that one"),
  /** In the order in which they were made: the last one on a photo counts. */
  decisions: v.optional(v.array(decision), []),
  reported: v.optional(v.array(reported), []),
  applied: v.optional(v.array(applied), []),
});

export type Decision = v.InferOutput<typeof decision>;
export type Reported = v.InferOutput<typeof reported>;
export type Applied = v.InferOutput<typeof applied>;
export type Journal = v.InferOutput<typeof journal>;

/** What is to become of a photo. */
export interface Change {
  /** From the folder of photos, with `/`. */
  photo: string;
  /** The class that it goes to; absent where it is set aside. */
  class?: string;
  sha256?: string;
}

export const emptyJournal = (): Journal => ({
  schema: 1,
  decisions: [],
  reported: [],
  applied: [],
});

/**
 * @param name of the file in messages
 * @throws {Error} naming what is wrong and where, and what to do
 */
export function parseJournal(text: string, name: string): Journal {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Error(
      `${name} is no whole JSON (${
        (error as Error).message
      }): mend it, or move it away to decide anew`,
    );
  }
  const { issues, output } = v.safeParse(journal, json);
  if (!issues) return output;
  const [issue] = issues;
  const where = v.getDotPath(issue)?.replace(/\.(\d+)/g, (_, i) => ` ${Number(i) + 1}`);
  throw new Error(
    `${name} cannot be used as it was edited (${where ? `${where}: ` : ""}${issue.message}): ` +
      "mend that, or move the file away to decide anew",
  );
}

export function formatJournal(journal: Journal): string {
  return JSON.stringify(journal, null, 1) + "\n";
}

/** What the decisions come to, photo by photo, by their paths. */
export function changesOf({ decisions }: Pick<Journal, "decisions">): Change[] {
  const changes = new Map<string, Change>();
  for (const decision of decisions) {
    for (const { path, sha256 } of decision.photos) {
      changes.delete(path);
      if (decision.decision === "keep") continue;
      changes.set(path, {
        photo: path,
        ...(decision.decision === "move" && { class: decision.class.normalize("NFC") }),
        ...(sha256 && { sha256 }),
      });
    }
  }
  return [...changes.values()].sort((a, b) => a.photo < b.photo ? -1 : 1);
}

/** What speaks against a path; undefined where nothing does. */
function pathObjection(path: string): string | undefined {
  // deno-lint-ignore no-control-regex -- these are what is looked for
  if (path === "" || /[\x00-\x1f\x7f\\]/.test(path)) return "is no path with / in it";
  if (path.startsWith("/") || /^[a-z]:/i.test(path)) {
    return "does not begin in the folder of photos";
  }
  const parts = path.split("/");
  if (parts.some((part) => ["", ".", ".."].includes(part))) {
    return "does not lead straight into the folder of photos";
  }
}
