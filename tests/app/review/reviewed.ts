/** A review of a few drawn photos, with what a model would say of them. */
import { scene } from "../../data/scene.ts";
import { toPpm, writeFiles } from "../../data/photo_folder.ts";
import type { Finding } from "../../../data/doctor/finding.ts";
import { gather, type Gathered, type KnownPhoto } from "../../../app/review/gather.ts";
import type { Issues } from "../../../tasks/artifacts/issues.ts";
import { Review } from "../../../app/review/review_state.ts";
import { encodePng } from "../../../report/png.ts";

export const CLASSES = ["ants", "bees", "wasps"];

/** Three of each class in train, two in test. */
export const KNOWN: KnownPhoto[] = CLASSES.flatMap((className, k) =>
  Array.from({ length: 5 }, (_, i): KnownPhoto => {
    const part = i < 3 ? "train" : "test";
    const isDisputed = i === 0 || i === 3;
    return {
      target: `${part}/${className}/${i}.ppm`,
      path: `${part}/${className}/${i}.ppm`,
      className,
      part,
      predicted: isDisputed ? CLASSES[(k + 1) % 3] : className,
      probability: isDisputed ? 0.95 : 0.9,
      given: isDisputed ? 0.03 : 0.9,
    };
  })
);

const finding = (kind: Finding["kind"], groups: string[][]): Finding => ({
  kind,
  severity: "warning",
  title: "",
  remedy: "",
  files: groups.flat(),
  groups,
});

export const FINDINGS: Finding[] = [
  finding("near_duplicates", [["train/ants/1.ppm", "train/ants/2.ppm"]]),
  { ...finding("dark", []), files: ["train/bees/1.ppm", "train/ants/0.ppm"], groups: undefined },
  {
    kind: "shortcut",
    severity: "warning",
    title: "photos of ants are darker",
    remedy: "Take others.",
    files: [],
  },
];

/** Photos 0, 3, 5, 8, 10 and 13 are disputed. */
export const ISSUES: Issues = {
  schema: 1,
  model: "toy",
  classes: CLASSES,
  photos: [],
  label_issues: [3, 0, 5],
  surely_other: [10],
  outliers: [1, 3],
};

export const gathered = (): Gathered => gather(KNOWN, FINDINGS, ISSUES, []);

export async function writeReviewed(folder: string): Promise<void> {
  await writeFiles(
    folder,
    Object.fromEntries(KNOWN.map(({ path }, i) => [path, toPpm(scene(i, 24, 18))])),
  );
}

export const openReview = (folder: string): Promise<Review> =>
  Review.open(folder, gathered(), { classes: CLASSES, digests: [], next: "deno task pipeline" });

export const pictureOf = (id: number) =>
  Promise.resolve(KNOWN[id] ? encodePng(scene(id, 240, 180)) : undefined);
