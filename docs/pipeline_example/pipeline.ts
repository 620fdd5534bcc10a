import * as v from "valibot";
import { definePipeline, defineStep, run } from "../../pipeline/mod.ts";

const module = (name: string) => new URL(`./${name}.ts`, import.meta.url);
const [file, store = ".words", top = "3"] = Deno.args;
const text = await Deno.realPath(file); // a step runs in a folder of its own

const pipeline = definePipeline([
  defineStep({
    name: "split",
    module: module("split"),
    parameters: v.object({ text: v.string() }),
    externals: ({ text }) => [text], // its content is part of the key, and the step may read it
    inputs: [],
    outputs: ["words.json"],
  }),
  defineStep({
    name: "count",
    module: module("count"),
    inputs: ["split"],
    outputs: ["counts.json"],
  }),
  defineStep({
    name: "rank",
    module: module("rank"),
    parameters: v.object({ top: v.number() }),
    inputs: ["count"],
    outputs: ["ranking.txt"],
  }),
]);

const { status } = await run(pipeline, {
  store,
  parameters: { split: { text }, rank: { top: Number(top) } },
  onEvent: (event) => console.log(JSON.stringify(event)),
});
Deno.exit(status === "done" ? 0 : 1);
