/** Any source of photos as a folder of class folders. */
import { join } from "node:path";
import type { DecodeOptions } from "../decode_in_order.ts";
import type { Log, Progress } from "../download/progress.ts";
import type { Change } from "../review/journal.ts";
import { autoSource } from "./auto.ts";
import { folderSource } from "./folder.ts";
import type { GroupRule } from "./group_rule.ts";
import { hymenopteraSource } from "./hymenoptera.ts";
import { pypiSource } from "./pypi.ts";
import type { SourceContext } from "./source_context.ts";
import type { SourceInfo } from "./source_info.ts";
import type { SourceSpec } from "./spec.ts";
import { VAL_FRACTION } from "./split.ts";
import { urlSource } from "./url.ts";
import { zipSource } from "./zip.ts";

export interface MaterializeOptions extends Pick<DecodeOptions, "start" | "kept"> {
  /** Decides which photos are for validation where the source does not say. */
  seed: number;
  /** The part of each class that is for validation then; default 0.2. */
  valFraction?: number;
  /**
   * 3: besides train and val there is test, where the source has it or photos enough; 2 by default,
   * where test is left out, or stands in for a val that is missing.
   */
  parts?: 2 | 3;
  /** Which photos belong together, on one side of a division of ours. */
  group?: GroupRule;
  /**
   * Has a file of one's own stand at a path below `photos` without being copied; where it is left out,
   * such files are copied.
   */
  link?: (path: string, file: string) => void;
  /** What a review made of the photos of a folder. */
  review?: readonly Change[];
  /** Told the groups of photos, by their paths below `photos`, where `group` makes some. */
  onGroups?: (groups: Record<string, string>) => void;
  /** A folder of files fetched before, looked at first. */
  mirror?: string;
  /**
   * Keeps what is downloaded, also half of it, for the next time. By default a folder in the
   * destination, which is removed at the end.
   */
  downloads?: string;
  /** The most bytes of a file that is downloaded. */
  most?: number;
  progress?: Progress;
  log?: Log;
  signal?: AbortSignal;
}

/**
 * Brings the photos of a source to `destination/photos/{train,val,test}/CLASS/FILE`. On an error
 * `destination/photos` is removed again.
 *
 * Permissions: read and write for the destination and the downloads, and `sourceNeeds(spec)`.
 *
 * @returns what is to be recorded: the same for the same photos, wherever their bytes came from
 * @throws {Error} whose message names the source, what is wrong and what to do
 *
 * @example
 * ```ts
 * const info = await materialize(parseSource("./photos"), "/tmp/out", { seed: 0 });
 * info.counts; // { train: { ants: 80, bees: 80 }, val: { ants: 20, bees: 20 } }
 * ```
 */
export async function materialize(
  spec: SourceSpec,
  destination: string,
  options: MaterializeOptions,
): Promise<SourceInfo> {
  const { valFraction = VAL_FRACTION, downloads = join(destination, ".downloads") } = options;
  if (!(valFraction > 0 && valFraction < 1)) {
    throw new RangeError(`the part for validation is ${valFraction}, not between 0 and 1`);
  }
  const photos = join(destination, "photos");
  await Deno.mkdir(destination, { recursive: true });
  await Deno.mkdir(photos);
  try {
    return await dispatch(spec, { ...options, valFraction, downloads, photos });
  } catch (error) {
    await Deno.remove(photos, { recursive: true });
    throw error;
  } finally {
    if (!options.downloads) await Deno.remove(downloads, { recursive: true }).catch(() => {});
  }
}

function dispatch(spec: SourceSpec, context: SourceContext): Promise<SourceInfo> {
  switch (spec.kind) {
    case "auto":
      return autoSource(context);
    case "hymenoptera":
      return hymenopteraSource(context);
    case "folder":
      return folderSource(spec.path, context);
    case "zip":
    case "tar":
      return zipSource(spec, context);
    case "url":
      return urlSource(spec.url, context);
    case "pypi":
      return pypiSource(spec, context);
  }
}
