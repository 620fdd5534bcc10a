/** The photos that findings name, cut by whatever is fit for photos that nobody has decoded yet. */
import assert from "node:assert/strict";
import { CropProcesses } from "../../data/crop_processes.ts";
import type { CropRequest } from "../../data/crop_photo.ts";
import type { Finding } from "../../data/doctor/finding.ts";
import { findingsSheet } from "../../report/findings_sheet.ts";
import { png } from "../data/image_files.ts";
import { withTempFolder, writeFiles } from "../data/photo_folder.ts";
import { scene } from "../data/scene.ts";

Deno.test("a sheet drawn by processes is the one that is drawn here; this one decodes nothing then", () =>
  withTempFolder(async (folder) => {
    await writeFiles(folder, { "a/1.png": png(scene(1, 60, 40)), "a/2.gif": "no photo" });
    const files = ["a/1.png", "a/2.gif", "a/gone.png"];
    const finding = { kind: "unread_format", severity: "warning", title: "odd", remedy: "look" };
    const findings = [{ ...finding, files } as Finding];
    const here = await findingsSheet(findings, folder, "found");
    using crops = new CropProcesses(1);
    const asked: unknown[] = [];
    const cut = (request: CropRequest) => {
      asked.push(request.photo);
      return crops.cut(request);
    };
    assert.deepEqual(await findingsSheet(findings, folder, "found", cut), here);
    assert.deepEqual(asked, files.map((file) => `${folder}/${file}`));
    const none = await findingsSheet(
      findings,
      folder,
      "found",
      () => Promise.resolve({ refusal: "" }),
    );
    assert.notDeepEqual(none, here, "photos are drawn by what it is given alone");
  }));
