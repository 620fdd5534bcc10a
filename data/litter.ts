/** What systems and programs leave behind in folders of photos: never anybody's photo. */

const LITTER = new RegExp(
  "^(" + [
    "\\..*", // hidden; `._x.jpg` is what a Mac keeps beside x.jpg
    "__MACOSX",
    "Icon\\r",
    "Thumbs\\.db",
    "ehthumbs\\.db",
    "desktop\\.ini",
    "\\$RECYCLE\\.BIN",
    "System Volume Information",
    "lost\\+found",
    "@eaDir", // of Synology, and the next two of QNAP
    "@Recycle",
    "@Recently-Snapshot",
    "#recycle",
    ".*\\.dist-info", // a wheel's description of itself
    "graft-review(\\.json.*)?", // see `isOfReview`
  ].join("|") + ")$",
  "i",
);

/** Whether a file or folder of that name is a review's: its journal, and what it keeps beside that. */
export function isOfReview(name: string): boolean {
  return /^graft-review(\.json.*)?$/i.test(name);
}

/** Whether a file or folder of that name (not path) is passed over, with all that lies in it. */
export function isLitter(name: string): boolean {
  return LITTER.test(name);
}

/**
 * The part of a path that is litter, with what leads to it; undefined where none is.
 *
 * @example
 * ```ts
 * litterIn("photos/__MACOSX/ants/._1.jpg"); // "photos/__MACOSX"
 * ```
 */
export function litterIn(path: string): string | undefined {
  const parts = path.split("/");
  const first = parts.findIndex(isLitter);
  return first < 0 ? undefined : parts.slice(0, first + 1).join("/");
}
