/** What the data doctor says of photos: all in files, the worst in the log. */
import type { CropRequest } from "../data/crop_photo.ts";
import { CropProcesses } from "../data/crop_processes.ts";
import type { Finding } from "../data/doctor/finding.ts";
import { startHelper } from "../pipeline/process/helper.ts";
import type { StepContext } from "../pipeline/process/step.ts";
import { countFindings, describeFinding } from "../report/describe_findings.ts";
import { findingsSheet } from "../report/findings_sheet.ts";
import { findingsFile } from "./artifacts/findings.ts";

/**
 * @param photos the folder that the findings' files lie in
 * @param areStrangers whether the photos may be of anyone, so that they are drawn by a process apart
 * @returns how many there are of what severity
 */
export async function reportFindings(
  step: StepContext<unknown>,
  findings: Finding[],
  photos: string,
  areStrangers: boolean,
): Promise<string> {
  await findingsFile.write(step.output, { schema: 1, findings });
  const address = areStrangers ? step.helpers.crop : undefined;
  using crops = address ? new CropProcesses(1, () => startHelper(address)) : undefined;
  const cut = crops && ((request: CropRequest) => crops.cut(request));
  const sheet = await findingsSheet(findings, photos, "What was found in the photos", cut);
  if (sheet) await Deno.writeFile(`${step.output}/findings.png`, sheet);
  for (const finding of findings) {
    if (finding.severity !== "note") step.log(describeFinding(finding).join("\n"));
  }
  const counts = countFindings(findings);
  step.log(`the data doctor found ${counts}: findings.json`);
  return counts;
}
