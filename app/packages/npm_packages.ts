/** The packages that the project has from npm, for esbuild: as the lock says, where Deno keeps them. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = new URL("../../", import.meta.url);

interface Lock {
  specifiers: Record<string, string>;
  npm: Record<string, { dependencies?: string[]; optionalDependencies?: string[] }>;
}

/** The name of the package that a module is imported from. */
export const packageOf = (specifier: string): string =>
  specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");

export class NpmPackages implements AsyncDisposable {
  private constructor(
    private readonly cache: string,
    /** Versions by name that a package may import; the project's own are those of "". */
    private readonly versions: ReadonlyMap<string, ReadonlyMap<string, string>>,
    private readonly links: string,
  ) {}

  /** @param modules whose packages Deno fetches first, those that it lacks */
  static async open(modules: readonly URL[]): Promise<NpmPackages> {
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["cache", "--quiet", ...modules.map(({ href }) => href)],
      cwd: fileURLToPath(ROOT),
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr).trim());
    const [lock, project] = await Promise.all(
      ["deno.lock", "deno.json"].map(async (file) =>
        JSON.parse(await Deno.readTextFile(new URL(file, ROOT)))
      ),
    );
    const known = fileURLToPath(import.meta.resolve("esbuild")).replaceAll("\\", "/");
    return new NpmPackages(
      known.slice(0, known.lastIndexOf("/esbuild/")),
      versionsOf(lock, project.imports),
      await Deno.makeTempDir(),
    );
  }

  /**
   * A folder from where a package is found in the version that the importer has; undefined where it
   * has none, as of Node's own modules, or means something else by the name, as packages may for
   * browsers.
   */
  async folderFor(specifier: string, importer: string): Promise<string | undefined> {
    const by = this.#packageAt(importer);
    const name = packageOf(specifier);
    const version = this.versions.get(by?.id ?? "")?.get(name);
    if (version === undefined || by && await means(by.folder, specifier)) return undefined;
    const folder = join(this.links, `${name.replace("/", "+")}@${version}`);
    const link = join(folder, "node_modules", name);
    await Deno.mkdir(dirname(link), { recursive: true });
    await Deno.symlink(join(this.cache, name, version), link, LINK).catch((error) => {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    });
    return folder;
  }

  #packageAt(path: string): { id: string; folder: string } | undefined {
    const at = path.replaceAll("\\", "/");
    if (!at.startsWith(`${this.cache}/`)) return undefined;
    const parts = at.slice(this.cache.length + 1).split("/");
    const count = parts[0].startsWith("@") ? 2 : 1;
    const [name, version] = [parts.slice(0, count).join("/"), parts[count]];
    return { id: `${name}@${version}`, folder: join(this.cache, name, version) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.links, { recursive: true });
  }
}

const LINK = { type: Deno.build.os === "windows" ? "junction" : "dir" } as const;

function versionsOf(
  { npm, specifiers }: Lock,
  imports: Record<string, string>,
): Map<string, Map<string, string>> {
  // `NAME@VERSION`, and behind it those of the packages that it is a peer of.
  const ids = Object.keys(npm).map((key) => /^(@?[^@]+)@([^_]+)/.exec(key)!.slice(1));
  const ofName = new Map(ids.map(([name, version]) => [name, version]));
  const named = (dependency: string): [string, string] => {
    const [, name, version] = /^(@?[^@]+)(?:@([^_]+))?/.exec(dependency)!;
    return [name, version ?? ofName.get(name)!];
  };
  const versions = new Map(
    Object.entries(npm).map(([key, { dependencies = [], optionalDependencies = [] }]) => [
      named(key).join("@"),
      new Map([...dependencies, ...optionalDependencies].map(named)),
    ]),
  );
  const own = Object.values(imports).map((specifier): [string, string] => {
    const [, name] = /^npm:(@?[^@]+)/.exec(specifier)!;
    return [name, /^[^_]+/.exec(specifiers[specifier])![0]];
  });
  return versions.set("", new Map(own));
}

/** Whether a package's `browser` field says something of a name. */
async function means(folder: string, specifier: string): Promise<boolean> {
  const manifest = JSON.parse(await Deno.readTextFile(join(folder, "package.json")));
  return typeof manifest.browser === "object" && specifier in manifest.browser;
}
