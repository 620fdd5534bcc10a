/** The chain as a pipeline of ours: `deno run -A run_chain.ts FOLDER`. */
import { definePipeline } from "../../pipeline/graph.ts";
import { run } from "../../pipeline/run.ts";
import { file } from "./chain.ts";

const [folder] = Deno.args;
const steps = Number(Deno.readTextFileSync(`${folder}/steps`));
const module = new URL("./copy.ts", import.meta.url);
const name = (step: number) => `s${step}`;
const pipeline = definePipeline(Array.from({ length: steps }, (_, i) => ({
  name: name(i + 1),
  module,
  inputs: i === 0 ? [] : { before: name(i) },
  externals: () => i === 0 ? [`${folder}/${file(0)}`] : [],
  outputs: ["out.txt"],
  reusable: true,
})));
const { status } = await run(pipeline, { store: `${folder}/store` });
Deno.exit(status === "done" ? 0 : 1);
