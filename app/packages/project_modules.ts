/** The project's modules as esbuild finds them: what `deno.json` and the lock say to Deno. */
import type { Loader, Plugin } from "esbuild";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type NpmPackages, packageOf } from "./npm_packages.ts";

export interface ModuleRules {
  /** What is imported, by its address or Node's name, and the address of what is meant instead. */
  replaced: Readonly<Record<string, string>>;
  /** The same for what single modules import. */
  replacedWithin: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Modules whose text is another, by address. */
  rewritten: Readonly<Record<string, string>>;
  /** Packages that whoever has the bundle has. */
  external: readonly string[];
  /** Modules of ours, by address, that one of these has: its name. */
  elsewhere: Readonly<Record<string, string>>;
}

const ROOT = new URL("../../", import.meta.url).href;
const isOurs = (path: string) => pathToFileURL(path).href.startsWith(ROOT);

/** What ends as one of the addresses does, and all modules of Node's own. */
function named(addresses: readonly string[]): RegExp {
  const files = addresses.filter((address) => address.startsWith("file:"))
    .map((address) => RegExp.escape(address.slice(address.lastIndexOf("/") + 1)));
  return new RegExp(`^node:|[/\\\\](?:${files.join("|")})$`);
}

/** What else esbuild is to be told of files of ours. */
export const LOADERS: Record<string, Loader> = { ".wgsl": "text" };

/** @param packages as `NpmPackages.open` gives them */
export function projectModules(rules: ModuleRules, packages: NpmPackages): Plugin {
  const { replaced, replacedWithin, rewritten, external, elsewhere } = rules;
  const meantOtherwise = [replaced, elsewhere, ...Object.values(replacedWithin)].flatMap(
    Object.keys,
  );
  return {
    name: "project-modules",

    // esbuild asks here for what the filters name alone: each question takes it a while.
    setup(build) {
      build.onResolve({ filter: /^[^./]/ }, async ({ path, importer, kind, pluginData }) => {
        if (kind === "entry-point" || pluginData === packages || path.startsWith("node:")) return;
        if (external.some((name) => packageOf(path) === name)) return { path, external: true };
        if (isOurs(importer) && path in replaced) return { path: fileURLToPath(replaced[path]) };
        const resolveDir = await packages.folderFor(path, importer);
        if (resolveDir === undefined) return;
        // It goes on from a folder that has this package alone.
        return await build.resolve(path, { kind, resolveDir, pluginData: packages });
      });
      build.onResolve({ filter: named(meantOtherwise) }, ({ path, importer }) => {
        if (!isOurs(importer)) return;
        const from = pathToFileURL(importer).href;
        const isNodes = path.startsWith("node:");
        const meant = isNodes ? path : new URL(path, from).href;
        if (meant in elsewhere) return { path: elsewhere[meant], external: true };
        const instead = replacedWithin[from]?.[meant] ?? replaced[meant];
        // What replaces a module may be made of it.
        if (instead !== undefined && instead !== from) return { path: fileURLToPath(instead) };
        return isNodes ? { path, external: true } : undefined;
      });
      build.onLoad({ filter: named(Object.keys(rewritten)) }, ({ path }) => {
        const contents = rewritten[pathToFileURL(path).href];
        return contents === undefined ? undefined : { contents, loader: "ts" };
      });
    },
  };
}
