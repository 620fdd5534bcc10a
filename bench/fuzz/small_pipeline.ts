/** A pipeline of four small steps, one of which keeps checkpoints; its results are known. */
import { Checkpoints } from "../../pipeline/process/checkpoints.ts";
import type { Executor } from "../../pipeline/executor.ts";
import type { StandardSchema, StepDeclaration } from "../../pipeline/declaration.ts";
import { definePipeline } from "../../pipeline/graph.ts";

/** Takes anything; `to` is how far `counts` counts. */
const parameters: StandardSchema<object> = {
  "~standard": {
    version: 1,
    vendor: "graft",
    validate: (value) => ({ value: { to: 4, ...value as object } }),
  },
};

const text = (name: string, inputs: string[]): StepDeclaration => ({
  ...{ name, inputs, parameters },
  module: new URL(import.meta.url),
  outputs: ["text.txt", "part"],
  handedOn: ["text.txt"],
});

export const smallPipeline = definePipeline([
  text("a", []),
  text("b", ["a"]),
  {
    ...text("counts", ["a"]),
    checkpointsAcross: ["to"],
  },
  text("d", ["b", "counts"]),
]);

export const insideProcess: Executor = {
  async execute({ request }, { onReady }) {
    await onReady();
    const { step, inputs, output } = request;
    const words = Object.values(inputs).map((path) => Deno.readTextFileSync(`${path}/text.txt`));
    const count = step === "counts" ? await countUp(request.checkpoints) : "";
    Deno.mkdirSync(`${output}/part`);
    Deno.writeTextFileSync(`${output}/part/empty.txt`, "");
    Deno.writeTextFileSync(`${output}/text.txt`, [...words, step, count].join(" "));
    return { status: "done", result: step };
  },
};

/** "0 1 2 3 ", however often it is interrupted. */
async function countUp(folder?: string): Promise<string> {
  const checkpoints = new Checkpoints(folder);
  const start = await checkpoints.latest(4);
  let counted = start ? Deno.readTextFileSync(`${start.path}/counted.txt`) : "";
  for (let i = start?.position ?? 0; i < 4; i++) {
    counted += `${i} `;
    await checkpoints.save(i + 1, (folder) => Deno.writeTextFile(`${folder}/counted.txt`, counted));
  }
  return counted;
}

/** What each step writes. */
export const SMALL_RESULTS: Readonly<Record<string, string>> = {
  a: "a ",
  b: "a  b ",
  counts: "a  counts 0 1 2 3 ",
  d: "a  b  a  counts 0 1 2 3  d ",
};
