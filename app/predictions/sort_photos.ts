/** Photos put into folders by what a model says of them, in a way that can be undone. */
import { basename, dirname, extname, join, resolve } from "node:path";
import * as v from "valibot";
import { copyNew, moveNew } from "../../data/move_new.ts";
import { windowsObjection } from "../../data/windows_name.ts";
import { UsageError } from "../cli/errors.ts";

export const SORT_WAYS = ["copy", "link", "move"] as const;
export type SortWay = typeof SORT_WAYS[number];

/** Lies in the folder that photos are sorted into: a line of JSON a photo, before it is put there. */
const LIST = "graft-sorted.ndjson";

const EntrySchema = v.object({
  way: v.picklist(SORT_WAYS),
  /** Absolute, as the photo lay. */
  from: v.string(),
  /** Relative to the folder. */
  to: v.string(),
  /** Of the photo, by which a copy that was changed since is told. */
  bytes: v.number(),
});
type Entry = v.InferOutput<typeof EntrySchema>;

/** Of what no class is said: below so sure, one in five or more would be wrong. */
const UNSURE_BELOW = 0.8;
const UNSURE = "unsure";
const NONE = "none of these";

/** The name of the folder that a photo goes to. */
export function sortedFolder(
  { label, probability, none_of_these, abstains }: {
    label: string;
    probability: number;
    none_of_these?: boolean;
    /** Said where an accuracy was asked for. */
    abstains?: boolean;
  },
): string {
  if (none_of_these) return NONE;
  if (abstains ?? probability < UNSURE_BELOW) return UNSURE;
  // What would be another folder, a hidden one or one of the two above is written otherwise.
  // deno-lint-ignore no-control-regex -- no file system takes them all
  const name = label.replace(/[/\\:*?"<>|\x00-\x1f]/g, "_").replace(/^\.+|[. ]+$/g, "_");
  const isTaken = [UNSURE, NONE].includes(name.toLowerCase());
  // What is sorted here may be carried to Windows: `con.` and `aux.jpg` are no folders there.
  if (windowsObjection(name)) return `_${name}`;
  return name === "" || isTaken ? `${name}_` : name;
}

/** Puts photos into folders of a folder. Nothing that lies there is overwritten. */
export class PhotoSorter {
  constructor(private readonly folder: string, private readonly way: SortWay) {}

  /**
   * Puts a photo into a folder, under another name where its own is taken: `1 (2).jpg`.
   * @param photo an absolute path
   * @returns where it lies now, relative to the sorter's folder
   * @throws {Error} where it cannot be put there; it is left where it was
   */
  async put(photo: string, folder: string): Promise<string> {
    const target = join(this.folder, folder);
    await Deno.mkdir(target, { recursive: true });
    const { isSymlink } = await Deno.lstat(photo);
    if (this.way === "move" && isSymlink) {
      throw new Error(`${photo} is a link: move what it points to, or sort by --sort-by copy`);
    }
    const { size } = await Deno.stat(photo);
    const extension = extname(photo), stem = basename(photo, extension);
    for (let i = 1;; i++) {
      const to = join(folder, i === 1 ? basename(photo) : `${stem} (${i})${extension}`);
      if (await exists(join(this.folder, to))) continue;
      await this.#note({ way: this.way, from: photo, to, bytes: size });
      try {
        await place(photo, join(this.folder, to), this.way);
        return to;
      } catch (error) {
        // Another program was faster: its file stays, and the next name is tried.
        if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
        await this.#note({ way: this.way, from: photo, to, bytes: NOT_OURS });
      }
    }
  }

  async #note(entry: Entry): Promise<void> {
    const line = JSON.stringify(entry) + "\n";
    await Deno.writeTextFile(join(this.folder, LIST), line, { append: true });
  }
}

/** Instead of a size: the file of that name was another program's after all. */
const NOT_OURS = -1;

/** @throws {Deno.errors.AlreadyExists} where there is a file of that name */
async function place(from: string, to: string, way: SortWay): Promise<void> {
  if (way === "link") return await link(from, to);
  return await (way === "move" ? moveNew : copyNew)(from, to);
}

async function link(from: string, to: string): Promise<void> {
  try {
    await Deno.symlink(from, to, { type: "file" });
  } catch (error) {
    if (Deno.build.os !== "windows" || error instanceof Deno.errors.AlreadyExists) throw error;
    throw new Error(
      "Windows makes links for administrators and in developer mode alone: sort by --sort-by copy",
      { cause: error },
    );
  }
}

/** What became of sorted photos. */
export interface Undone {
  /** How many are back where they were, or no longer doubled. */
  undone: number;
  /** Those that stay, and why. */
  kept: { path: string; reason: string }[];
}

/**
 * Takes back what was sorted into a folder: moved photos go back, copies and links are removed, and
 * folders that are empty then. What was changed or taken away since stays as it is.
 * @throws {UsageError} for a folder into which nothing was sorted
 */
export async function undoSort(folder: string): Promise<Undone> {
  const entries = await readList(folder);
  const foreign = new Set(entries.filter(({ bytes }) => bytes === NOT_OURS).map(({ to }) => to));
  const result: Undone = { undone: 0, kept: [] };
  const left: Entry[] = [];
  for (const entry of entries.filter(({ to }) => !foreign.has(to)).toReversed()) {
    const reason = await takeBack(folder, entry);
    if (reason === undefined) result.undone++;
    else if (reason !== GONE) {
      left.unshift(entry);
      result.kept.push({ path: entry.to, reason });
    }
  }
  const list = join(folder, LIST);
  if (left.length === 0) await Deno.remove(list);
  else await Deno.writeTextFile(list, left.map((entry) => JSON.stringify(entry) + "\n").join(""));
  for (const name of new Set(entries.map(({ to }) => dirname(to)))) {
    await Deno.remove(join(folder, name)).catch(() => {}); // others' files are in it
  }
  return result;
}

/** A photo that was not put there after all, or that is back already. */
const GONE = "gone";

/** @returns why it stays */
async function takeBack(folder: string, { way, from, to, bytes }: Entry) {
  const path = join(folder, to);
  const info = await Deno.lstat(path).catch(() => undefined);
  if (!info) return GONE;
  if (way === "link") {
    if (!info.isSymlink || await Deno.readLink(path) !== from) return "is not that link any more";
    return void await Deno.remove(path);
  }
  if (!info.isFile || info.size !== bytes) return "was changed since";
  if (way === "copy") return void await Deno.remove(path);
  if (await exists(from)) {
    const original = await Deno.lstat(from);
    // Killed between the second name and the end of the first.
    const isSame = original.ino !== null && original.ino === info.ino && original.dev === info.dev;
    if (!isSame) return `cannot go back: there is another ${from}`;
    return void await Deno.remove(path);
  }
  await Deno.mkdir(dirname(from), { recursive: true });
  return void await place(path, from, "move");
}

async function readList(folder: string): Promise<Entry[]> {
  const list = join(folder, LIST);
  const text = await Deno.readTextFile(list).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new UsageError(`nothing was sorted into ${resolve(folder)}: it has no ${LIST}`);
  });
  return text.split("\n").filter((line) => line !== "").map((line, i) => {
    try {
      return v.parse(EntrySchema, JSON.parse(line));
    } catch (cause) {
      throw new Error(
        `${list} is damaged in line ${i + 1}: mend or remove that line, and undo again`,
        { cause },
      );
    }
  });
}

const exists = (path: string) => Deno.lstat(path).then(() => true, () => false);
