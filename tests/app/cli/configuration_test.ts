import assert from "node:assert/strict";
import type { Application, CommandContext } from "../../../app/cli/application.ts";
import { configure } from "../../../app/cli/configuration.ts";
import { parseFlags } from "../../../app/cli/parse_flags.ts";
import { expand } from "../../../pipeline/expand.ts";
import { definePipeline } from "../../../pipeline/graph.ts";
import type { RunRecord } from "../../../pipeline/run_record.ts";

const module = new URL("file:///step.ts");
const pipeline = definePipeline([
  { name: "fetch", module, inputs: [], outputs: [] },
  { name: "train", module, inputs: ["fetch"], outputs: [] },
]);

const app: Application = {
  pipeline,
  defaultStore: "/store",
  configure: ({ lr, seed }) =>
    Promise.resolve({
      parameters: { train: { lr, seed } },
      notes: ["on this machine", `learning rate ${lr}`],
    }),
  sweep: (settings) => {
    const { steps, parameters } = expand(pipeline, settings);
    return { pipeline: definePipeline(steps), parameters, conclude: () => "concluded" };
  },
  commands: {},
};

function configured(...args: string[]) {
  const flags = parseFlags(args);
  const context = { flags, operands: flags.positionals, folder: "/", store: "/store" };
  return configure(app, context as CommandContext);
}

Deno.test("without axes it is the pipeline as it is", async () => {
  const { targets, parameters, conclude, ...wanted } = await configured("train", "--lr=0.1");
  assert.equal(wanted.pipeline, pipeline);
  assert.deepEqual(targets, ["train"]);
  assert.deepEqual(parameters, { train: { lr: "0.1", seed: undefined } });
  // This application has nothing to say.
  assert.equal(conclude!({} as RunRecord), undefined);
});

Deno.test("axes give every combination, and notes only what holds for all", async () => {
  const { pipeline: { steps }, parameters, targets, notes } = await configured(
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
  assert.deepEqual(parameters["train@lr=2,seed=0"], { lr: "2", seed: "0" });
  assert.equal(targets, undefined);
  assert.deepEqual(notes, ["on this machine", "a sweep over 2 × lr, 2 × seed: 5 steps"]);
});

Deno.test("a step's name means all its instances, an instance's that one", async () => {
  const all = await configured("train", "--lr=1,2");
  assert.deepEqual(all.targets, ["train@lr=1", "train@lr=2"]);
  const one = await configured("train@lr=2", "--lr=1,2");
  assert.deepEqual(one.targets, ["train@lr=2"]);
  await assert.rejects(configured("trian", "--lr=1,2"), /no step "trian": did you mean train\?/);
  await assert.rejects(configured("train@lr=3", "--lr=1,2"), /did you mean train@lr=1\?/);
});
