import type { Places } from "../download/obtain.ts";
import type { Change } from "../review/journal.ts";
import type { Division } from "./divide.ts";
import type { GroupRule } from "./group_rule.ts";

/** What every source is given. */
export interface SourceContext extends Places, Division {
  /** The folder that receives `train/CLASS/FILE`, `val/CLASS/FILE` and, where there is a test, `test/CLASS/FILE`. */
  photos: string;
  /** Which photos belong together; where it is left out, near duplicates alone do. */
  group?: GroupRule;
  /** What a review made of the photos. */
  review?: readonly Change[];
  /** Told the groups of photos, by their paths below `photos`, where a rule makes some. */
  onGroups?: (groups: Record<string, string>) => void;
  /** The programs that may be Python; for tests. */
  pythons?: string[];
}
