/** What tells the classes apart without looking at what the photos show: a model may learn that. */
import type { Examined } from "../examined.ts";
import { percent } from "../statistics/percent.ts";
import type { Finding } from "./finding.ts";

type Photo = Examined & { photo: NonNullable<Examined["photo"]>; className: string };

/** Photos of a class, and of the others, with fewer of which chance tells as much. */
const ENOUGH = 8;
/** Of two photos, one of a class and one of another, the share that a trait alone tells apart. */
const TELLING = 0.9;
/** Difference of the share of a camera's photos between two classes. */
const SHARE = 0.5;

/** What is measured, and what a class is called that has more of it, or less. */
const TRAITS: { of: (photo: Photo["photo"]) => number; more: string; less: string }[] = [
  { of: ({ look }) => look.brightness, more: "brighter", less: "darker" },
  { of: ({ look }) => look.sharpness, more: "sharper", less: "more blurred" },
  { of: ({ look }) => look.border, more: "less even at the edges", less: "more even at the edges" },
  { of: ({ width, height }) => width * height, more: "larger", less: "smaller" },
  { of: ({ width, height }) => width / height, more: "wider", less: "narrower" },
  { of: ({ fingerprint }) => fingerprint.chroma[0], more: "bluer", less: "yellower" },
  { of: ({ fingerprint }) => fingerprint.chroma[1], more: "redder", less: "greener" },
];

export function shortcutFindings(files: readonly Examined[]): Finding[] {
  const photos = files.filter((file): file is Photo =>
    file.photo !== undefined && file.className !== undefined
  );
  const classes = Map.groupBy(photos, ({ className }) => className);
  if (classes.size < 2) return [];
  const names = [...classes.keys()];
  return [
    ...TRAITS.flatMap((trait) => names.flatMap((name) => byTrait(name, photos, trait))),
    ...byCamera(classes),
  ];
}

/** Of two classes, what tells one tells the other: the one that has more is named. */
function byTrait(
  name: string,
  photos: readonly Photo[],
  { of, more, less }: typeof TRAITS[number],
): Finding[] {
  const inside = photos.filter(({ className }) => className === name);
  const outside = photos.filter(({ className }) => className !== name);
  if (inside.length < ENOUGH || outside.length < ENOUGH) return [];
  const share = shareAbove(
    inside.map(({ photo }) => of(photo)),
    outside.map(({ photo }) => of(photo)),
  );
  const isTwo = new Set(photos.map(({ className }) => className)).size === 2;
  const isLess = share <= 1 - TELLING;
  if (share < TELLING && (!isLess || isTwo)) return [];
  const word = isLess ? less : more;
  return [{
    kind: "shortcut",
    severity: "warning",
    title:
      `photos of ${name} are ${word} than those of ${isTwo ? "the other class" : "other classes"}` +
      `: so much so that this alone tells ${
        percent(isLess ? 1 - share : share, 0)
      } of pairs apart, and a model may learn it instead of what the photos show`,
    remedy: "Take photos of every class in the same way, or mixed in many ways.",
    files: [],
  }];
}

/** Mann and Whitney's U as a share: of all pairs those where the first is larger, ties half. */
function shareAbove(these: readonly number[], those: readonly number[]): number {
  const all = [
    ...these.map((value) => ({ value, isThese: true })),
    ...those.map((value) => ({ value, isThese: false })),
  ].sort((a, b) => a.value - b.value);
  let wins = 0, below = 0;
  for (let start = 0, end = 0; start < all.length; start = end) {
    while (end < all.length && all[end].value === all[start].value) end++;
    const tied = all.slice(start, end).filter(({ isThese }) => !isThese).length;
    wins += (end - start - tied) * (below + tied / 2);
    below += tied;
  }
  return wins / (these.length * those.length);
}

function byCamera(classes: ReadonlyMap<string, readonly Photo[]>): Finding[] {
  const large = [...classes].filter(([, photos]) => photos.length >= ENOUGH);
  const cameras = new Set(
    large.flatMap(([, photos]) => photos.flatMap(({ photo: { camera } }) => camera ?? [])),
  );
  return [...cameras].flatMap((camera): Finding[] => {
    const shares = large.map(([name, photos]) => {
      const count = photos.filter(({ photo }) => photo.camera === camera).length;
      return { name, count, share: count / photos.length };
    }).sort((a, b) => b.share - a.share);
    const [most, least] = [shares[0], shares.at(-1)!];
    if (most.count < ENOUGH || most.share - least.share < SHARE) return [];
    return [{
      kind: "shortcut",
      severity: "warning",
      title:
        `${percent(most.share, 0)} of the photos of ${most.name} are by the camera ${camera}, ` +
        `${percent(least.share, 0)} of those of ${least.name}: a model may learn the camera`,
      remedy: "Take photos of every class with every camera.",
      files: [],
    }];
  });
}
