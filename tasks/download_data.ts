/** Step: photos, from wherever they come, as train/, val/ and test/ with a folder a class. */
import { materialize } from "../data/sources/materialize.ts";
import { parseSource } from "../data/sources/spec.ts";
import { runStep } from "../pipeline/process/step.ts";
import { photosFile } from "./artifacts/photos.ts";
import { sourceFile } from "./artifacts/source.ts";
import type { DownloadDataParameters } from "./parameters.ts";

if (import.meta.main) {
  await runStep<DownloadDataParameters>(async (step) => {
    const { data, seed, parts, downloads, maxDownload } = step.parameters;
    const source = await materialize(parseSource(data), step.output, {
      seed,
      parts,
      downloads,
      most: maxDownload,
      mirror: Deno.env.get("GRAFT_MIRROR"),
      signal: step.signal,
      progress: ({ label, ...amounts }) => step.progress({ ...amounts, message: label }),
      log: step.log,
    });
    await sourceFile.write(step.output, source);
    // The tutorial reads its photos as torchvision does; one's own are turned as the camera says.
    await photosFile.write(step.output, { exif_orientation: source.kind !== "hymenoptera" });
    step.result(source);
  });
}
