/** Step: photos, from wherever they come, as train/ and val/ with a folder a class. */
import { materialize } from "../data/sources/materialize.ts";
import { parseSource } from "../data/sources/spec.ts";
import { runStep } from "../pipeline/process/step.ts";
import { sourceFile } from "./artifacts/source.ts";
import type { DownloadDataParameters } from "./parameters.ts";

if (import.meta.main) {
  await runStep<DownloadDataParameters>(async (step) => {
    const { data, seed, downloads, maxDownload } = step.parameters;
    const source = await materialize(parseSource(data), step.output, {
      seed,
      downloads,
      most: maxDownload,
      mirror: Deno.env.get("GRAFT_MIRROR"),
      signal: step.signal,
      progress: ({ label, ...amounts }) => step.progress({ ...amounts, message: label }),
      log: step.log,
    });
    await sourceFile.write(step.output, source);
    step.result(source);
  });
}
