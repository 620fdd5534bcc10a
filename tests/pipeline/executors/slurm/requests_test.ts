import assert from "node:assert/strict";
import { partitionOf } from "../../../../pipeline/executors/slurm/partition.ts";
import { parseSlurmFlags, requestsFor } from "../../../../pipeline/executors/slurm/requests.ts";

const parsed = (text: string) => Object.fromEntries(parseSlurmFlags(text));

Deno.test("options of sbatch are read as they are typed, with commas in values", () => {
  assert.deepEqual(parsed("partition=gpu,time=2:00:00,account=x"), {
    partition: "gpu",
    time: "2:00:00",
    account: "x",
  });
  assert.deepEqual(parsed("exclude=n1,n2,n[5-7], exclusive,--qos=high"), {
    exclude: "n1,n2,n[5-7]",
    exclusive: "",
    qos: "high",
  });
  assert.deepEqual(parsed("constraint=a100&ib,comment=a=b"), {
    constraint: "a100&ib",
    comment: "a=b",
  });
});

Deno.test("what is no option, no time, or ours to say is refused by name", () => {
  const wrong: Record<string, RegExp> = {
    "": /^nothing is no option/,
    "gpu": /^gpu is no option/,
    "partition=": /^partition= is no option/,
    "partition=a,,time=1": /^nothing is no option/,
    "array=0-3": /^array is said by graft itself/,
    "partition=a,job-name=x": /^job-name is said by graft itself/,
    "time=soon": /^time=soon is no time of Slurm's/,
    "time=1:2:3:4": /is no time of Slurm's/,
    "Partition=a": /^Partition=a is no option/,
    "$(reboot)=1": /is no option/,
  };
  for (const [text, message] of Object.entries(wrong)) {
    assert.throws(() => parseSlurmFlags(text), { message }, text);
  }
});

/** As `sinfo -N` of a partition with two nodes of four GPUs, and one without. */
const ROWS = [
  ["gpu", "64", "512000", "1-00:00:00", "gpu:a100:4(S:0-1),shard:8"],
  ["gpu", "32", "512000", "1-00:00:00", "gpu:v100:4"],
  ["cpu*", "128", "256000", "infinite", "(null)"],
];

Deno.test("a partition has the cores and GPUs that sinfo says", () => {
  assert.deepEqual(partitionOf(ROWS.slice(0, 2), parseSlurmFlags("partition=gpu")), {
    name: "gpu",
    nodes: [{ cores: 64, gpus: 4, memory: 512000 }, { cores: 32, gpus: 4, memory: 512000 }],
    gpuKinds: ["a100", "v100"],
  });
  assert.deepEqual(
    partitionOf(ROWS.slice(0, 2), parseSlurmFlags("partition=gpu,gres=gpu:v100:1")).gpuKinds,
    ["v100"],
  );
  assert.deepEqual(
    partitionOf(ROWS.slice(0, 2), parseSlurmFlags("partition=gpu,gpus=a100:2")).gpuKinds,
    ["a100"],
  );
  // None is named: the one with a star.
  assert.deepEqual(partitionOf(ROWS, new Map()), {
    name: "cpu",
    nodes: [{ cores: 128, gpus: 0, memory: 256000 }],
    gpuKinds: [],
  });
  const unnamed = partitionOf([["ci*", "2", "2048", "infinite", "gpu:2"]], new Map());
  assert.deepEqual(unnamed, {
    name: "ci",
    nodes: [{ cores: 2, gpus: 2, memory: 2048 }],
    gpuKinds: [""],
  });
});

const GPU = partitionOf(ROWS.slice(0, 2), parseSlurmFlags("partition=gpu"));
const asked = (needs: Omit<Parameters<typeof requestsFor>[0], "here">, text = "") =>
  requestsFor({ ...needs, here: false }, text ? parseSlurmFlags(text) : new Map(), GPU).join(" ");

Deno.test("what a step needs becomes what sbatch is asked", () => {
  assert.equal(asked({ resources: {} }), "--cpus-per-task=1");
  assert.equal(asked({ resources: { cpu: 3, memory: 4000 } }), "--cpus-per-task=3 --mem=4000M");
  assert.equal(asked({ resources: { cpu: 1 / 4 } }), "--cpus-per-task=1");
  // All cores: of the smallest node, but not of a whole large one; with a GPU, the GPU's part.
  assert.equal(asked({ resources: { cpu: Infinity } }), "--cpus-per-task=16");
  assert.equal(asked({ resources: { cpu: Infinity, gpu: 1 } }), "--cpus-per-task=8 --gres=gpu:1");
});

Deno.test("of memory no more is asked than the largest node that fits has, and none that Slurm knows nothing of", () => {
  const askedOf = (nodes: { gpus?: number; memory: number }[], gpu?: number) => {
    const partition = {
      name: "x",
      nodes: nodes.map((node) => ({ cores: 1, gpus: 0, ...node })),
      gpuKinds: [],
    };
    const needs = { resources: { gpu, memory: 4000 }, here: false };
    return requestsFor(needs, new Map(), partition).find((request) => request.startsWith("--mem"));
  };
  assert.equal(askedOf([{ memory: 2048 }, { memory: 4000 }]), "--mem=4000M");
  assert.equal(askedOf([{ memory: 2048 }, { memory: 3999 }]), "--mem=0");
  assert.equal(askedOf([{ gpus: 1, memory: 2048 }, { memory: 64000 }], 1), "--mem=0");
  assert.equal(askedOf([{ memory: 1 }]), undefined);
});

Deno.test("what the user says goes before what a step says of itself", () => {
  assert.equal(
    asked({ resources: { cpu: Infinity, memory: 1 } }, "mem-per-cpu=2G,cpus-per-task=4"),
    "--mem-per-cpu=2G --cpus-per-task=4",
  );
  // Of GPUs, a step that uses none is asked nothing.
  assert.equal(
    asked({ resources: {} }, "partition=gpu,gres=gpu:a100:1"),
    "--partition=gpu --cpus-per-task=1",
  );
  assert.equal(
    asked({ resources: { gpu: 1 } }, "partition=gpu,gres=gpu:a100:1,exclusive"),
    "--partition=gpu --gres=gpu:a100:1 --exclusive --cpus-per-task=1",
  );
});

Deno.test("a job has as much time as its step may take, and a minute; or what the user gives, if less", () => {
  const timeOf = (timeLimit: number | undefined, text?: string) =>
    /--time=(\S+)/.exec(asked({ resources: {}, timeLimit }, text))?.[1];
  assert.equal(timeOf(undefined), undefined);
  assert.equal(timeOf(undefined, "time=2:00:00"), "2:00:00");
  assert.equal(timeOf(90), "3");
  assert.equal(timeOf(90, "time=1-00"), "3");
  assert.equal(timeOf(90, "time=2"), "2");
  assert.equal(timeOf(7200, "time=1:59:00"), "1:59:00");
  assert.equal(timeOf(7200, "time=0-03:00"), "121");
});
