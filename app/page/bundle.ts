/** Bundles the page's scripts for browsers, with the very modules that run in Deno. */
import { fileURLToPath } from "node:url";

const HERE = new URL("./", import.meta.url);

/** What browsers have in place of what only Deno has. */
const REPLACED: Record<string, string> = {
  "node:crypto": "browser/crypto.ts",
  "node:zlib": "browser/zlib.ts",
  "node:worker_threads": "browser/worker_threads.ts",
  "../../data/codecs/mozjpeg_module.js": "browser/mozjpeg_module.ts",
  "../../data/codecs/libwebp_module.js": "browser/libwebp_module.ts",
  "../../data/codecs/libavif_module.js": "browser/libavif_module.ts",
  "../../data/codecs/libheif_module.js": "browser/libheif_module.ts",
  "../../data/codecs/imagescript_gif_module.js": "browser/imagescript_gif_module.ts",
  "../../data/codecs/imagescript_jpeg_module.js": "browser/imagescript_jpeg_module.ts",
};

/** The model's page: scripts by name, and the modules that they begin with. */
const ENTRIES: Record<string, string> = {
  "app.js": "dom/app.ts",
  "worker.js": "worker.ts",
  "thread.js": "../../backend/wasm/worker.ts",
};

/**
 * A page's scripts by name, by default the model's. `deno bundle` fetches esbuild when it is first used.
 *
 * Permissions: to run Deno, to read the project, and a temporary folder.
 *
 * @param entries modules relative to this folder, by the names of their scripts
 * @throws {Error} with what the bundler says
 */
export async function bundleScripts(
  entries = ENTRIES,
): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const folder = await Deno.makeTempDir();
  try {
    // A copy of the lock, so that packages are the project's, and the project stays as it is.
    await Deno.copyFile(new URL("../../deno.lock", HERE), `${folder}/deno.lock`);
    await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify(await bundleConfiguration()));
    const scripts = Object.entries(entries).map(async ([name, entry]) => {
      const out = `${folder}/${name}`;
      await bundle(new URL(entry, HERE), out, `${folder}/deno.json`);
      return [name, await Deno.readFile(out)] as const;
    });
    return new Map(await Promise.all(scripts));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function bundle(entry: URL, out: string, config: string): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "bundle",
      "--quiet",
      "--platform=browser",
      "--minify",
      `--config=${config}`,
      `--output=${out}`,
      fileURLToPath(entry),
    ],
    env: { NO_COLOR: "1" },
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) {
    throw new Error(
      `the page's scripts could not be bundled: ${new TextDecoder().decode(stderr).trim()}`,
    );
  }
}

/** The project's own imports, with the replacements over them. */
async function bundleConfiguration() {
  const project = await Deno.readTextFile(new URL("../../deno.json", HERE));
  const imports: Record<string, string> = JSON.parse(project).imports;
  for (const [module, replacement] of Object.entries(REPLACED)) {
    const key = module.startsWith("node:") ? module : new URL(module, HERE).href;
    imports[key] = new URL(replacement, HERE).href;
  }
  const thread = new URL("../../backend/wasm/worker.ts", HERE).href;
  const data = new URL("browser/thread_data.ts", HERE).href;
  return {
    nodeModulesDir: "none",
    imports,
    scopes: { [thread]: { "node:worker_threads": data } },
  };
}
