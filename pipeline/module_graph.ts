/** What a module can reach when it runs, found out anew: Deno's module graph and what it leaves out. */
import { PipelineError } from "./errors.ts";
import { fileURLToPath } from "node:url";
import { statOrNull } from "./tree.ts";

/** A module's reach, by path; contents are another matter. */
export interface Reach {
  /** Own files: modules, and what these name by `new URL("…", import.meta.url)`. */
  files: string[];
  /** Of these, what the step's process opens itself: workers with all that they import, wasm, data. */
  opened: string[];
  /** npm packages with all that they depend on: where they lie, by name and version. */
  packages: Record<string, string>;
  /** Modules from elsewhere (https, jsr): the file that Deno keeps of them, by specifier. */
  remote: Record<string, string>;
}

interface DenoInfo {
  modules: {
    specifier: string;
    kind?: string;
    local?: string;
    error?: string;
    npmPackage?: string;
    dependencies?: { isDynamic?: boolean; code?: { specifier?: string; error?: string } }[];
  }[];
  redirects: Record<string, string>;
  npmPackages: Record<string, { name: string; dependencies: string[]; localPath: string }>;
}

/** @throws {PipelineError} when an import leads nowhere */
export async function findReach(module: URL): Promise<Reach> {
  const search = new Search(module);
  await search.finish();
  return search.reach();
}

class Search {
  readonly #files = new Set<string>();
  readonly #opened = new Set<string>();
  readonly #packages: Record<string, string> = {};
  readonly #remote: Record<string, string> = {};
  /** The module and its workers, which are found on the way and have graphs of their own. */
  readonly #entries: string[];

  constructor(private readonly module: URL) {
    this.#entries = [module.href];
  }

  async finish(): Promise<void> {
    for (const entry of this.#entries) {
      const info = await denoInfo(entry, new URL(".", this.module));
      for (const { kind, npmPackage, specifier, local } of follow(info, entry)) {
        if (kind === "npm") this.#addPackage(info, npmPackage!);
        else if (!local) continue; // Part of Deno itself: node:fs.
        else if (!specifier.startsWith("file:")) this.#remote[specifier] = local;
        else {
          this.#files.add(local);
          if (entry !== this.module.href) this.#opened.add(local);
          this.#addReferences(info, local, specifier);
        }
      }
    }
  }

  #addPackage(info: DenoInfo, id: string): void {
    const found = info.npmPackages[id];
    if (!found || id in this.#packages) return;
    this.#packages[id] = found.localPath;
    for (const dependency of found.dependencies) this.#addPackage(info, dependency);
  }

  #addReferences(info: DenoInfo, path: string, specifier: string): void {
    for (const name of referencesIn(path)) {
      for (const id of packagesNamed(info, name)) this.#addPackage(info, id);
      const url = fileNamed(name, specifier);
      if (!url) continue;
      const file = fileURLToPath(url);
      // One that is not there yet counts, too: it may appear. Only files may be opened.
      this.#files.add(file);
      if (!statOrNull(file)?.isFile) continue;
      this.#opened.add(file);
      if (isScript(file) && !this.#entries.includes(url.href)) this.#entries.push(url.href);
    }
  }

  reach(): Reach {
    return {
      files: [...this.#files].sort(),
      opened: [...this.#opened].sort(),
      packages: this.#packages,
      remote: this.#remote,
    };
  }
}

async function denoInfo(entry: string, cwd: URL): Promise<DenoInfo> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", entry],
    // Its configuration is that of the folder it stands in; `deno run` takes the module's.
    cwd,
    stdin: "null",
    env: { NO_COLOR: "1" },
  }).output();
  if (success) return JSON.parse(new TextDecoder().decode(stdout));
  const cause = new TextDecoder().decode(stderr).trim();
  throw new PipelineError(`cannot read the module graph of ${entry}: ${cause}`);
}

/** Modules that `entry` reaches at run time: imports of types alone do not count. */
function follow({ modules, redirects }: DenoInfo, entry: string): DenoInfo["modules"] {
  const bySpecifier = new Map(modules.map((module) => [module.specifier, module]));
  const reached = new Set<DenoInfo["modules"][number]>();
  const todo = [{ specifier: entry, optional: false }];
  for (const { specifier, optional } of todo) {
    const module = bySpecifier.get(redirects[specifier] ?? specifier);
    const error = module ? module.error : `Module not found "${specifier}".`;
    if (error && !optional) throw new PipelineError(error);
    if (!module || error || reached.has(module)) continue;
    reached.add(module);
    for (const { code, isDynamic } of module.dependencies ?? []) {
      // A dynamic import may be meant to fail.
      const optionalHere = optional || isDynamic === true;
      if (code?.error && !optionalHere) throw new PipelineError(code.error);
      if (code?.specifier) todo.push({ specifier: code.specifier, optional: optionalHere });
    }
  }
  return [...reached];
}

const REFERENCES = [
  /new\s+URL\(\s*(["'`])([^"'`$\\\n]+)\1\s*,\s*import\.meta\.url\s*,?\s*\)/g,
  /import\.meta\.resolve\(\s*(["'`])([^"'`$\\\n]+)\1\s*,?\s*\)/g,
];

/** What a module names without importing it: `./kernel.wasm`, `package/font.ttf`. */
function referencesIn(path: string): string[] {
  if (!isScript(path)) return [];
  const text = Deno.readTextFileSync(path);
  const [byUrl, resolved] = REFERENCES.map((pattern) => [...text.matchAll(pattern)])
    .map((matches) => matches.map((match) => match[2]));
  // A URL's first part is a path even where it looks like a package.
  return [...byUrl.map((name) => isBare(name) ? `./${name}` : name), ...resolved];
}

const isBare = (name: string) => !/^(\.{0,2}\/|[a-z]+:)/.test(name);

/** Whole folders do not count: what is read in them needs declaring. */
function fileNamed(name: string, specifier: string): URL | undefined {
  if (isBare(name) || name.endsWith("/")) return;
  const { href, protocol, pathname } = new URL(name, specifier);
  if (protocol === "file:") return new URL(pathname, href);
}

function packagesNamed({ npmPackages }: DenoInfo, name: string): string[] {
  const [, wanted] = /^(?:npm:\/?)?((?:@[^/]+\/)?[^/@:]+)/.exec(name) ?? [];
  if (!isBare(name) && !name.startsWith("npm:")) return [];
  return Object.keys(npmPackages).filter((id) => npmPackages[id].name === wanted);
}

const isScript = (path: string) => /\.[cm]?[jt]sx?$/.test(path);
