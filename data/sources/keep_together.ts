/** Near duplicates on one side of a split that we made: else val asks for photos that were trained on. */
import { dirname, join } from "node:path";
import { decodeInOrder } from "../decode_pool.ts";
import type { Fingerprint } from "../fingerprint.ts";
import { hasImageExtension } from "../image_folder.ts";
import { nearDuplicates } from "../near_duplicates.ts";
import { describeDivision, divide } from "./divide.ts";
import { type Plan, type PlannedFile, targetOf } from "./plan.ts";
import type { SourceContext } from "./source_context.ts";

/**
 * Compares the photos of a plan that was divided here, which lie in the folder of photos already, and
 * moves those whose near duplicates are on the other side. A plan that its source divided stays.
 */
export async function keepTogether(plan: Plan, context: SourceContext): Promise<Plan> {
  if (!plan.divided) return plan;
  const { photos, progress, signal } = context;
  const division = { ...context, parts: plan.divided.into };
  // Where two parts are ours, a test is the source's own, and stays as it is.
  const ours = plan.files.filter(({ split }) => division.parts === 3 || split !== "test");
  const files = ours.filter(({ file }) => hasImageExtension(file));
  const seen: PlannedFile[] = [];
  const fingerprints: Fingerprint[] = [];
  const decoded = decodeInOrder(files.map((file) => join(photos, targetOf(file))), {
    workers: navigator.hardwareConcurrency,
    exifOrientation: true,
    examine: true,
    withoutPixels: true,
    signal,
  });
  let done = 0;
  for await (const result of decoded) {
    const file = files[done++];
    progress?.({ label: "comparing photos", unit: "files", done, total: files.length });
    if ("refusal" in result) continue; // building the dataset will say so
    seen.push(file);
    fingerprints.push(result.examination!.fingerprint);
  }
  const groups = nearDuplicates(fingerprints).map((group) => group.map((i) => seen[i]));
  if (groups.length === 0) return plan;
  const parts = divide(files, groups, division);
  const moved = new Map<PlannedFile, PlannedFile>();
  for (const file of files) {
    const split = parts.get(file)!;
    if (split === file.split) continue;
    const target = { ...file, split };
    await Deno.mkdir(dirname(join(photos, targetOf(target))), { recursive: true });
    await Deno.rename(join(photos, targetOf(file)), join(photos, targetOf(target)));
    moved.set(file, target);
  }
  const many = groups.flat().length;
  return {
    files: plan.files.map((file) => moved.get(file) ?? file),
    notes: plan.notes,
    divided: {
      into: division.parts,
      words: `${
        describeDivision(parts, division)
      }; ${many} near duplicates are kept on one side each`,
    },
  };
}
