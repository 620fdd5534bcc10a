/** `deno task review DIR`: finds, shows, and keeps what is decided. */
import { resolve } from "node:path";
import type { Program } from "../cli/application.ts";
import { UsageError } from "../cli/errors.ts";
import { EXIT } from "../cli/exit.ts";
import { quoted } from "../cli/parse_flags.ts";
import { checkData, sourceOf } from "../check_data.ts";
import type { ReviewContext } from "../commands/review.ts";
import { realPath } from "../real_path.ts";
import { checkPort } from "../serve/check_port.ts";
import { CropProcesses } from "../../data/crop_processes.ts";
import { openDataset } from "../../data/dataset.ts";
import { applyReview, type Moved, undoReview } from "../../data/review/apply_review.ts";
import { JOURNAL } from "../../data/review/journal.ts";
import { readJournal } from "../../data/review/journal_file.ts";
import { formatSource } from "../../data/sources/spec.ts";
import { counted } from "../../data/statistics/percent.ts";
import { printable } from "../../report/text.ts";
import { findingsFile } from "../../tasks/artifacts/findings.ts";
import { type Issues, issuesFile } from "../../tasks/artifacts/issues.ts";
import { findIssues, type Found } from "./find_issues.ts";
import { gather, type Gathered, type KnownPhoto } from "./gather.ts";
import { originsOf } from "./origins.ts";
import { reviewFiles } from "./page_files.ts";
import { PhotoPictures } from "./photo_pictures.ts";
import { Review } from "./review_state.ts";
import { HOST, startReviewServer } from "./review_server.ts";

export async function reviewPhotos(program: Program, context: ReviewContext): Promise<number> {
  const { flags, signal } = context;
  const folder = await folderOf(context);
  if (flags.apply && flags.undo) throw new UsageError("--apply and --undo are opposites: say one");
  if (flags.apply) return sayMoved(await applyReview(folder), "moved", context);
  if (flags.undo) return sayMoved(await undoReview(folder), "moved back", context);
  if (!flags.list) checkPort(HOST, flags.port, "review");
  // A journal that nobody can read is told before anything is looked at.
  await readJournal(folder);
  let found: Found;
  try {
    found = await findIssues(program, context, folder);
  } catch (error) {
    if (signal.aborted) return EXIT.interrupted;
    throw error;
  }
  return await show(found, folder, context);
}

/** @throws {UsageError} where it is no folder: a journal lies among photos */
async function folderOf({ flags, operands, folder }: ReviewContext): Promise<string> {
  const source = operands[0] ?? flags.data;
  if (source === undefined) {
    throw new UsageError("review takes one folder of photos: deno task review DIR");
  }
  const spec = sourceOf(source);
  if (spec.kind !== "folder") {
    const what = formatSource(spec);
    const how = spec.kind === "zip" || spec.kind === "tar"
      ? "unpack it into one"
      : "get it into one";
    throw new UsageError(
      `review writes what is decided beside the photos, and ${what} is no folder: ${how} first, and ` +
        "give that folder to review, and to --data from then on",
    );
  }
  const path = realPath(folder, spec.path);
  await checkData(path);
  return path;
}

async function show(found: Found, folder: string, context: ReviewContext): Promise<number> {
  const { flags, json, say, signal } = context;
  using taught = await openDataset(found.datasets);
  using test = await openDataset(found.test, ["test"]);
  const issues = found.issues === undefined ? undefined : await issuesFile.read(found.issues);
  const originOf = await originsOf(folder, flags["split-seed"]);
  const datasets = { train: taught, val: taught, test };
  const entries = (["train", "val", "test"] as const).flatMap((part) =>
    datasets[part].photos(part).map((photo, index) => ({ part, photo, index }))
  );
  const known = entries.map(({ part, photo }, i): KnownPhoto => ({
    target: photo.path,
    path: originOf(photo.path) ?? photo.path,
    className: taught.classes[photo.label],
    part,
    ...judgement(issues, i),
  }));
  const folders = [found.datasets, found.test];
  const findings = (await Promise.all(folders.map((from) => findingsFile.read(from))))
    .flatMap(({ findings }) => findings);
  const { reported } = await readJournal(folder);
  const there = await Promise.all(reported.map(({ photo }) => isFile(resolve(folder, photo))));
  const gathered = gather(known, findings, issues, reported.filter((_, i) => there[i]));
  const refused = found.refused ?? issues?.refused;
  if (flags.list) return list(gathered, refused, context);

  using crops = new CropProcesses(1);
  const pictures = new PhotoPictures(
    entries.map(({ part, index }) => () => datasets[part].readPhoto(part, index)),
    gathered.photos.slice(entries.length).map(({ path }) => resolve(folder, path)),
    crops,
  );
  const review = await Review.open(folder, gathered, {
    classes: [...taught.classes],
    digests: entries.map(({ photo }) => photo.sha256),
    next: ["deno task pipeline", "--data", quoted(folder), "--branch frozen"].join(" "),
    ...(refused !== undefined && { refused }),
  });
  const server = await startReviewServer({
    port: flags.port,
    files: await reviewFiles(),
    review,
    picture: (id) => pictures.of(id),
  }, signal);
  const url = `http://${HOST}:${server.addr.port}/`;
  const { items, photos } = gathered;
  if (flags.json) json({ type: "review", url, findings: items.length, photos: photos.length });
  else {
    say(`${counted(items.length, "finding")} about ${counted(photos.length, "photo")}`);
    if (refused !== undefined) say(printable(`No label was judged: ${refused}`));
    say(`${url}  the page; Ctrl-C ends it. What is decided is in ${printable(folder)}/${JOURNAL}`);
  }
  await server.finished;
  return signal.aborted ? EXIT.interrupted : EXIT.done;
}

/** What the model says of the photo at a position; of the same photos in the same order. */
function judgement(
  issues: Issues | undefined,
  position: number,
): Pick<KnownPhoto, "predicted" | "probability" | "given"> {
  const { predicted, probability, given } = issues?.photos[position] ?? {};
  if (predicted === undefined) return {};
  return { predicted: issues!.classes[predicted], probability, given };
}

function list(
  { items, photos, kinds, remarks }: Gathered,
  refused: string | undefined,
  { flags, json, say }: ReviewContext,
): number {
  for (const { kind, photos: ids, suggestion } of items) {
    if (flags.json) {
      json({
        type: "finding",
        kind,
        suggestion: suggestion ?? null,
        photos: ids.map((id) => photos[id]),
      });
      continue;
    }
    const { title } = kinds.find(({ key }) => key === kind)!;
    const paths = ids.map((id) => photos[id].path).join(" = ");
    say(printable(`${title}: ${paths}${suggestion ? ` (${suggestion}?)` : ""}`));
  }
  if (flags.json) {
    json({
      type: "review",
      findings: items.length,
      photos: photos.length,
      remarks,
      refused: refused ?? null,
    });
  } else {
    for (const { title, cost } of remarks) say(printable(`${title}. ${cost}`));
    if (refused !== undefined) say(printable(`No label was judged: ${refused}`));
    say(`${counted(items.length, "finding")} about ${counted(photos.length, "photo")}`);
  }
  return EXIT.done;
}

function sayMoved(
  { moved, kept }: Moved,
  done: string,
  { flags, json, say }: ReviewContext,
): number {
  if (flags.json) json({ type: "moved", moved, kept });
  else {
    say(`${counted(moved.length, "file")} ${done}`);
    for (const { path, reason } of kept) say(printable(`${path} ${reason}`));
  }
  return kept.length > 0 ? EXIT.failed : EXIT.done;
}

const isFile = (path: string) => Deno.stat(path).then((info) => info.isFile, () => false);
