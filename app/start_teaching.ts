/** `deno task start`: asks, looks at the photos, says what comes, teaches, shows the report. */
import { resolve } from "node:path";
import type { Program } from "./cli/application.ts";
import { UsageError } from "./cli/errors.ts";
import { EXIT } from "./cli/exit.ts";
import { formatSize } from "./cli/quantities.ts";
import type { Terminal } from "./cli/questions.ts";
import { paragraph } from "./cli/paragraph.ts";
import { quoted } from "./cli/parse_flags.ts";
import { runRequested } from "./commands/run.ts";
import type { StartContext } from "./commands/start.ts";
import { evaluationOf, reportOf } from "./conclusion/run_report.ts";
import { checkData } from "./check_data.ts";
import { forecastRun, formatAbout, type PhotosToTeach, type RunForecast } from "./forecast_run.ts";
import {
  describeInspected,
  INSPECTED_FOR,
  type InspectedPhotos,
  withInspected,
} from "./inspected_photos.ts";
import type { ServedHome } from "./home/serve_home.ts";
import { type MachinePace, machinePace } from "./machine_pace.ts";
import { openFile } from "./open_file.ts";
import { realPath } from "./real_path.ts";
import { parseSource } from "../data/sources/spec.ts";
import { counted } from "../data/statistics/percent.ts";
import { printable } from "../pipeline/process/printable.ts";
import { describeFinding } from "../report/describe_findings.ts";
import { mirrorFolder } from "../tasks/permissions.ts";
import { shapeOf } from "./shape.ts";

/** Of these nothing can be learnt: the pipeline would refuse them later. */
const HOPELESS = ["layout", "class_without_photo", "val_class_unknown"];

const NOWHERE = {
  name: "what you typed",
  without: "press Enter to try graft on photos of ants and bees",
};

/** @param terminal who answers; undefined where nobody can be asked */
export async function startTeaching(
  program: Program,
  context: StartContext,
  terminal: Terminal | undefined,
): Promise<number> {
  try {
    return await teach(program, context, terminal);
  } catch (error) {
    if (context.signal.aborted) return EXIT.interrupted;
    throw error;
  }
}

async function teach(
  program: Program,
  context: StartContext,
  terminal: Terminal | undefined,
): Promise<number> {
  const { flags, say, json, typed } = context;
  if (!terminal) checkAnswers(flags);
  const data = flags.data ?? await askForPhotos(terminal!, context);
  if (data === undefined) return declined(context);
  const request: StartContext = {
    ...context,
    flags: { ...flags, data },
    typed: flags.data === undefined ? [...typed, quoted(`--data=${data}`)] : typed,
  };
  // All that is wrong with flags is told before photos are fetched or looked at.
  await program.settings.resolve(request.flags, context.folder, context.store);
  const begun = performance.now();
  const goesOn = await withInspected(
    data,
    request,
    async (inspected) => {
      const seconds = (performance.now() - begun) / 1000;
      const isHopeless = await sayInspected(inspected, request);
      const folders = [`${context.store}/downloads`, ...mirrorFolder()];
      const pace = await machinePace(context.store);
      const toTeach = await photosOf(inspected, data, seconds);
      const forecast = forecastRun(toTeach, request.flags, folders, pace.factor);
      if (flags.json) json(planAsJson(inspected, forecast));
      if (isHopeless) return undefined;
      for (const line of describePlan(inspected, forecast, pace, request)) {
        say(await paragraph(line));
      }
      const hasErrors = inspected.findings.some(({ severity }) => severity === "error");
      return flags.yes || await isWanted(terminal!, hasErrors);
    },
    INSPECTED_FOR,
    flags,
  );
  if (goesOn === undefined) return EXIT.failed;
  if (!goesOn) return declined(context);
  await using home = terminal && !flags["no-open"]
    ? await showTraining(program, request)
    : undefined;
  const record = await runRequested(program, {
    ...request,
    operands: [],
    flags: { ...request.flags, sweep: [], executor: "local", slurm: undefined, detach: false },
  }, true);
  if (record.status === "interrupted") return EXIT.interrupted;
  if (record.status !== "done") return EXIT.failed;
  if (evaluationOf(record) !== undefined) {
    const path = reportOf(context.store);
    // A program that waits for the end, on whatever machine, has no use for a window.
    const opened = terminal !== undefined && !flags["no-open"] && await openFile(path);
    if (flags.json) json({ type: "report", path, opened });
    say(
      await paragraph(
        opened
          ? "The report is open in your browser. PHOTO above is a photo of your own, or a folder of them."
          : "Open the report in a browser. PHOTO above is a photo of your own, or a folder of them.",
      ),
    );
    if (home) {
      say(
        await paragraph(
          `Your models, and a page to try them on, are at ${home.url} until you press Ctrl-C; later, ` +
            "`deno task home` shows them again.",
        ),
      );
      await home.finished;
    }
  }
  return EXIT.done;
}

/**
 * A page on which the training that is about to begin can be watched; undefined where no browser
 * shows it.
 */
async function showTraining(
  program: Program,
  context: StartContext,
): Promise<ServedHome | undefined> {
  const { serveHome } = await import("./home/serve_home.ts");
  const home = await serveHome(program, context, 0);
  if (await openFile(home.url)) return home;
  await home[Symbol.asyncDispose]();
  context.say(
    await paragraph("In a second terminal, `deno task home` shows in a browser how it goes."),
  );
}

/** @throws {UsageError} naming the flags without which it would have to ask */
function checkAnswers({ data, yes }: StartContext["flags"]): void {
  const missing = [
    ...(data === undefined ? ["--data FOLDER (or --data auto: ants and bees)"] : []),
    ...(yes ? [] : ["--yes"]),
  ];
  if (missing.length === 0) return;
  throw new UsageError(
    `start asks at a terminal alone, and never with --json: add ${missing.join(" and ")}`,
  );
}

/** Until photos are there or the answers end, which undefined says. */
async function askForPhotos(
  terminal: Terminal,
  { folder, say }: StartContext,
): Promise<string | undefined> {
  say(
    await paragraph(
      "Put your photos into a folder a class, such as photos/cats and photos/dogs. Which folder holds " +
        "these folders? A .zip or .tar of it will do; Enter alone fetches ants and bees (47 MB) to try.",
    ),
  );
  for (let ahead: "ahead" | undefined = "ahead";; ahead = undefined) {
    const answer = await terminal.ask("photos:", ahead);
    if (answer === undefined) return undefined;
    const path = unquoted(answer);
    if (path === "") return "auto";
    try {
      const source = parseSource(path);
      await checkData("path" in source ? realPath(folder, path) : path, NOWHERE);
      return path;
    } catch (error) {
      say(await paragraph(printable((error as Error).message)));
    }
  }
}

/** As file managers write a path that is dropped on a terminal, and shells a home. */
function unquoted(text: string): string {
  const [, , inner] = /^(['"])(.*)\1$/.exec(text) ?? [];
  const plain = inner ?? (Deno.build.os === "windows" ? text : text.replace(/\\(.)/g, "$1"));
  const home = Deno.env.get("HOME") ?? Deno.env.get("USERPROFILE");
  return home ? plain.replace(/^~(?=$|[/\\])/, () => home) : plain;
}

async function isWanted(terminal: Terminal, hasErrors: boolean): Promise<boolean> {
  for (;;) {
    const answer = await terminal.ask(
      hasErrors ? "Go on in spite of the errors? [y/N]" : "Go on? [Y/n]",
    );
    if (answer === undefined) return false;
    if (answer === "") return !hasErrors;
    if (/^y(es)?$/i.test(answer)) return true;
    if (/^no?$/i.test(answer)) return false;
  }
}

/** The pipeline has not begun, and the store is as it was. */
function declined({ say }: StartContext): number {
  say("Nothing was taught.");
  return EXIT.done;
}

/** @returns whether nothing can be learnt from such photos */
async function sayInspected(
  inspected: InspectedPhotos,
  { flags, say }: StartContext,
): Promise<boolean> {
  const errors = inspected.findings.filter(({ severity }) => severity === "error");
  for (const line of errors.flatMap(describeFinding)) say(await paragraph(line, undefined, 11));
  say(describeInspected(inspected));
  const rest = inspected.findings.length - errors.length;
  if (rest > 0) {
    const source = quoted(flags.data!);
    say(await paragraph(`What was found: deno task inspect ${source}`));
  }
  return errors.some(({ kind }) => HOPELESS.includes(kind));
}

async function photosOf(
  { folder, files }: InspectedPhotos,
  data: string,
  seconds: number,
): Promise<PhotosToTeach> {
  let fileBytes = 0;
  // Photos of a folder are linked, where links take no permission.
  const areLinked = parseSource(data).kind === "folder" && Deno.build.os !== "windows";
  for (const { path } of areLinked ? [] : files) {
    fileBytes += (await Deno.stat(resolve(folder, path)).catch(() => ({ size: 0 }))).size;
  }
  return { sizes: files.flatMap(({ photo }) => photo ?? []), fileBytes, seconds };
}

/** What it will do, how long that takes and how much disk: a line each. */
function describePlan(
  { files, photos }: InspectedPhotos,
  { seconds, diskBytes, downloadBytes, unknown }: RunForecast,
  { fromRuns }: MachinePace,
  { flags, store }: StartContext,
): string[] {
  const classes = classesOf(files);
  const { backbones } = shapeOf(flags);
  const networks = backbones.length > 0
    ? `the best of ${backbones.length} small networks`
    : "a network";
  const fetched = downloadBytes > 0
    ? `, ${formatSize(downloadBytes)} of which are downloaded first`
    : "";
  const more = unknown.length > 0
    ? `, and the weights of ${unknown.join(", ")}, whose size is not known`
    : "";
  return [
    `What: teach ${networks} to tell ${counted(classes.length, "class", "classes")} apart by ` +
    `${counted(photos, "photo")}.`,
    `Time: about ${formatAbout(seconds)}, judged by ${
      fromRuns
        ? "this computer's earlier runs"
        : "this processor (a GPU takes less, other work beside it more)"
    }; it can be interrupted.`,
    `Disk: about ${formatSize(diskBytes)} in ${printable(store)}${fetched}${more}.`,
  ];
}

function planAsJson(inspected: InspectedPhotos, forecast: RunForecast) {
  const { files, photos, leftOut, findings, summary } = inspected;
  return {
    type: "start_plan",
    photos,
    files: files.length,
    classes: classesOf(files),
    findings: findings.length,
    left_out: leftOut,
    summary,
    seconds: Math.round(forecast.seconds),
    disk_bytes: Math.round(forecast.diskBytes),
    download_bytes: forecast.downloadBytes,
    unknown_sizes: forecast.unknown,
  };
}

const classesOf = (files: InspectedPhotos["files"]): string[] =>
  [...new Set(files.flatMap(({ className }) => className ?? []))].sort();
