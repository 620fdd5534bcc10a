/** The package for JSR: the library's sources as they lie in the project, under a name with a scope. */
import { cp, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import project from "../../deno.json" with { type: "json" };
import { NAMES } from "./packages.ts";

const ROOT = new URL("../../", import.meta.url);

/** What of the project the public modules need; and what says what it is. */
const LIBRARY = [
  "backend",
  "CHANGELOG.md",
  "data",
  "docs/library.md",
  "docs/licences.md",
  "export",
  "inference",
  "LICENSE",
  "mod.ts",
  "models",
  "pipeline",
  "README.md",
  "report",
  "training",
  "weights",
];

/**
 * Writes the folder that `deno publish` takes. It is no part of the project as Deno sees it, whose
 * name has no scope, so that whoever links the clone imports from "graft".
 */
export async function writeJsrPackage(folder: string): Promise<void> {
  for (const place of LIBRARY) {
    const target = join(folder, place);
    await mkdir(dirname(target), { recursive: true });
    await cp(fileURLToPath(new URL(place, ROOT)), target, { recursive: true });
  }
  const { version, license, exports, imports, compilerOptions, exclude } = project;
  const settings = {
    name: NAMES.jsr,
    version,
    license,
    exports,
    imports,
    compilerOptions,
    // AssemblyScript's sources are no modules.
    exclude,
  };
  await writeFile(join(folder, "deno.json"), JSON.stringify(settings, null, 2) + "\n");
}
