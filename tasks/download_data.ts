/** Step: photos, from wherever they come, as train/, val/ and test/ with a folder a class. */
import { materialize } from "../data/sources/materialize.ts";
import { parseGroupRule } from "../data/sources/group_rule.ts";
import { parseSource } from "../data/sources/spec.ts";
import { writeLinks } from "../pipeline/process/write_links.ts";
import { runStep } from "../pipeline/process/step.ts";
import { photosFile, testPhotosFile } from "./artifacts/photos.ts";
import { PhotoDecoding } from "./photo_decoding.ts";
import { sourceFile } from "./artifacts/source.ts";
import type { DownloadDataParameters } from "./parameters.ts";

if (import.meta.main) {
  await runStep<DownloadDataParameters>(async (step) => {
    const { data, seed, parts, group, review, downloads, maxDownload } = step.parameters;
    const links: Record<string, string> = {};
    let groups: [path: string, name: string][] = [];
    await using decoding = new PhotoDecoding(step, { exifOrientation: true, withoutPixels: true });
    const source = await materialize(parseSource(data), step.output, {
      seed,
      parts,
      ...(group !== undefined && { group: parseGroupRule(group) }),
      link: (path, file) => links[`photos/${path}`] = file,
      review,
      onGroups: (found) => groups = Object.entries(found),
      ...{ downloads, start: decoding.start, kept: decoding.kept },
      most: maxDownload,
      mirror: Deno.env.get("GRAFT_MIRROR"),
      signal: step.signal,
      progress: ({ label, ...amounts }) => step.progress({ ...amounts, message: label }),
      log: step.log,
    });
    if (Object.keys(links).length > 0) await writeLinks(step.output, links);
    await sourceFile.write(step.output, source);
    const isTest = ([path]: [string, string]) => path.startsWith("test/");
    const test = groups.filter(isTest), others = groups.filter((group) => !isTest(group));
    await photosFile.write(step.output, {
      // The tutorial reads its photos as torchvision does; one's own are turned as the camera says.
      exif_orientation: source.kind !== "hymenoptera",
      ...(others.length > 0 && { groups: Object.fromEntries(others) }),
    });
    if (test.length > 0) {
      await testPhotosFile.write(step.output, { groups: Object.fromEntries(test) });
    }
    step.result(source);
  });
}
