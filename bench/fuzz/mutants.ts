/** Mutations of everything that is read: photos, EXIF, weights, zips, datasets, artifacts, labels. */
import { inputs } from "./inputs.ts";
import type { Kind } from "./kind.ts";
import { mutate } from "./mutate.ts";
import { mutateJson } from "./mutate_json.ts";
import { below, pick } from "./random.ts";
import { Reading } from "./reading.ts";

/** Files of some kilobytes; a machine that is busy takes a few times its time. */
const LIMITS = { seconds: 10, memory: 1536 * 2 ** 20 };

export const mutants: Kind = {
  name: "mutants",
  share: 4,
  async prepare() {
    const files = await inputs();
    const readers = Object.keys(files);
    // Photos and weights have the most formats.
    const turns = [...readers, "photo", "photo", "photo", "photo", "weights", "weights", "weights"];
    const reading = new Reading(LIMITS);
    return {
      run(random) {
        const reader = pick(random, turns);
        const { name, bytes } = pick(random, files[reader]);
        const other = files[reader][below(random, files[reader].length)];
        const isJson = name.endsWith(".json") && random() < 0.7;
        const mutant = isJson
          ? { bytes: mutateJson(bytes, random), how: "other values" }
          : mutate(bytes, random, other.bytes);
        return reading.read(reader, mutant.bytes, `${reader} ${name} (${mutant.how})`);
      },
      [Symbol.asyncDispose]: () => reading[Symbol.asyncDispose](),
    };
  },
};
