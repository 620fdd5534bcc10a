/** Which networks `--recipe best` compares, and what they come to in bytes. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Architecture } from "../models/architecture.ts";
import { ARCHITECTURES, findArchitecture } from "../models/registry.ts";
import { preprocessingFor } from "../models/seen_as.ts";
import { formatSize } from "./cli/quantities.ts";
import type { TrainingFlags } from "./commands/flags.ts";

/**
 * What `--model` says under `--recipe best`, each once; of a file of weights, nothing. Of `auto` and
 * `all`, those that can see photos of the size that is asked for: see `unableToSee`.
 */
export function comparedNetworks(
  { model, weights, size }: Pick<TrainingFlags, "model" | "weights"> & { size?: number },
): string[] {
  if (weights) return [];
  const able = (names: string[]) => names.filter((name) => sizeObjection(name, size) === undefined);
  const named = [model ?? "auto"].flat().flatMap((name) =>
    isChoice(name) ? able(networksOf(name)) : [name]
  );
  return [...new Set(named)];
}

/** Networks that `auto` or `all` would mean, but for the size that is asked for. */
export function unableToSee(
  { model, size }: Pick<TrainingFlags, "model"> & { size?: number },
): string[] {
  const all = [model ?? "auto"].flat().filter(isChoice).flatMap(networksOf);
  return [...new Set(all)].filter((name) => sizeObjection(name, size) !== undefined);
}

/** Why a network cannot see photos of a size; undefined where it can. */
export function sizeObjection(name: string, size: number | undefined): string | undefined {
  try {
    preprocessingFor(findArchitecture(name), { size });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

const isChoice = (name: string) => name === "auto" || name === "all";
const networksOf = (choice: string) => choice === "auto" ? small() : fetchable();

const fetchable = (isWanted: (architecture: Architecture) => boolean = () => true) =>
  ARCHITECTURES.filter((architecture) => architecture.pretrained && isWanted(architecture))
    .map(({ name }) => name);

const small = () => fetchable(({ pretrained }) => pretrained!.compared === true);

/**
 * What is still to be downloaded of networks, for people.
 * @param folders in which files are looked for before they are downloaded
 */
export function describeDownloads(networks: readonly string[], folders: readonly string[]): string {
  const missing = networks.map((name) => findArchitecture(name).pretrained!)
    .filter(({ file }) => !folders.some((folder) => existsSync(join(folder, file))));
  const total = missing.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
  const unknown = missing.filter(({ bytes }) => bytes === undefined).map(({ name }) => name);
  const more = unknown.length > 0 ? `, and ${unknown.join(", ")}, whose size is not known` : "";
  const what = missing.length === 0
    ? "all of their weights are here"
    : `${formatSize(total)} of weights are downloaded first${more}`;
  return `compares ${networks.join(", ")} by cross-validation: ${what}`;
}
