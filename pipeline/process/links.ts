/** Files of the user's that stand in an artifact without being copied, as the orchestrator makes them. */
import { dirname } from "node:path";
import type { Code } from "../code.ts";
import { statOrNull } from "../store/folder.ts";
import type { Artifact } from "../store.ts";
import { only, type Tree } from "../tree.ts";
import { LINKS_FILE } from "./write_links.ts";

/**
 * Puts the links there that a step asked for, or copies, where links take a permission. Links lead
 * past permissions, so they may lead to nothing but what the step was allowed to read of the user's.
 *
 * @param linked what the links must lie in
 * @param externals that they may lead to, and what these hold
 * @returns whether there are links now
 * @throws {Error} for any other
 */
export function placeLinks(
  draft: string,
  linked: readonly string[],
  externals: readonly string[],
): boolean {
  const file = `${draft}/${LINKS_FILE}`;
  if (!statOrNull(file)) return false;
  const links: Record<string, string> = JSON.parse(Deno.readTextFileSync(file));
  Deno.removeSync(file);
  const allowed = externals.map((path) => Deno.realPathSync(path));
  const isWithin = (path: string, folder: string) =>
    path === folder || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
  const made = new Set<string>();
  for (const [path, target] of Object.entries(links)) {
    const isPlain = path.split("/").every((name) => !["", ".", ".."].includes(name));
    if (!isPlain || !linked.some((folder) => path.startsWith(`${folder}/`))) {
      throw new Error(`${path} is not declared to be linked`);
    }
    const real = Deno.realPathSync(target);
    if (!allowed.some((folder) => isWithin(slashed(real), slashed(folder)))) {
      throw new Error(`${path} is linked to ${target}, which the step does not declare to read`);
    }
    const folder = dirname(`${draft}/${path}`);
    if (!made.has(folder)) Deno.mkdirSync(folder, { recursive: true });
    made.add(folder);
    if (Deno.build.os === "windows") Deno.copyFileSync(real, `${draft}/${path}`);
    else Deno.symlinkSync(real, `${draft}/${path}`);
  }
  return made.size > 0 && Deno.build.os !== "windows";
}

const slashed = (path: string) => path.replaceAll("\\", "/");

/** What of an artifact is linked. */
const linkedTree = ({ linked = [], tree }: Artifact["manifest"]): Tree => only(tree, linked);

/** A linked file that is gone, or has another size; undefined where there is none. */
export function findBrokenLink({ path: folder, manifest }: Artifact): string | undefined {
  const broken = linkedTree(manifest).files.find(({ path, size }) =>
    statOrNull(`${folder}/${path}`)?.size !== size
  );
  return broken && `${broken.path} leads to a file that is gone, or was changed`;
}

/**
 * Has a step fail whose input was changed while it ran: what it read may be neither what was there
 * before nor what is there now.
 *
 * @param reads of each input, what the step reads; all where it is left out
 * @throws {Error} naming the file
 */
export async function assertLinksUnchanged(
  inputs: Readonly<Record<string, Artifact>>,
  reads: Readonly<Record<string, readonly string[]>>,
  code: Pick<Code, "digestOf">,
): Promise<void> {
  for (const [name, { path: folder, manifest }] of Object.entries(inputs)) {
    const linked = linkedTree(manifest);
    for (const { path, sha256 } of (reads[name] ? only(linked, reads[name]) : linked).files) {
      const file = Deno.realPathSync(`${folder}/${path}`);
      if (await code.digestOf(file) !== sha256) {
        throw new Error(
          `while it ran, ${file} was changed: run again to have a result that is true`,
        );
      }
    }
  }
}
