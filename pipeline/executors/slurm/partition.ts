/** What the nodes of a partition have, by which steps are planned: a login node is none of them. */
import type { SlurmFlags } from "./requests.ts";

export interface Partition {
  /** As it is asked for; the default one's name where none is. */
  name: string;
  nodes: readonly Node[];
  /** Kinds of GPUs, as Slurm calls them: "a100"; "" where it does not say. */
  gpuKinds: readonly string[];
}

interface Node {
  cores: number;
  gpus: number;
  /** Megabytes; 1 where Slurm was never told. */
  memory: number;
}

/** @param rows as `listNodes` gives them */
export function partitionOf(rows: readonly string[][], flags: SlurmFlags): Partition {
  const asked = flags.get("partition");
  const ours = asked ? rows : rows.filter(([name]) => name.endsWith("*"));
  const counted = ours.map(([, cores, memory, , gres]) => ({
    cores: parseInt(cores),
    memory: parseInt(memory),
    gpus: gpusOf(gres).reduce((sum, { count }) => sum + count, 0),
  }));
  const wanted = [...flags].filter(([name]) => /^(gres|gpus)/.test(name))
    .flatMap(([name, value]) => gpusOf(name === "gres" ? value : `gpu:${value}`))
    .map(({ kind }) => kind).filter(Boolean);
  const kinds = ours.flatMap(([, , , , gres]) => gpusOf(gres).map(({ kind }) => kind));
  return {
    name: asked ?? (ours[0]?.[0] ?? "").replace("*", ""),
    nodes: counted,
    gpuKinds: [...new Set(wanted.length > 0 ? wanted : kinds)],
  };
}

/** Of `gpu:a100:4(S:0-1),shard:8`. */
function gpusOf(gres: string): { kind: string; count: number }[] {
  return gres.replace(/\([^)]*\)/g, "").split(",").flatMap((item) => {
    const [name, ...rest] = item.split(":");
    if (name !== "gpu") return [];
    const isCount = /^\d+$/.test(rest.at(-1) ?? "");
    const count = isCount ? Number(rest.at(-1)) : 1;
    return [{ kind: rest.slice(0, isCount ? -1 : undefined).join(":"), count }];
  });
}
