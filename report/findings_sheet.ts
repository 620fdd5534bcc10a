import { counted } from "../data/statistics/percent.ts";
import { cropPhoto, type CropRequest, type CropResponse } from "../data/crop_photo.ts";
import type { Finding } from "../data/doctor/finding.ts";
import { contactSheet, type SheetSection } from "./contact_sheet.ts";

/** Files shown of a finding: two rows. */
const SHOWN = 14;
/** Side of a photo on the sheet, in its pixels. */
const SIDE = 192;

/**
 * The files that findings name, as a contact sheet; undefined where none names any. Groups that
 * belong together stay together.
 * @param folder that the files' paths are relative to
 * @param cut cuts the photos, some of which nobody has decoded yet
 */
export async function findingsSheet(
  findings: readonly Finding[],
  folder: string,
  title: string,
  cut: (request: CropRequest) => Promise<CropResponse> = cropPhoto,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const sections: SheetSection[] = [];
  for (const { severity, title, remedy, files, groups } of findings) {
    if (files.length === 0) continue;
    const shown = groups
      ? groups.flatMap((paths, group) => paths.map((path) => ({ path, group })))
      : files.map((path) => ({ path }));
    const tiles = await Promise.all(
      shown.slice(0, SHOWN).map(async ({ path, ...group }) => {
        const photo = await cut({ photo: `${folder}/${path}`, resize: SIDE, size: SIDE });
        const end = path.lastIndexOf("/");
        return {
          folder: path.slice(0, Math.max(0, end)),
          caption: path.slice(end + 1),
          ...group,
          ...("crop" in photo && { image: { width: SIDE, height: SIDE, data: photo.crop } }),
        };
      }),
    );
    sections.push({ severity, title, remark: remedy, tiles, total: files.length });
  }
  if (sections.length === 0) return undefined;
  const verb = sections.length === 1 ? "names" : "name";
  const remark = `${sections.length} of ${counted(findings.length, "finding")} ${verb} files`;
  return await contactSheet(sections, { title, remark });
}
