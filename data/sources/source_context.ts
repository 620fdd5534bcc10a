import type { Places } from "../download/obtain.ts";
import type { Division } from "./layout.ts";

/** What every source is given. */
export interface SourceContext extends Places, Division {
  /** The folder that receives `train/CLASS/FILE` and `val/CLASS/FILE`. */
  photos: string;
  /** The programs that may be Python; for tests. */
  pythons?: string[];
}
