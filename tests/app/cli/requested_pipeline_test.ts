import assert from "node:assert/strict";
import * as v from "valibot";
import { defineSettings, type Program } from "../../../app/cli/application.ts";
import { type CommandContext, defineCommand } from "../../../app/cli/command.ts";
import { flag, integer, number } from "../../../app/cli/flag.ts";
import { requestedPipeline } from "../../../app/cli/requested_pipeline.ts";
import { SWEEP } from "../../../app/cli/shared_flags.ts";
import { expand } from "../../../pipeline/expand.ts";
import { definePipeline } from "../../../pipeline/graph.ts";
import type { RunRecord } from "../../../pipeline/run_record.ts";
import { parse } from "./parse.ts";

const module = new URL("file:///step.ts");
const pipeline = definePipeline([
  { name: "fetch", module, inputs: [], outputs: [] },
  { name: "train", module, inputs: ["fetch"], outputs: [] },
]);

const settings = v.object({
  lr: flag(number(v.number()), { value: "X", help: "a number", axis: "list" }),
  seed: flag(integer(0), { value: "N", help: "a whole number", axis: "list" }),
});

const program: Program = {
  pipeline: () => Promise.resolve(pipeline),
  settings: defineSettings(settings, ({ lr, seed }) =>
    Promise.resolve({
      parameters: { train: { lr, seed } },
      notes: ["on this machine", `learning rate ${lr}`],
    })),
  sweep: (_, settings) => {
    const { steps, parameters } = expand(pipeline, settings);
    return { pipeline: definePipeline(steps), parameters, conclude: () => ["concluded"] };
  },
};

const command = defineCommand({
  name: "run",
  group: "",
  summary: "",
  flags: v.object({ ...settings.entries, ...SWEEP.entries }),
  run: () => Promise.resolve(0),
});

function requested(...args: string[]) {
  const { flags, axes, positionals } = parse([command], "run", args);
  const context = { flags, axes, folder: "/", store: "/store" };
  return requestedPipeline(program, context as unknown as CommandContext<unknown>, positionals);
}

Deno.test("without axes it is the pipeline as it is", async () => {
  const { targets, parameters, conclude, ...wanted } = await requested("train", "--lr=0.1");
  assert.equal(wanted.pipeline, pipeline);
  assert.deepEqual(targets, ["train"]);
  assert.deepEqual(parameters, { train: { lr: 0.1, seed: undefined } });
  // This program has nothing to say.
  assert.equal(conclude({} as RunRecord), undefined);
});

Deno.test("axes give every combination, and notes only what holds for all", async () => {
  const { pipeline: { steps }, parameters, targets, notes } = await requested(
    "--lr=1,2",
    "--sweep=seed=0..1",
  );
  assert.deepEqual(steps.map(({ name }) => name), [
    "fetch",
    "train@lr=1,seed=0",
    "train@lr=1,seed=1",
    "train@lr=2,seed=0",
    "train@lr=2,seed=1",
  ]);
  assert.deepEqual(parameters["train@lr=2,seed=0"], { lr: 2, seed: 0 });
  assert.equal(targets, undefined);
  assert.deepEqual(notes, ["on this machine", "a sweep over 2 × lr, 2 × seed: 5 steps"]);
});

Deno.test("a list of values that is one setting goes to the flag whole, but for --sweep", async () => {
  const joining: Program = {
    ...program,
    settings: { ...program.settings, isOneSetting: (name) => name === "seed" },
  };
  const requestedOf = (...args: string[]) => {
    const { flags, axes } = parse([command], "run", args);
    const context = { flags, axes, folder: "/", store: "/store" };
    return requestedPipeline(joining, context as unknown as CommandContext<unknown>);
  };
  const { parameters, pipeline: { steps } } = await requestedOf("--seed=1,2");
  assert.deepEqual(parameters, { train: { lr: undefined, seed: [1, 2] } });
  assert.equal(steps.length, 2);
  const swept = await requestedOf("--sweep=seed=1,2");
  assert.equal(swept.pipeline.steps.length, 3);
});

Deno.test("settings that have other steps are no table, which is told", async () => {
  const varying: Program = {
    ...program,
    pipeline: (flags) =>
      Promise.resolve(
        (flags as { seed?: number }).seed === 2
          ? definePipeline([{ name: "train", module, inputs: [], outputs: [] }])
          : pipeline,
      ),
  };
  const { flags, axes } = parse([command], "run", ["--seed=1,2"]);
  const context = { flags, axes, folder: "/", store: "/store" };
  await assert.rejects(
    requestedPipeline(varying, context as unknown as CommandContext<unknown>),
    { name: "UsageError", message: /other steps one than the other.*deno task compare/ },
  );
});

Deno.test("when a sweep is over, the program does what it does after any run; the sweep speaks", async () => {
  const over: string[] = [];
  const asked = { ...program, conclude: (_: RunRecord, store: string) => void over.push(store) };
  const { flags, axes } = parse([command], "run", ["--lr=1,2"]);
  const context = { flags, axes, folder: "/", store: "/store" };
  const { conclude } = await requestedPipeline(
    asked as unknown as Program,
    context as unknown as CommandContext<unknown>,
  );
  assert.deepEqual(await conclude({} as RunRecord), ["concluded"]);
  assert.deepEqual(over, ["/store"]);
});

Deno.test("a step's name means all its instances, an instance's that one", async () => {
  const all = await requested("train", "--lr=1,2");
  assert.deepEqual(all.targets, ["train@lr=1", "train@lr=2"]);
  const one = await requested("train@lr=2", "--lr=1,2");
  assert.deepEqual(one.targets, ["train@lr=2"]);
  await assert.rejects(requested("trian", "--lr=1,2"), /no step "trian": did you mean train\?/);
  await assert.rejects(requested("train@lr=3", "--lr=1,2"), /did you mean train@lr=1\?/);
});
