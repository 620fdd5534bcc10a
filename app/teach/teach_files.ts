/** Everything that the page is made of, as files for any web host. */
import { findArchitecture } from "../../models/registry.ts";
import type { NamedTensor } from "../../weights/parameter.ts";
import { THREAD_ENTRY } from "../page/browser/replacements.ts";
import { bundleScripts } from "../page/bundle.ts";
import { engineFiles, readFiles, safetensorsOf } from "../page/page_files.ts";
import { styleOf } from "../page/style.ts";
import type { TeachSettings } from "./messages.ts";

export interface Backbone {
  settings: TeachSettings;
  /** In tfjs layout. */
  parameters: ReadonlyMap<string, NamedTensor>;
}

/** Relative to `app/page`, where the bundler is. */
const SCRIPTS: Record<string, string> = {
  "teach.js": "../teach/dom/teach.ts",
  "worker.js": "../teach/dom/worker.ts",
  "settle.js": "../teach/settle_worker.ts",
  "finetune.js": "../teach/dom/finetune_worker.ts",
  "thread.js": THREAD_ENTRY,
};

/** The page's files by name. */
export async function teachFiles(
  { settings, parameters }: Backbone,
): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const { head } = findArchitecture(settings.architecture);
  const frozen = new Map([...parameters].filter(([name]) => !name.startsWith(`${head}.`)));
  return new Map([
    ...await pageFiles(),
    ["teach.json", new TextEncoder().encode(JSON.stringify(settings))],
    ["backbone.safetensors", await safetensorsOf(frozen)],
  ]);
}

/** Those that are the same whatever the network. */
async function pageFiles(): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const { href } = new URL("./static/", import.meta.url);
  return new Map([
    ...await engineFiles(),
    ...await readFiles({ "index.html": `${href}index.html` }),
    ["style.css", await styleOf(`${href}teach.css`)],
    ...await bundleScripts(SCRIPTS),
  ]);
}
