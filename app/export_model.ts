/** `deno task export --format NAME`: the trained model as files for other programs. */
import { basename, dirname, extname, resolve } from "node:path";
import type { ContextOf } from "./cli/command.ts";
import type { EXPORT_FLAGS } from "./commands/export.ts";
import { EXIT } from "./cli/exit.ts";
import { checkFolder } from "./cli/paths.ts";
import { modelCard } from "../export/model_card.ts";
import { onnxBytes } from "../export/onnx.ts";
import { tfjsFiles } from "../export/tfjs.ts";
import { exportPytorch, exportSafetensors } from "../export/torch.ts";
import type { Format } from "../export/usage.ts";
import { pageFiles } from "./page/page_files.ts";
import { moveInto, writeFiles } from "./write_folder.ts";
import { type FinishedModel, finishedModel } from "./trained/finished_model.ts";
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
  const { format } = flags;
  const target = targetOf(format, resolve(folder, flags.out ?? `exported/${format}`));
  await checkFolder("--out", target.folder);
  const finished = await finishedModel(context);
  const { description, facts, what } = finished;
  const draft = await Deno.makeTempDir();
  try {
    await write(format, finished, `${draft}/${target.file}`);
    const card = modelCard(format, target.file, description, facts);
    await Deno.writeTextFile(`${draft}/${target.card}`, card);
    const files = await moveInto(draft, target.folder, flags.force);
    if (flags.json) json({ format, folder: target.folder, files, ...description });
    else {
      say(`${what}, as ${format}:`);
      for (const { path, bytes } of files) say(`  ${path}  ${formatBytes(bytes)}`);
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

async function write(format: Format, finished: FinishedModel, path: string): Promise<void> {
  const model = { ...finished, outOfDistribution: finished.postprocessing.outOfDistribution };
  switch (format) {
    case "safetensors":
      return await exportSafetensors(model, path);
    case "pytorch":
      return await exportPytorch(model, path);
    case "onnx":
      return await Deno.writeFile(path, onnxBytes(model));
    case "tfjs":
      return await writeFiles(dirname(path), tfjsFiles(model));
    case "page":
      return await writeFiles(dirname(path), await pageFiles(pageModelOf(model)));
  }
}

function formatBytes(bytes: number): string {
  return bytes < 1e5 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
