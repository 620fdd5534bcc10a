/** From photos as the pipeline has them to the files that they are. */
import { planPhotos } from "../../data/sources/choose_layout.ts";
import { listFiles, readFileIn } from "../../data/sources/list_files.ts";
import { targetOf } from "../../data/sources/plan.ts";

/**
 * @param seed of the division
 * @returns what says of a path below `download_data`'s photos which file of the folder it is; undefined
 *   where that is not known
 */
export async function originsOf(
  folder: string,
  seed: number,
): Promise<(path: string) => string | undefined> {
  const { paths } = await listFiles(folder);
  const division = { seed, valFraction: 0.2, parts: 3 } as const;
  const { files, divided } = await planPhotos(paths, folder, division, readFileIn(folder));
  const origins = new Map(files.map((file) => {
    // Near duplicates may have changed sides since; then a class has each name but once.
    const isFixed = !divided || divided.into === 2 && file.split === "test";
    return [isFixed ? targetOf(file) : withoutPart(targetOf(file)), file.from];
  }));
  return (path) => origins.get(path) ?? origins.get(withoutPart(path));
}

const withoutPart = (path: string) => path.slice(path.indexOf("/") + 1);
