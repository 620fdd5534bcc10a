/** The photos that `--data` names, looked at before anything is downloaded or run for them. */
import { UsageError } from "./cli/errors.ts";
import { checkFile } from "./cli/paths.ts";
import { parseSource, type SourceSpec } from "../data/sources/spec.ts";

/** How the photos were named, and how to go without. */
export interface NamedBy {
  name: string;
  without: string;
}

const BY_FLAG: NamedBy = {
  name: "--data",
  without: "leave --data out to try graft on photos of its own",
};

/** @throws {UsageError} for what is no source of photos */
export function sourceOf(text: string): SourceSpec {
  try {
    return parseSource(text);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/**
 * @param source with an absolute path, where it has one
 * @throws {UsageError} for a folder or archive that is not there, is empty, or is something else
 */
export async function checkData(
  source: string,
  { name, without }: NamedBy = BY_FLAG,
): Promise<void> {
  const spec = parseSource(source);
  if (!("path" in spec)) return;
  const { kind, path } = spec;
  if (kind === "zip" || kind === "tar") {
    await checkFile(name, path);
    if ((await Deno.stat(path)).size > 0) return;
    throw new UsageError(
      `${name} is "${path}", which is empty: ${kind} the folder of photos again`,
    );
  }
  const found = await Deno.stat(path).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw new UsageError(
      `${name} is "${path}", which cannot be read (${error.message}): check its permissions`,
    );
  });
  if (!found) {
    throw new UsageError(
      `${name} is "${path}", but there is no such folder: check the path, or ${without}`,
    );
  }
  if (!found.isDirectory) {
    throw new UsageError(
      `${name} is "${path}", which is a file: name the folder of photos, or a .zip or .tar of one`,
    );
  }
  if (!await hasFiles(path)) {
    throw new UsageError(
      `${name} is "${path}", which is empty: put the photos of each class into a folder ` +
        `there, such as ${path}/cats and ${path}/dogs`,
    );
  }
}

/** Whether any file that is not hidden lies in a folder, at any depth. */
async function hasFiles(folder: string): Promise<boolean> {
  const entries = (await Array.fromAsync(Deno.readDir(folder)))
    .filter(({ name }) => !name.startsWith("."));
  // A link may lead anywhere, also up: who copies the photos looks where.
  if (entries.some(({ isDirectory }) => !isDirectory)) return true;
  for (const { name } of entries) if (await hasFiles(`${folder}/${name}`)) return true;
  return false;
}
