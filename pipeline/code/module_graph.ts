/** What a module can reach when it runs, found out anew: Deno's module graph and what it leaves out. */
import { PipelineError } from "../errors.ts";
import { fileURLToPath } from "node:url";
import { statOrNull } from "../store/folder.ts";

/** A module's reach, by path; contents are another matter. */
export interface Reach {
  /** Own files: modules, and what these name by `new URL("…", import.meta.url)`. */
  files: string[];
  /** Of these, modules that only run: of no other file do comments and formatting not count. */
  code: string[];
  /** Of the files, what the step's process opens itself: workers with all that they import, wasm, data. */
  opened: string[];
  /** npm packages with all that they depend on: where they lie, by name and version. */
  packages: Record<string, string>;
  /** Modules from elsewhere (https, jsr): the file that Deno keeps of them, by specifier. */
  remote: Record<string, string>;
}

interface Module {
  specifier: string;
  kind?: string;
  local?: string;
  error?: string;
  npmPackage?: string;
  dependencies?: {
    isDynamic?: boolean;
    /** "text", "bytes": what is imported is data, even if it looks like code. */
    assertionType?: string;
    code?: { specifier?: string; error?: string };
  }[];
}

interface Package {
  name: string;
  dependencies: string[];
  localPath: string;
}

/** @throws {PipelineError} when an import leads nowhere */
export async function findReach(module: URL): Promise<Reach> {
  const search = new Search(module);
  await search.finish();
  return search.reach();
}

class Search {
  readonly #files = new Set<string>();
  readonly #code = new Set<string>();
  /** Named or imported as data: a step may read them as they are. */
  readonly #data = new Set<string>();
  readonly #opened = new Set<string>();
  readonly #packages: Record<string, string> = {};
  readonly #remote: Record<string, string> = {};
  /** The module and its workers, which are found on the way and have graphs of their own. */
  readonly #entries = new Set<string>();

  constructor(private readonly module: URL) {
    this.#entries.add(module.href);
  }

  async finish(): Promise<void> {
    for (const entry of this.#entries) {
      const graph = await askForGraph(entry, new URL(".", this.module));
      for (const module of graph.follow(entry)) {
        const { kind, npmPackage, specifier, local } = module;
        if (kind === "npm") this.#addPackage(graph, npmPackage!);
        else if (!local) continue; // Part of Deno itself: node:fs.
        else if (!specifier.startsWith("file:")) this.#remote[specifier] = local;
        else {
          this.#addFile(module, local);
          if (entry !== this.module.href) this.#opened.add(local);
          this.#addReferences(graph, local, specifier);
        }
      }
    }
  }

  #addPackage(graph: ModuleGraph, id: string): void {
    const found = graph.packages[id];
    if (!found || id in this.#packages) return;
    this.#packages[id] = found.localPath;
    for (const dependency of found.dependencies) this.#addPackage(graph, dependency);
  }

  #addFile({ kind, dependencies = [] }: Module, path: string): void {
    this.#files.add(path);
    if (kind === "esm") this.#code.add(path);
    for (const { code, assertionType } of dependencies) {
      const specifier = code?.specifier ?? "";
      if (assertionType && specifier.startsWith("file:")) this.#data.add(fileURLToPath(specifier));
    }
  }

  #addReferences(graph: ModuleGraph, path: string, specifier: string): void {
    for (const name of graph.referencesIn(path)) {
      for (const id of graph.packagesNamed(name)) this.#addPackage(graph, id);
      const url = fileNamed(name, specifier);
      if (!url) continue;
      const file = fileURLToPath(url);
      // One that is not there yet counts, too: it may appear. Only files may be opened.
      this.#files.add(file);
      this.#data.add(file);
      if (!statOrNull(file)?.isFile) continue;
      this.#opened.add(file);
      if (isScript(file)) this.#entries.add(url.href);
    }
  }

  reach(): Reach {
    return {
      files: [...this.#files].sort(),
      code: [...this.#code.difference(this.#data)].sort(),
      opened: [...this.#opened].sort(),
      packages: this.#packages,
      remote: this.#remote,
    };
  }
}

/** Deno's answer about some modules. */
class ModuleGraph {
  readonly packages: Record<string, Package>;
  readonly #modules: Map<string, Module>;
  readonly #redirects: Record<string, string>;
  readonly #references = new Map<string, string[]>();

  constructor(
    { modules, redirects, npmPackages }: {
      modules: Module[];
      redirects: Record<string, string>;
      npmPackages: Record<string, Package>;
    },
  ) {
    this.packages = npmPackages;
    this.#modules = new Map(modules.map((module) => [module.specifier, module]));
    this.#redirects = redirects;
  }

  /** Modules that `entry` reaches at run time: imports of types alone do not count. */
  follow(entry: string): Module[] {
    const reached = new Set<Module>();
    const todo = [{ specifier: entry, optional: false }];
    for (const { specifier, optional } of todo) {
      const module = this.#modules.get(this.#redirects[specifier] ?? specifier);
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

  /** What a module names without importing it: `./kernel.wasm`, `package/font.ttf`. */
  referencesIn(path: string): string[] {
    const known = this.#references.get(path) ?? referencesIn(path);
    this.#references.set(path, known);
    return known;
  }

  packagesNamed(name: string): string[] {
    const [, wanted] = /^(?:npm:\/?)?((?:@[^/]+\/)?[^/@:]+)/.exec(name) ?? [];
    if (!isBare(name) && !name.startsWith("npm:")) return [];
    return Object.keys(this.packages).filter((id) => this.packages[id].name === wanted);
  }
}

interface Question {
  entries: Set<string>;
  graph: Promise<ModuleGraph>;
}

/** By folder: what will be asked next. */
const questions = new Map<string, Question>();
/** Modules that Deno is asked about at once; an argument of a process may not be too long. */
const AT_ONCE = 100;

/** Deno is asked once for all modules that are asked about in a turn: it takes a process. */
function askForGraph(entry: string, folder: URL): Promise<ModuleGraph> {
  const open = questions.get(folder.href);
  const question = open && open.entries.size < AT_ONCE ? open : newQuestion(folder);
  question.entries.add(entry);
  return question.graph;
}

/** Is asked at the end of the turn. */
function newQuestion(folder: URL): Question {
  const entries = new Set<string>();
  const endOfTurn = new Promise((resolve) => setTimeout(resolve));
  const graph = endOfTurn.then(() => {
    if (questions.get(folder.href) === question) questions.delete(folder.href);
    return readGraph([...entries], folder);
  });
  const question = { entries, graph };
  questions.set(folder.href, question);
  return question;
}

async function readGraph(entries: string[], cwd: URL): Promise<ModuleGraph> {
  const imports = entries.map((entry) => `import ${JSON.stringify(entry)};`).join("");
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", `data:text/javascript,${encodeURIComponent(imports)}`],
    // Its configuration is that of the folder it stands in; `deno run` takes the module's.
    cwd,
    stdin: "null",
    env: { NO_COLOR: "1" },
  }).output();
  if (success) return new ModuleGraph(JSON.parse(new TextDecoder().decode(stdout)));
  const cause = new TextDecoder().decode(stderr).trim();
  throw new PipelineError(`cannot read the module graph of ${entries.join(", ")}: ${cause}`);
}

/** What may stand between two words of code. */
const GAP = String.raw`(?:\s|/\*[^]*?\*/|//.*\n)*`;
const NAME = String.raw`(["'\x60])([^"'\x60$\\\n]+)\1`;
const REFERENCES = [
  String.raw`new\s+URL\(${GAP}${NAME}${GAP},${GAP}import\.meta\.url${GAP},?${GAP}\)`,
  String.raw`import\.meta\.resolve\(${GAP}${NAME}${GAP},?${GAP}\)`,
].map((pattern) => new RegExp(pattern, "g"));

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

const isScript = (path: string) => /\.[cm]?[jt]sx?$/.test(path);
