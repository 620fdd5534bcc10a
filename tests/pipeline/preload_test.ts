/** A module that parameters have loaded before the step's own: its code counts, that of others does not. */
import assert from "node:assert/strict";
import type { StepDeclaration } from "../../pipeline/declaration.ts";
import { definePipeline } from "../../pipeline/graph.ts";
import { plan } from "../../pipeline/explain/plan.ts";
import { run } from "../../pipeline/run.ts";
import { Folder, schemaOf } from "./rig.ts";

const STEP = new URL("../../pipeline/process/step.ts", import.meta.url);
const ITEMS = new URL("../../pipeline/process/item_cache.ts", import.meta.url);

/** A step that says a word by whichever device was loaded, and keeps what it said. */
class Project extends Folder {
  readonly #url = (name: string) => new URL(`file://${this.path}/project/${name}`);
  readonly step: StepDeclaration<{ device: string; times: number }> = {
    name: "say",
    module: this.#url("step.ts"),
    preload: ({ device }) => this.#url(`${device}.ts`),
    parameters: schemaOf({ device: "loud", times: 1 }),
    inputs: [],
    outputs: ["text.txt"],
    itemCache: { said: this.#url("say.ts") },
  };

  constructor() {
    super();
    const files = {
      "deno.json": "{}",
      "devices.ts": "export const devices: ((text: string) => string)[] = [];",
      "loud.ts":
        `import { devices } from "./devices.ts"; devices.push((text) => text.toUpperCase() + "!");`,
      "quiet.ts": `import { devices } from "./devices.ts"; devices.push((text) => text + ".");`,
      "say.ts":
        `import { devices } from "./devices.ts"; export const say = () => devices[0]("word");`,
      "step.ts": `import { runStep } from "${STEP}"; import { ItemCache } from "${ITEMS}";
        import { say } from "./say.ts";
        await runStep<{ times: number }>(async ({ output, parameters, itemCaches }) => {
          await using cache = new ItemCache(itemCaches.said, {});
          const key = cache.keyOf(new Uint8Array(1)), kept = cache.get(key);
          const said = kept ? new TextDecoder().decode(kept) : say();
          if (!kept) cache.put(key, new TextEncoder().encode(said));
          await Deno.writeTextFile(output + "/text.txt", said.repeat(parameters.times));
        });`,
    };
    for (const [name, text] of Object.entries(files)) this.write(`project/${name}`, text);
  }

  edit(name: string, from: string, to: string): void {
    this.write(`project/${name}`, this.read(`project/${name}`).replace(from, to));
  }

  async made(parameters: { device: string; times?: number }, step: StepDeclaration = this.step) {
    const pipeline = definePipeline([step]);
    const options = { store: this.store, parameters: { say: parameters } };
    const [{ status: planned }] = await plan(pipeline, options);
    const { steps: [{ status, artifact, error }] } = await run(pipeline, options);
    assert.equal(planned, status === "ran" ? "would_run" : status, error?.message);
    return [status, Deno.readTextFileSync(`${artifact}/text.txt`)];
  }
}

Deno.test("a step is keyed by the code that its parameters have loaded, and finds it", async () => {
  using project = new Project();
  const loud = { device: "loud" }, quiet = { device: "quiet" };
  assert.deepEqual(await project.made(loud), ["ran", "WORD!"]);
  assert.deepEqual(await project.made(quiet), ["ran", "word."]);
  project.edit("quiet.ts", `"."`, `"?"`);
  assert.deepEqual(await project.made(loud), ["cached", "WORD!"]);
  assert.deepEqual(await project.made(quiet), ["ran", "word?"]);
  project.edit("devices.ts", "= []", "= [];;");
  assert.deepEqual(await project.made(loud), ["ran", "WORD!"]);
});

Deno.test("which of two modules is loaded first is in the key, though both are reached", async () => {
  using project = new Project();
  project.edit("say.ts", "import", `import "./loud.ts"; import "./quiet.ts"; import`);
  assert.deepEqual(await project.made({ device: "loud" }), ["ran", "WORD!"]);
  const [step] = definePipeline([{ ...project.step, notInKey: ["device"] }]).steps;
  const made = (device: string) => project.made({ device }, step);
  assert.deepEqual(await made("loud"), ["ran", "WORD!"]);
  assert.deepEqual(await made("quiet"), ["ran", "word."]);
});

Deno.test("what is kept of single items is of the code that was loaded, too", async () => {
  using project = new Project();
  const loud = { device: "loud" };
  assert.deepEqual(await project.made(loud), ["ran", "WORD!"]);
  project.edit("loud.ts", `"!"`, `"!!"`);
  // As often as before, and more often: neither takes what the code of before said.
  assert.deepEqual(await project.made(loud), ["ran", "WORD!!"]);
  assert.deepEqual(await project.made({ ...loud, times: 2 }), ["ran", "WORD!!WORD!!"]);
  assert.deepEqual(await project.made({ device: "quiet", times: 2 }), ["ran", "word.word."]);
});

Deno.test("a module to be loaded that is not there is told before anything runs", async () => {
  using project = new Project();
  const pipeline = definePipeline([{
    name: "say",
    module: new URL(`file://${project.path}/project/step.ts`),
    preload: () => new URL(`file://${project.path}/project/missing.ts`),
    inputs: [],
    outputs: ["text.txt"],
  }]);
  const [{ status, reason }] = await plan(pipeline, project);
  assert.equal(status, "blocked");
  assert.match(reason, /missing\.ts/);
  const { steps: [ran] } = await run(pipeline, project);
  assert.equal(ran.status, "failed");
  assert.match(ran.reason, /missing\.ts/);
});
