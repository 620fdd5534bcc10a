/** Makes the packages for npm and JSR: `deno task build:npm [--out FOLDER]`, by default in `dist/`. */
import { createHash, type Hash } from "node:crypto";
import { cp } from "node:fs/promises";
import { parseArgs } from "node:util";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import project from "../../deno.json" with { type: "json" };
import { bundlePackage } from "./bundle_package.ts";
import { writeDeclarations } from "./declarations.ts";
import { packageOf } from "./npm_packages.ts";
import { writeJsrPackage } from "./jsr.ts";
import { DENO, type Package, PACKAGES, PROGRAM } from "./packages.ts";

/** The script that npm runs. */
const COMMAND = "graft.js";

const ROOT = new URL("../../", import.meta.url);

/**
 * Writes every package for npm into a folder of its own in `out`, which is emptied first: what
 * `npm pack` and `npm publish` take.
 *
 * @returns the folders
 */
export async function buildPackages(out: string): Promise<string[]> {
  const folders: string[] = [];
  for (const what of PACKAGES) {
    const folder = join(out, what.name);
    await emptied(folder);
    await bundlePackage(what, folder);
    const types = await writeDeclarations(what.entry, join(folder, "types"));
    await copyFiles(what, folder);
    const program = what.command ? await copyProgram(folder) : undefined;
    const manifest = manifestOf(what, `./types/${types}`, program);
    await writeJson(join(folder, "package.json"), manifest);
    folders.push(folder);
  }
  return folders;
}

/** The same for JSR: what `deno publish` takes. */
export async function buildJsrPackage(out: string): Promise<string> {
  const folder = join(out, "jsr");
  await emptied(folder);
  await writeJsrPackage(folder);
  return folder;
}

async function emptied(folder: string): Promise<void> {
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  await Deno.mkdir(folder, { recursive: true });
}

async function copyFiles({ name, files }: Package, folder: string): Promise<void> {
  const readme = `./app/packages/readme/${name.replace(/^@.*\//, "")}.md`;
  const licences = { "LICENSE": "./LICENSE", "LICENCES.md": "./docs/licences.md" };
  for (const [to, from] of Object.entries({ ...files, ...licences, "README.md": readme })) {
    const target = join(folder, to);
    await Deno.mkdir(dirname(target), { recursive: true });
    await Deno.copyFile(new URL(fileOf(from)), target);
  }
}

/** Of a path in the project, or in one of its packages, whether that exports the file or not. */
function fileOf(path: string): string {
  if (path.startsWith("./")) return new URL(path, ROOT).href;
  try {
    return import.meta.resolve(path);
  } catch {
    const name = packageOf(path), main = import.meta.resolve(name);
    const version = main.indexOf("/", main.indexOf(`/${name}/`) + name.length + 2);
    return main.slice(0, version) + path.slice(name.length);
  }
}

/**
 * The command, and the program that it starts, as it lies in the project.
 * @returns a digest of the program, by which its copies are told apart
 */
async function copyProgram(folder: string): Promise<string> {
  await Deno.copyFile(new URL("graft.js", import.meta.url), join(folder, COMMAND));
  for (const place of PROGRAM) {
    const from = fileURLToPath(new URL(place, ROOT));
    await cp(from, join(folder, "program", place), { recursive: true });
  }
  const { workspace, tasks: _, ...settings } = project;
  const members = workspace.filter((member) =>
    PROGRAM.some((place) => member.startsWith(`./${place}/`))
  );
  await writeJson(join(folder, "program", "deno.json"), { ...settings, workspace: members });
  const hash = createHash("sha256");
  await hashTree(join(folder, "program"), hash);
  return hash.digest("hex").slice(0, 12);
}

async function hashTree(folder: string, hash: Hash): Promise<void> {
  const entries = (await Array.fromAsync(Deno.readDir(folder)))
    .sort((a, b) => a.name < b.name ? -1 : 1);
  for (const { name, isDirectory } of entries) {
    hash.update(`${name}\n`);
    if (isDirectory) await hashTree(join(folder, name), hash);
    else hash.update(await Deno.readFile(join(folder, name)));
  }
}

/** What npm is told of a package. */
function manifestOf(what: Package, types: string, program?: string) {
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
    ...(program && { bin: { [name]: `./${COMMAND}` }, config: { deno: DENO, program } }),
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
  console.log(await buildJsrPackage(values.out));
}
