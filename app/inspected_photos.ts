/** Photos of a source, looked at by the data doctor before anything is trained. */
import { resolve } from "node:path";
import type { CommandContext } from "./cli/command.ts";
import { checkFile } from "./cli/paths.ts";
import { sourceOf } from "./check_data.ts";
import { type ClassCounts, classTable } from "../data/doctor/class_table.ts";
import { diagnose, leftOutOf } from "../data/doctor/diagnose.ts";
import { examineFolder } from "../data/doctor/examine.ts";
import { shareCutOff } from "../data/doctor/picture_findings.ts";
import type { Finding } from "../data/doctor/finding.ts";
import { openArchive } from "../data/download/open_archive.ts";
import { changesOf } from "../data/review/journal.ts";
import { readJournal } from "../data/review/journal_file.ts";
import type { Examined } from "../data/examined.ts";
import { describeTally, type LeftOutTally } from "../data/left_out_tally.ts";
import { materialize } from "../data/sources/materialize.ts";
import { formatSource, type SourceSpec } from "../data/sources/spec.ts";
import { counted } from "../data/statistics/percent.ts";
import { findArchitecture } from "../models/registry.ts";
import { type AskedView, preprocessingFor } from "../models/seen_as.ts";
import { countFindings } from "../report/describe_findings.ts";

/** Whose input size decides what is small, where --model does not say. */
export const INSPECTED_FOR = "resnet18";

export interface InspectedPhotos {
  /** Where the photos lie as long as they are looked at. */
  folder: string;
  /** The source, for people. */
  what: string;
  files: readonly Examined[];
  /** Of the files, those that can be used. */
  photos: number;
  leftOut: LeftOutTally;
  /** Share of the photos' area that a model does not see. */
  cutOff: number;
  findings: readonly Finding[];
  /** Photos of each class, by what the pipeline will use them for. */
  classes: readonly ClassCounts[];
  /** How many findings of each kind. */
  summary: string;
}

type InspectContext = Pick<CommandContext<unknown>, "folder" | "store" | "say" | "signal"> & {
  flags: { "max-download": number };
};

/**
 * Looks at all photos of a source, calls `use` with what was found, and removes what was fetched or
 * unpacked for it. One's own folder stays as it is, whatever its layout.
 *
 * @param network whose input decides what is small and what is cut off
 * @param asked how photos are to become that input, where it is not as usual
 */
export async function withInspected<T>(
  source: string,
  context: InspectContext,
  use: (inspected: InspectedPhotos) => Promise<T>,
  network = INSPECTED_FOR,
  asked: AskedView = {},
): Promise<T> {
  const spec = withPath(sourceOf(source), context.folder);
  const temporary = await Deno.makeTempDir({ prefix: "graft-inspect-" });
  try {
    const folder = await photosOf(spec, temporary, context);
    const exifOrientation = spec.kind !== "hymenoptera";
    const what = formatSource(spec);
    const { say: progress, end } = progressLine();
    const { signal } = context;
    const collection = await examineFolder(folder, what, {
      exifOrientation,
      ...(spec.kind === "folder" && { review: changesOf(await readJournal(spec.path)) }),
      signal,
      progress,
    });
    end();
    const view = preprocessingFor(findArchitecture(network), asked);
    const viewing = { ...view, exifOrientation };
    const findings = diagnose(collection, viewing);
    const { files } = collection;
    return await use({
      folder,
      what,
      files,
      photos: files.filter(({ photo }) => photo).length,
      cutOff: shareCutOff(files.flatMap(({ photo }) => photo ?? []), viewing),
      leftOut: leftOutOf(collection),
      findings,
      classes: classTable(files, collection.parts),
      summary: countFindings(findings),
    });
  } finally {
    await Deno.remove(temporary, { recursive: true });
  }
}

/** "96 photos looked at, 1 photo left out (1 truncated): 0 errors, 1 warning, 2 notes". */
export const describeInspected = ({ photos, leftOut, summary }: InspectedPhotos): string =>
  `${counted(photos, "photo")} looked at, ${describeTally(leftOut)}: ${summary}`;

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
