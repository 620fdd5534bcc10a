/** `deno task inspect DIR|ZIP|…`: what is wrong with photos, before anything is trained. */
import type { CropRequest } from "../data/crop_photo.ts";
import { CropProcesses } from "../data/crop_processes.ts";
import { resolve } from "node:path";
import type { ContextOf } from "./cli/command.ts";
import type { INSPECT_FLAGS } from "./commands/inspect.ts";
import { UsageError } from "./cli/errors.ts";
import { EXIT } from "./cli/exit.ts";
import { checkOutput } from "./cli/paths.ts";
import { describeInspected, withInspected } from "./inspected_photos.ts";
import { costOf } from "../data/doctor/costs.ts";
import { classTableLines } from "../report/class_table_lines.ts";
import { describeFinding } from "../report/describe_findings.ts";
import { findingsSheet } from "../report/findings_sheet.ts";
import { printable } from "../report/text.ts";

export async function inspectPhotos(context: ContextOf<typeof INSPECT_FLAGS>): Promise<number> {
  const { flags, operands, folder: here, json, say } = context;
  const source = operands[0] ?? flags.data;
  if (source === undefined) {
    throw new UsageError(
      "inspect takes one folder, zip, tar, address or package: deno task inspect DIR",
    );
  }
  if (flags.grid) await checkOutput("--grid", resolve(here, flags.grid));
  const network = flags.model && flags.model !== "auto" ? flags.model : undefined;
  return await withInspected(source, context, async (inspected) => {
    const { findings, folder, what, photos, files, leftOut, classes, summary } = inspected;
    if (!flags.json && classes.length > 0) {
      classTableLines(classes).forEach((line) => say(line));
      say("");
    }
    for (const finding of findings) {
      if (flags.json) json({ ...finding, cost: costOf(finding) });
      else describeFinding(finding).forEach((line) => say(line));
    }
    if (flags.json) {
      const amounts = { photos, files: files.length, findings: findings.length };
      const byClass = classes.map(({ className, leftOut, ...parts }) => ({
        class: className ?? null,
        ...parts,
        left_out: leftOut,
      }));
      json({ ...amounts, left_out: leftOut, classes: byClass, summary });
    } else {
      if (findings.length > 0) say("");
      say(describeInspected(inspected));
    }
    if (flags.grid) {
      const path = resolve(here, flags.grid);
      using crops = new CropProcesses(1);
      const cut = (request: CropRequest) => crops.cut(request);
      const sheet = await findingsSheet(findings, folder, `What was found in ${what}`, cut);
      if (sheet) await Deno.writeFile(path, sheet);
      console.error(
        sheet
          ? `drew ${printable(path)}`
          : `${printable(path)} was not drawn: no finding names a file`,
      );
    }
    return findings.some(({ severity }) => severity === "error") ? EXIT.failed : EXIT.done;
  }, network);
}
