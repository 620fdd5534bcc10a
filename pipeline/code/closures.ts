/**
 * A step's code: all that its module can reach, by content. Asking Deno for the module graph takes
 * a process, so the graph is kept in the store; it holds as long as every file in it, and every
 * file that decides how imports resolve, is unchanged.
 */
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Closure } from "../code.ts";
import type { CodeDigests } from "./code_digests.ts";
import { sha256 } from "../digest.ts";
import type { FileDigests } from "./file_digests.ts";
import { keepJson, readJson } from "../store/json_file.ts";
import { findReach } from "./module_graph.ts";

/** Of what is kept; another one is not read. */
const FORMAT = 2;
/** Letters of a digest that only tells whether a text is still the same. */
const SHORT = 16;

interface KeptGraph {
  /** Digests of all files that the graph depends on, by absolute path; null: not there. */
  validWhile: Record<string, string | null>;
  deno: string;
  root: string;
  files: string[];
  /** Of the files, modules that only run. */
  code: string[];
  packages: Record<string, string>;
  readable: string[];
}

const PROJECT_FILES = ["deno.json", "deno.jsonc", "package.json"];

export class Closures {
  readonly #graphs = new Map<string, KeptGraph>();
  readonly #searches = new Map<string, Promise<void>>();
  readonly #checks = new Map<string, Promise<unknown>>();
  readonly #recent = new Map<string, { at: number; closure: Closure }>();

  /** @param cacheFolder where graphs are kept between runs; nowhere when left out */
  constructor(
    private readonly digests: FileDigests,
    private readonly codeDigests: CodeDigests,
    private readonly cacheFolder?: string,
  ) {}

  /**
   * @param maxAge milliseconds that an answer may be old: thousands of steps may share a module
   * @param preload a module that is loaded before it
   * @throws {PipelineError} when an import leads nowhere
   */
  async of(module: URL, maxAge = 0, preload?: URL): Promise<Closure> {
    const which = `${module} ${preload ?? ""}`;
    const recent = this.#recent.get(which);
    if (recent && performance.now() - recent.at < maxAge) return recent.closure;
    const [own, before] = await Promise.all(
      [module, ...preload ? [preload] : []].map(async (url) =>
        this.#closureOf(url, await this.#graphOf(url))
      ),
    );
    const closure = before ? joined(own, before) : own;
    this.#recent.set(which, { at: performance.now(), closure });
    return closure;
  }

  async #graphOf(module: URL): Promise<KeptGraph> {
    let graph;
    while (!(graph = await this.#validGraph(module))) await this.#search(module);
    return graph;
  }

  /**
   * Finds out less than `of`, which reads all code, but as much about what is missing.
   *
   * @throws {PipelineError} when an import leads nowhere
   */
  async check(module: URL): Promise<void> {
    const check = this.#checks.get(module.href) ?? findReach(module);
    this.#checks.set(module.href, check);
    await check;
  }

  async #validGraph(module: URL): Promise<KeptGraph | undefined> {
    const graph = this.#graphs.get(module.href) ?? this.#kept(module);
    if (!graph || !await this.#holds(graph)) return undefined;
    this.#graphs.set(module.href, graph);
    return graph;
  }

  /** However many steps ask at a time, Deno is asked once. */
  #search(module: URL): Promise<void> {
    const { href } = module;
    const search = this.#searches.get(href) ?? this.#find(module)
      .then((graph) => void this.#graphs.set(href, graph))
      .finally(() => this.#searches.delete(href));
    this.#searches.set(href, search);
    return search;
  }

  #closureOf(
    module: URL,
    { root, files, code, packages, readable, validWhile }: KeptGraph,
  ): Closure {
    const nameOf = (path: string) => relative(root, path).replaceAll("\\", "/");
    const textOf = (path: string) => this.digests.ofCode(path)?.slice(0, SHORT) ?? "";
    return {
      root,
      module: nameOf(fileURLToPath(module)),
      files: Object.fromEntries(files.map((path) => [nameOf(path), validWhile[path]])),
      texts: Object.fromEntries(code.map((path) => [nameOf(path), textOf(path)])),
      packages,
      readable,
    };
  }

  #cacheFile(module: URL): string | undefined {
    return this.cacheFolder &&
      `${this.cacheFolder}/${sha256(`${FORMAT} ${module.href}`).slice(0, 32)}.json`;
  }

  #kept(module: URL): KeptGraph | undefined {
    const file = this.#cacheFile(module);
    return file === undefined ? undefined : readJson(file);
  }

  async #holds({ validWhile, code, deno }: KeptGraph): Promise<boolean> {
    if (deno !== Deno.version.deno) return false;
    const modules = new Set(code);
    for (const [path, digest] of Object.entries(validWhile)) {
      if (await this.#digest(path, modules.has(path)) !== digest) return false;
    }
    return true;
  }

  async #digest(path: string, isCode: boolean): Promise<string | null> {
    return isCode ? await this.codeDigests.of(path) : this.digests.ofCode(path);
  }

  async #find(module: URL): Promise<KeptGraph> {
    const reach = await findReach(module);
    const configuration = configurationOf(reach.files);
    const folders = foldersAbove(fileURLToPath(module));
    const lockFile = this.#nearest(folders, ["deno.lock"]);
    const lock = lockFile ? readJson<LockFile>(`${lockFile}deno.lock`) : undefined;
    const packages: Record<string, string> = {};
    for (const id of Object.keys(reach.packages)) packages[id] = lock?.npm?.[id]?.integrity ?? "";
    for (const [specifier, path] of Object.entries(reach.remote)) {
      packages[specifier] = this.digests.ofCode(path) ?? "";
    }
    const modules = new Set(reach.code);
    const validWhile: KeptGraph["validWhile"] = {};
    for (const path of [...configuration, ...reach.files]) {
      validWhile[path] = await this.#digest(path, modules.has(path));
    }
    const graph: KeptGraph = {
      validWhile,
      deno: Deno.version.deno,
      root: this.#nearest(folders, PROJECT_FILES) ?? folders[0],
      files: reach.files,
      code: reach.code,
      packages,
      readable: [...reach.opened, ...Object.values(reach.packages)],
    };
    const file = this.#cacheFile(module);
    if (file) keepJson(file, graph);
    return graph;
  }

  #nearest(folders: string[], names: string[]): string | undefined {
    return folders.find((folder) =>
      names.some((name) => this.digests.ofCode(folder + name) !== null)
    );
  }
}

function joined(own: Closure, before: Closure): Closure {
  return {
    ...own,
    preload: before.module,
    files: { ...before.files, ...own.files },
    texts: { ...before.texts, ...own.texts },
    packages: { ...before.packages, ...own.packages },
    readable: [...new Set([...before.readable, ...own.readable])],
  };
}

interface LockFile {
  npm?: Record<string, { integrity?: string }>;
}

/** Files, there or not, that decide how the imports of `files` resolve. */
function configurationOf(files: string[]): string[] {
  const folders = new Set(files.flatMap(foldersAbove));
  return [...folders]
    .flatMap((folder) => [...PROJECT_FILES, "deno.lock"].map((name) => folder + name))
    .flatMap((path) => [path, ...importMapOf(path)]);
}

function importMapOf(path: string): string[] {
  if (!/deno\.jsonc?$/.test(path)) return [];
  let text;
  try {
    text = Deno.readTextFileSync(path);
  } catch {
    return [];
  }
  const name = /"importMap"\s*:\s*"([^":]+)"/.exec(text)?.[1];
  return name ? [path.replace(/[^/\\]+$/, "") + name] : [];
}

/** The folder of a file and all above it, each with a separator at its end. */
function foldersAbove(path: string): string[] {
  const separator = Deno.build.os === "windows" ? "\\" : "/";
  const names = path.split(separator).slice(0, -1);
  return names.map((_, i) => names.slice(0, names.length - i).join(separator) + separator);
}
