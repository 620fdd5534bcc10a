/** What a source must be allowed to do. */
import { pipEnvironment, pythonNames } from "../download/pip.ts";
import { hymenopteraHost } from "./hymenoptera_archive.ts";
import type { SourceSpec } from "./spec.ts";

/** In Deno's terms, beside reading and writing the destination and the downloads folder. */
export interface SourceNeeds {
  /** Paths to read. */
  read: string[];
  /** Hosts to reach; `true` for any, as an address may redirect to a host that nobody knows yet. */
  net: string[] | true;
  /** Programs to run. */
  run: string[];
  /** Environment that these programs need; a `*` ends a prefix. */
  environment: string[];
}

/** The permissions that {@linkcode materialize} needs for a source. */
export function sourceNeeds(spec: SourceSpec, mirror?: string): SourceNeeds {
  const read = mirror ? [mirror] : [];
  const none: SourceNeeds = { read, net: [], run: [], environment: [] };
  const pip = { run: pythonNames, environment: pipEnvironment };
  switch (spec.kind) {
    case "auto":
      return { ...none, net: [hymenopteraHost], ...pip };
    case "hymenoptera":
      return { ...none, net: [hymenopteraHost] };
    case "folder":
    case "zip":
    case "tar":
      return { ...none, read: [...read, spec.path] };
    case "url":
      return { ...none, net: true };
    case "pypi":
      return { ...none, ...pip };
  }
}
