/** `deno task inspect DIR|ZIP|…`: what is wrong with photos, before anything is trained. */
import { resolve } from "node:path";
import type { ContextOf } from "./cli/command.ts";
import type { INSPECT_FLAGS } from "./commands/inspect.ts";
import { UsageError } from "./cli/errors.ts";
import { EXIT } from "./cli/exit.ts";
import { checkFile, checkOutput } from "./cli/paths.ts";
import { materialize } from "../data/sources/materialize.ts";
import { counted } from "../data/statistics/percent.ts";
import { formatSource, parseSource, type SourceSpec } from "../data/sources/spec.ts";
import { describeTally } from "../data/left_out_tally.ts";
import { diagnose } from "../data/doctor/diagnose.ts";
import { leftOutOf } from "../data/doctor/diagnose.ts";
import { examineFolder } from "../data/doctor/examine.ts";
import { openArchive } from "../data/download/open_archive.ts";
import { findArchitecture } from "../models/registry.ts";
import { countFindings, describeFinding } from "../report/describe_findings.ts";
import { findingsSheet } from "../report/findings_sheet.ts";
import { printable } from "../report/text.ts";

/** Whose input size decides what is small, where --model does not say. */
const MODEL = "resnet18";

type InspectContext = ContextOf<typeof INSPECT_FLAGS>;

export async function inspectPhotos(context: InspectContext): Promise<number> {
  const { flags, operands, folder: here, json, say, signal } = context;
  const source = operands[0] ?? flags.data;
  if (source === undefined) {
    throw new UsageError(
      "inspect takes one folder, zip, tar, address or package: deno task inspect DIR",
    );
  }
  if (flags.grid) await checkOutput("--grid", resolve(here, flags.grid));
  const spec = withPath(parseSource(source), here);
  const temporary = await Deno.makeTempDir({ prefix: "graft-inspect-" });
  try {
    const folder = await photosOf(spec, temporary, context);
    const exifOrientation = spec.kind !== "hymenoptera";
    const what = formatSource(spec);
    const { say: progress, end } = progressLine();
    const collection = await examineFolder(folder, what, { exifOrientation, signal, progress });
    end();
    const { preprocessing: { resize, size } } = findArchitecture(
      flags.model && flags.model !== "auto" ? flags.model : MODEL,
    );
    const findings = diagnose(collection, { resize, size, exifOrientation });
    for (const finding of findings) {
      if (flags.json) json(finding);
      else describeFinding(finding).forEach((line) => say(line));
    }
    const counts = countFindings(findings);
    const { files } = collection;
    const photos = files.filter(({ photo }) => photo).length;
    const leftOut = leftOutOf(collection);
    if (flags.json) {
      const amounts = { photos, files: files.length, findings: findings.length };
      json({ ...amounts, left_out: leftOut, summary: counts });
    } else {
      if (findings.length > 0) say("");
      say(`${counted(photos, "photo")} looked at, ${describeTally(leftOut)}: ${counts}`);
    }
    if (flags.grid) {
      const path = resolve(here, flags.grid);
      const sheet = await findingsSheet(findings, folder, `What was found in ${what}`);
      if (sheet) await Deno.writeFile(path, sheet);
      console.error(
        sheet
          ? `drew ${printable(path)}`
          : `${printable(path)} was not drawn: no finding names a file`,
      );
    }
    return findings.some(({ severity }) => severity === "error") ? EXIT.failed : EXIT.done;
  } finally {
    await Deno.remove(temporary, { recursive: true });
  }
}

function withPath(spec: SourceSpec, here: string): SourceSpec {
  return "path" in spec ? { ...spec, path: resolve(here, spec.path) } : spec;
}

/** A folder with the source's photos: one's own stays where it is, whatever its layout. */
async function photosOf(
  spec: SourceSpec,
  temporary: string,
  { flags, signal, store, say }: InspectContext,
): Promise<string> {
  if (spec.kind === "folder") return spec.path;
  if (spec.kind === "zip" || spec.kind === "tar") {
    await checkFile(`the ${spec.kind}`, spec.path);
    using archive = await openArchive(spec.path, signal);
    const files = archive.names.filter((name) => !name.endsWith("/"));
    await archive.extract(new Map(files.map((name) => [name, name])), temporary, { signal });
    return temporary;
  }
  await materialize(spec, temporary, {
    seed: 0,
    downloads: `${store}/downloads`,
    most: flags["max-download"],
    mirror: Deno.env.get("GRAFT_MIRROR"),
    signal,
    log: say,
  });
  return `${temporary}/photos`;
}

/** How far it is, on a terminal; elsewhere nothing, as the result is soon there. */
function progressLine() {
  const shown = Deno.stderr.isTerminal();
  const write = (text: string) =>
    shown && Deno.stderr.writeSync(new TextEncoder().encode(`\r\x1b[K${text}`));
  return {
    say: (done: number, total: number) => {
      if (done % 10 === 0) write(`looking at photo ${done} of ${total}`);
    },
    end: () => write(""),
  };
}
