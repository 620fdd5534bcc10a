/** `deno task export --format NAME`: the trained model as files for other programs. */
import { basename, dirname, extname, resolve } from "node:path";
import type { ContextOf } from "./cli/command.ts";
import type { EXPORT_FLAGS } from "./commands/export.ts";
import { EXIT } from "./cli/exit.ts";
import { checkFolder } from "./cli/paths.ts";
import { type ExportForm, exportForm, folderName } from "./export_form.ts";
import { writeLessPrecise } from "./export_precision.ts";
import { fileScoreInWords } from "../export/file_score.ts";
import { modelCard } from "../export/model_card.ts";
import { onnxBytes } from "../export/onnx.ts";
import { tfjsFiles } from "../export/tfjs.ts";
import { exportPytorch, exportSafetensors } from "../export/torch.ts";
import type { Format } from "../export/usage.ts";
import { pageFiles } from "./page/page_files.ts";
import { exportedModel, type FinishedModel, finishedModel } from "./trained/finished_model.ts";
import { pageModelOf } from "./trained/page_model.ts";

/** What a format's main file is called, where --out names a folder. */
const MAIN_FILES: Record<Format, string> = {
  safetensors: "model.safetensors",
  pytorch: "model.pth",
  onnx: "model.onnx",
  tfjs: "model.json",
  page: "index.html",
};
/** Formats of one file, which --out may name itself. */
const SINGLE: readonly Format[] = ["safetensors", "pytorch", "onnx"];

export async function exportModel(context: ContextOf<typeof EXPORT_FLAGS>): Promise<number> {
  const { flags, folder, json, say } = context;
  const form = exportForm(flags), { format } = form;
  const target = targetOf(format, resolve(folder, flags.out ?? `exported/${folderName(form)}`));
  await checkFolder("--out", target.folder);
  // Before minutes are spent on what cannot be written.
  if (!flags.force) await assertAbsent(target.folder, [target.card, target.file]);
  const finished = await finishedModel(context);
  const { description, facts, what } = finished;
  const draft = await Deno.makeTempDir();
  try {
    const path = `${draft}/${target.file}`;
    const file = form.precision === "float32"
      ? await write(form, finished, path)
      : await writeLessPrecise(context, form, finished, path);
    const card = modelCard(format, target.file, description, { ...facts, ...form, file });
    await Deno.writeTextFile(`${draft}/${target.card}`, card);
    const files = await moveInto(draft, target.folder, flags.force);
    if (flags.json) {
      json({
        ...form,
        folder: target.folder,
        files,
        ...file && { measured: file },
        ...description,
      });
    } else {
      const precision = form.precision === "float32" ? "" : ` of ${form.precision}`;
      say(`${what}, as ${format}${precision}:`);
      for (const { path, bytes } of files) say(`  ${path}  ${formatBytes(bytes)}`);
      if (file) say(`  the file itself is ${fileScoreInWords(file)}`);
    }
  } finally {
    await Deno.remove(draft, { recursive: true });
  }
  return EXIT.done;
}

/** Where the main file and its card go; `--out NAME.onnx` names the file itself. */
function targetOf(format: Format, out: string) {
  const main = MAIN_FILES[format];
  if (SINGLE.includes(format) && extname(out) === extname(main)) {
    const file = basename(out);
    return { folder: dirname(out), file, card: `${file.slice(0, -extname(file).length)}.md` };
  }
  return { folder: out, file: main, card: "README.md" };
}

async function write(form: ExportForm, finished: FinishedModel, path: string): Promise<undefined> {
  const model = exportedModel(finished);
  switch (form.format) {
    case "safetensors":
      return void await exportSafetensors(model, path);
    case "pytorch":
      return void await exportPytorch(model, path);
    case "onnx":
      return void await Deno.writeFile(path, onnxBytes(model, { input: form.input }));
    case "tfjs":
      return void await writeFiles(dirname(path), tfjsFiles(model));
    case "page":
      return void await writeFiles(dirname(path), await pageFiles(pageModelOf(finished)));
  }
}

async function writeFiles(
  folder: string,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  for (const [name, bytes] of files) {
    await Deno.mkdir(dirname(`${folder}/${name}`), { recursive: true });
    await Deno.writeFile(`${folder}/${name}`, bytes);
  }
}

/**
 * Puts a folder's files in another, under names that appear when they are whole.
 * @throws {Error} before anything is written, where a file is there already and `force` is not given
 */
async function moveInto(from: string, folder: string, force: boolean) {
  const names = (await Array.fromAsync(filesUnder(from))).sort();
  if (!force) await assertAbsent(folder, names);
  const files: { path: string; bytes: number }[] = [];
  for (const name of names) {
    const path = `${folder}/${name}`;
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.copyFile(`${from}/${name}`, `${path}.part`); // it may be another file system
    await Deno.rename(`${path}.part`, path);
    files.push({ path, bytes: (await Deno.stat(path)).size });
  }
  return files;
}

/** @throws {Error} naming the file that is there already */
async function assertAbsent(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    if (!await exists(`${folder}/${name}`)) continue;
    throw new Error(
      `${folder}/${name} is there already: choose another --out, or replace it with --force`,
    );
  }
}

async function* filesUnder(folder: string, below = ""): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(`${folder}/${below}`)) {
    if (isDirectory) yield* filesUnder(folder, `${below}${name}/`);
    else yield below + name;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function formatBytes(bytes: number): string {
  return bytes < 1e5 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
