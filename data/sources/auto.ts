/** The tutorial's photos, or others where these cannot be had. */
import { UnavailableError } from "../download/errors.ts";
import type { RemoteFile } from "../download/obtain.ts";
import { elpvWheel } from "./elpv.ts";
import { hymenopteraSource } from "./hymenoptera.ts";
import { pypiSource } from "./pypi.ts";
import type { SourceContext } from "./source_context.ts";
import type { SourceInfo } from "./source_info.ts";

/**
 * hymenoptera from the mirror or its address; where neither answers, elpv-dataset from a package,
 * which the log and the note say. An answer that is wrong is an error: it is never replaced.
 *
 * Permissions: those of both sources.
 */
export async function autoSource(
  context: SourceContext,
  archive?: RemoteFile,
): Promise<SourceInfo> {
  try {
    return await hymenopteraSource(context, archive);
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    const note = "The photos of ants and bees could not be reached: these are photos of solar " +
      "cells (elpv-dataset) instead";
    context.log?.(`${error.message}\n${note}`);
    const info = await pypiSource(elpvWheel, context);
    return { ...info, note: [note, info.note].filter(Boolean).join("; ") };
  }
}
