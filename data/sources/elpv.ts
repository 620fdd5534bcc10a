/** Photos of solar cells, functional or defective: real, licensed, and in a package registry. */
import type { PinnedWheel } from "../download/pypi.ts";
import type { ZipArchive } from "../download/zip_archive.ts";
import { parseLabels } from "./labels.ts";
import type { Plan, PlannedFile } from "./plan.ts";
import { shuffled } from "./split.ts";

/**
 * 2,624 grey photos of 300 x 300 pixels, taken by electroluminescence.
 *
 * Source: https://github.com/zae-bayern/elpv-dataset
 */
export const elpvWheel: PinnedWheel = {
  name: "elpv-dataset",
  version: "1.0.0.post1",
  file: "elpv_dataset-1.0.0.post1-py3-none-any.whl",
  sha256: "85e31c1126ee9b48e62d3a0232c58f58b2d189b0814a45c13642fa0415af4a4c",
};

export const elpvLicence = "CC-BY-NC-SA-4.0";

const folder = "elpv_dataset/data/";

/** Of the experts' probability of a defect, only the certain ends are taken. */
const classes = [
  { className: "functional", probability: 0 },
  { className: "defective", probability: 1 },
];

/** How many photos of each class are taken. */
const sizes = { train: 150, val: 75 };

/**
 * Takes 150 photos of each class for training and 75 for validation, chosen by the seed among the
 * monocrystalline cells of which the experts were sure. No two of these 901 are near duplicates
 * (`nearDuplicates`), so that any division keeps those apart from each other.
 *
 * @throws {Error} where the labels are damaged or a class has too few photos
 */
export async function planElpv(archive: ZipArchive, seed: number): Promise<Plan> {
  const entry = archive.find(`${folder}labels.csv`);
  if (!entry) throw new Error(`${archive.path} has no ${folder}labels.csv: it is another package`);
  const text = new TextDecoder().decode(await archive.read(entry));
  const rows = parseLabels(text, 3, `${archive.path}: labels.csv`);
  const files = classes.flatMap(({ className, probability }): PlannedFile[] => {
    const paths = rows.filter(([, p, type]) => Number(p) === probability && type === "mono")
      .map(([path]) => path);
    const chosen = shuffled(paths, (path) => path, seed, className)
      .slice(0, sizes.train + sizes.val);
    if (chosen.length < sizes.train + sizes.val) {
      throw new Error(`${archive.path} has only ${chosen.length} photos of ${className} cells`);
    }
    return chosen.map((path, i) => ({
      from: folder + path,
      split: i < sizes.train ? "train" : "val",
      className,
      file: path.slice(path.lastIndexOf("/") + 1),
    }));
  });
  return {
    files,
    notes: [
      `monocrystalline cells with a probability of a defect of 0 or 1: ${sizes.train} photos of ` +
      `each class for training and ${sizes.val} for validation, chosen by seed ${seed}`,
    ],
  };
}
