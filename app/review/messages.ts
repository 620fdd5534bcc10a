/** What the review's server and its page say to each other. */
import type { Part } from "../../data/dataset_index.ts";

/** A photo that something was found about; its position among the state's photos is its id. */
export interface ShownPhoto {
  /** From the folder of photos. */
  path: string;
  /** The class that its folder or list says; for a photo that was sent in, the one that was said. */
  className: string;
  /** Absent for a photo that is not among those of the folder yet. */
  part?: Part;
  /** The likeliest class by a model that did not see it, and how likely it and the photo's own are. */
  predicted?: string;
  probability?: number;
  given?: number;
}

/** One thing to decide about: a photo, or several that belong together. */
export interface Item {
  /** A kind's key. */
  kind: string;
  /** Ids of photos. */
  photos: number[];
  /** The class that a model, or whoever sent it in, would give it. */
  suggestion?: string;
}

export interface Kind {
  key: string;
  title: string;
  /** What it costs to leave it as it is. */
  cost: string;
}

/** What is said of all photos, without any to decide about. */
export interface Remark {
  title: string;
  cost: string;
  remedy: string;
}

/** Right answers of a model that saw none of the photos. */
export interface Share {
  correct: number;
  total: number;
}

/** What decisions do to what is measured by a part of the photos: the same answers, other labels. */
export interface Score {
  part: Part;
  /** Photos whose label is another now, or that are set aside. */
  changed: number;
  before: Share;
  after: Share;
}

export interface Decided {
  decision: "keep" | "move" | "set aside";
  class?: string;
}

/** What changes while the page is open. */
export interface Progress {
  /** By ids of photos. */
  decided: Record<number, Decided>;
  /** How many decisions there are to undo. */
  undoable: number;
  scores: Score[];
}

export interface State extends Progress {
  folder: string;
  classes: string[];
  kinds: Kind[];
  /** The worst first. */
  items: Item[];
  photos: ShownPhoto[];
  remarks: Remark[];
  /** Why no label was judged. */
  refused?: string;
  /** Part of each photo's address, so that browsers keep none for another review. */
  session: string;
  /** What to run then. */
  next: string;
}

export interface Decision extends Decided {
  photos: number[];
}
