/** `deno task inspect DIR|ZIP|…`: what is wrong with photos, before anything is trained. */
import type { CropRequest } from "../data/crop_photo.ts";
import { CropProcesses } from "../data/crop_processes.ts";
import { resolve } from "node:path";
import type { ContextOf } from "./cli/command.ts";
import type { INSPECT_FLAGS } from "./commands/inspect.ts";
import { checkData, sourceOf } from "./check_data.ts";
import { UsageError } from "./cli/errors.ts";
import { EXIT } from "./cli/exit.ts";
import { checkOutput } from "./cli/paths.ts";
import { describeInspected, INSPECTED_FOR, withInspected } from "./inspected_photos.ts";
import { sizeObjection } from "./networks.ts";
import { costOf } from "../data/doctor/costs.ts";
import { realPath } from "./real_path.ts";
import { percent } from "../data/statistics/percent.ts";
import { classTableLines } from "../report/class_table_lines.ts";
import { paragraph } from "./cli/paragraph.ts";
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
  const objection = sizeObjection(network ?? INSPECTED_FOR, flags.size);
  if (objection) throw new UsageError(`--size ${flags.size}: ${objection}`);
  const spec = sourceOf(source);
  await checkData("path" in spec ? realPath(here, spec.path) : source, {
    name: "what is to be looked at",
    without: "try it on ants and bees: deno task inspect auto",
  });
  return await withInspected(
    source,
    context,
    async (inspected) => {
      const { findings, folder, what, photos, files, leftOut, cutOff, classes, summary } =
        inspected;
      if (!flags.json && classes.length > 0) {
        classTableLines(classes).forEach((line) => say(line));
        say("");
      }
      for (const finding of findings) {
        if (flags.json) json({ ...finding, cost: costOf(finding) });
        else {
          for (const line of describeFinding(finding)) say(await paragraph(line, undefined, 11));
        }
      }
      if (flags.json) {
        const amounts = { photos, files: files.length, findings: findings.length };
        const byClass = classes.map(({ className, leftOut, ...parts }) => ({
          class: className ?? null,
          ...parts,
          left_out: leftOut,
        }));
        json({ ...amounts, left_out: leftOut, cut_off: cutOff, classes: byClass, summary });
      } else {
        if (findings.length > 0) say("");
        if (photos > 0) say(describeCutOff(cutOff));
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
    },
    network,
    flags,
  );
}

function describeCutOff(share: number): string {
  return share === 0
    ? "a model sees these photos whole"
    : `of the photos' area, the central crop that a model sees leaves out ${percent(share, 0)}; ` +
      "--fit pad lets it see them whole";
}
