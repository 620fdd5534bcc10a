/** Makes the packages for npm: `deno task build:npm [--out FOLDER]`, by default in `dist/`. */
import { parseArgs } from "node:util";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import project from "../../deno.json" with { type: "json" };
import { bundlePackage } from "./bundle_package.ts";
import { writeDeclarations } from "./declarations.ts";
import { type Package, PACKAGES } from "./packages.ts";

const ROOT = new URL("../../", import.meta.url);

/**
 * Writes every package into a folder of its own in `out`, which is emptied first: what `npm pack` and
 * `npm publish` take.
 *
 * @returns the folders
 */
export async function buildPackages(out: string): Promise<string[]> {
  const folders: string[] = [];
  for (const what of PACKAGES) {
    const folder = join(out, what.name);
    await Deno.remove(folder, { recursive: true }).catch(() => {});
    await Deno.mkdir(folder, { recursive: true });
    await bundlePackage(what, folder);
    const types = await writeDeclarations(what.entry, join(folder, "types"));
    await copyFiles(what, folder);
    await writeJson(join(folder, "package.json"), manifestOf(what, `./types/${types}`));
    folders.push(folder);
  }
  return folders;
}

async function copyFiles({ name, files }: Package, folder: string): Promise<void> {
  const readme = `./app/packages/readme/${name.replace(/^@.*\//, "")}.md`;
  const licences = { "LICENSE": "./LICENSE", "LICENCES.md": "./docs/licences.md" };
  for (const [to, from] of Object.entries({ ...files, ...licences, "README.md": readme })) {
    const url = from.startsWith("./") ? new URL(from, ROOT).href : import.meta.resolve(from);
    const target = join(folder, to);
    await Deno.mkdir(dirname(target), { recursive: true });
    await Deno.copyFile(fileURLToPath(url), target);
  }
}

/** What npm is told of a package. */
function manifestOf(what: Package, types: string) {
  const { name, description, dependencies, peerDependencies, files = {} } = what;
  const beside = [...Object.keys(files), ...(what.threads ? ["thread.js", "thread.node.js"] : [])];
  return {
    name,
    version: project.version,
    description,
    license: project.license,
    type: "module",
    // What is imported registers itself.
    sideEffects: true,
    exports: {
      ".": {
        types,
        browser: "./index.browser.js",
        deno: "./index.node.js",
        node: "./index.node.js",
        default: "./index.browser.js",
      },
      ...Object.fromEntries(beside.map((file) => [`./${file}`, `./${file}`])),
      "./package.json": "./package.json",
    },
    // For who does not look at `exports`.
    types,
    main: "./index.node.js",
    module: "./index.browser.js",
    engines: { node: ">=20.15" },
    ...(dependencies && { dependencies }),
    peerDependencies,
  };
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await Deno.writeTextFile(path, JSON.stringify(value, null, 2) + "\n");
}

if (import.meta.main) {
  const { values } = parseArgs({
    args: Deno.args,
    options: { out: { type: "string", default: fileURLToPath(new URL("dist", ROOT)) } },
  });
  for (const folder of await buildPackages(values.out)) console.log(folder);
}
