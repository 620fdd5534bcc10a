/** Which networks `--recipe best` compares, and what they come to in bytes. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Architecture } from "../models/architecture.ts";
import { ARCHITECTURES, findArchitecture } from "../models/registry.ts";
import { formatSize } from "./cli/quantities.ts";
import type { TrainingFlags } from "./commands/flags.ts";

/** `auto` compares networks whose weights are no larger: they train in minutes without a GPU. */
const SMALL = 50e6;

/** What `--model` says under `--recipe best`, each once; of a file of weights, nothing. */
export function comparedNetworks(
  { model, weights }: Pick<TrainingFlags, "model" | "weights">,
): string[] {
  if (weights) return [];
  const named = [model ?? "auto"].flat().flatMap((name) =>
    name === "auto" ? small() : name === "all" ? fetchable() : [name]
  );
  return [...new Set(named)];
}

const fetchable = (isWanted: (architecture: Architecture) => boolean = () => true) =>
  ARCHITECTURES.filter((architecture) => architecture.pretrained && isWanted(architecture))
    .map(({ name }) => name);

const small = () => fetchable(({ pretrained }) => (pretrained!.bytes ?? Infinity) <= SMALL);

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
