import type { Places } from "../download/obtain.ts";
import type { DecodeOptions } from "../decode_in_order.ts";
import type { Change } from "../review/journal.ts";
import type { Division } from "./divide.ts";
import type { GroupRule } from "./group_rule.ts";

/** What every source is given. */
export interface SourceContext extends Places, Division, Pick<DecodeOptions, "start" | "kept"> {
  /** The folder that receives `train/CLASS/FILE`, `val/CLASS/FILE` and, where there is a test, `test/CLASS/FILE`. */
  photos: string;
  /** Which photos belong together; where it is left out, near duplicates alone do. */
  group?: GroupRule;
  /**
   * Has a file of one's own stand at a path below `photos` without being copied; where it is left out,
   * such files are copied.
   */
  link?: (path: string, file: string) => void;
  /** What a review made of the photos. */
  review?: readonly Change[];
  /** Told the groups of photos, by their paths below `photos`, where a rule makes some. */
  onGroups?: (groups: Record<string, string>) => void;
  /** The programs that may be Python; for tests. */
  pythons?: string[];
}
