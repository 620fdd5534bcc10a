import type { Places } from "../download/obtain.ts";
import type { Division } from "./divide.ts";

/** What every source is given. */
export interface SourceContext extends Places, Division {
  /** The folder that receives `train/CLASS/FILE`, `val/CLASS/FILE` and, where there is a test, `test/CLASS/FILE`. */
  photos: string;
  /** The programs that may be Python; for tests. */
  pythons?: string[];
}
