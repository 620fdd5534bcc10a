/** A division of photos into train, val and test, as `prepare.py` writes it, and a dataset of it. */
import * as v from "valibot";
import { buildTest } from "../../data/build_dataset.ts";
import { Dataset } from "../../data/dataset.ts";
import { DATASET_FILES, type DatasetIndex, type Part, PARTS } from "../../data/dataset_index.ts";

const paths = v.array(v.string());

const DivisionSchema = v.object({
  set: v.string(),
  division: v.number(),
  classes: v.array(v.string()),
  /** CLASS/FILE each, below the set's folder. */
  train: paths,
  val: paths,
  test: paths,
});
export type Division = v.InferOutput<typeof DivisionSchema>;

export async function readDivision(
  data: string,
  set: string,
  division: number,
): Promise<Division> {
  const text = await Deno.readTextFile(`${data}/divisions/${set}-${division}.json`);
  return v.parse(DivisionSchema, JSON.parse(text));
}

/**
 * Packs all photos of a set once, for `datasetOf` to divide.
 *
 * @param folder empty; it is given packs and links
 */
export async function packPhotos(
  data: string,
  { set, classes }: Division,
  folder: string,
): Promise<DatasetIndex> {
  await Deno.mkdir(`${folder}/photos`);
  await Deno.symlink(await Deno.realPath(`${data}/${set}`), `${folder}/photos/test`);
  const index = await buildTest(`${folder}/photos`, folder, classes);
  for (const part of ["train", "val"] as const) {
    await Deno.link(
      `${folder}/${DATASET_FILES.pack("test")}`,
      `${folder}/${DATASET_FILES.pack(part)}`,
    );
  }
  return index;
}

/** The photos of a division, in ImageFolder's order within each part. */
export function datasetOf(index: DatasetIndex, division: Division, folder: string): Dataset {
  const partOf = new Map<string, Part>(
    PARTS.flatMap((part) => division[part].map((path) => [`test/${path}`, part] as const)),
  );
  const photos = index.photos.flatMap((photo) => {
    const split = partOf.get(photo.path);
    return split ? [{ ...photo, split }] : [];
  });
  return new Dataset(folder, { ...index, photos });
}
