/** What fetching pretrained weights must be allowed to do. */
import { pipEnvironment, pythonNames } from "../data/download/pip.ts";
import { pretrainedChoices, type PretrainedModel } from "./pretrained.ts";

/** In Deno's terms, beside reading the mirror, and reading and writing the downloads. */
export interface PretrainedNeeds {
  /** Hosts to reach. */
  net: string[];
  /** Programs to run. */
  run: string[];
  /** Environment that these programs need; a `*` ends a prefix. */
  environment: string[];
}

/** The permissions that {@linkcode fetchPretrained} needs for a choice among `models`. */
export function pretrainedNeeds(
  choice: string,
  models: readonly PretrainedModel[],
): PretrainedNeeds {
  const files = pretrainedChoices(choice, models).map(({ pretrained }) => pretrained);
  const hosts = files.flatMap(({ url }) => url === undefined ? [] : [new URL(url).host]);
  const net = [...new Set(hosts)];
  return files.some(({ wheel }) => wheel)
    ? { net, run: pythonNames, environment: pipEnvironment }
    : { net, run: [], environment: [] };
}
