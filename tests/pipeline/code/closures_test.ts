import assert from "node:assert/strict";
import { Closures } from "../../../pipeline/code/closures.ts";
import { CodeDigests } from "../../../pipeline/code/code_digests.ts";
import { FileDigests } from "../../../pipeline/code/file_digests.ts";
import { definePipeline } from "../../../pipeline/graph.ts";
import { plan } from "../../../pipeline/explain/plan.ts";
import { run } from "../../../pipeline/run.ts";
import { Folder, STEPS, writeText } from "../rig.ts";

/** A project of code, with its closures. */
class Project extends Folder {
  readonly cache = `${this.path}/cache`;

  constructor(files: Record<string, string>) {
    super();
    Deno.mkdirSync(this.cache);
    this.write("deno.json", "{}");
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  url(name: string): URL {
    return new URL(`file://${this.path}/${name}`);
  }

  /** As a new process would find it. */
  closureOf(name: string) {
    const files = new FileDigests();
    return new Closures(files, new CodeDigests(files), this.cache).of(this.url(name));
  }

  async filesOf(name: string): Promise<string[]> {
    return Object.keys((await this.closureOf(name)).files).sort();
  }
}

Deno.test("a closure holds what a module can reach, and no more", async () => {
  using project = new Project({
    "tasks/step.ts": `import { a } from "../rooms/a.ts"; import type { T } from "../rooms/t.ts";
      export default [a, await import("../rooms/lazy.ts")] as unknown as T;`,
    "rooms/a.ts": `import text from "./shader.wgsl" with { type: "text" };
      import json from "./table.json" with { type: "json" };
      export { b } from "./b.ts"; export const a = [text, json];`,
    "rooms/b.ts": "export const b = 1;",
    "rooms/lazy.ts": "export {};",
    "rooms/t.ts": "export type T = number;",
    "rooms/unrelated.ts": "export {};",
    "rooms/shader.wgsl": "// shader",
    "rooms/table.json": "{}",
  });
  assert.deepEqual(await project.filesOf("tasks/step.ts"), [
    "rooms/a.ts",
    "rooms/b.ts",
    "rooms/lazy.ts",
    "rooms/shader.wgsl",
    "rooms/table.json",
    "tasks/step.ts",
  ]);
  assert.equal((await project.closureOf("tasks/step.ts")).module, "tasks/step.ts");
});

Deno.test("workers with their imports, and files named by URL, belong to the closure", async () => {
  using project = new Project({
    "step.ts": `new Worker(new URL("./pool/worker.ts", import.meta.url), { type: "module" });
      const wasm = new URL('./kernel.wasm', import.meta.url), later = import.meta.resolve("./x.bin");
      const other = new URL("https://example.com/a.ts"), folder = new URL("./pool/", import.meta.url);`,
    "pool/worker.ts": `import "./math.ts"; new URL(
        "../table.bin",
        import.meta.url,
      );`,
    "pool/math.ts": "export {};",
    "kernel.wasm": "wasm",
    "x.bin": "x",
    "table.bin": "table",
  });
  const { files, readable } = await project.closureOf("step.ts");
  const named = ["kernel.wasm", "pool/math.ts", "pool/worker.ts", "table.bin", "x.bin"];
  assert.deepEqual(Object.keys(files).sort(), [...named, "step.ts"].sort());
  assert.deepEqual(readable, named.map((name) => `${project.path}/${name}`));
});

Deno.test("a file that code names and that appears later changes the closure", async () => {
  using project = new Project({ "step.ts": `new URL("./kernel.wasm", import.meta.url)` });
  const before = await project.closureOf("step.ts");
  assert.equal(before.files["kernel.wasm"], null);
  assert.deepEqual(before.readable, []);
  project.write("kernel.wasm", "built");
  const after = await project.closureOf("step.ts");
  assert.notEqual(after.files["kernel.wasm"], null);
  assert.deepEqual(after.readable, [`${project.path}/kernel.wasm`]);
});

Deno.test("the kept graph follows every edit of an import", async () => {
  using project = new Project({
    "step.ts": `import "./a.ts";`,
    "a.ts": "export {};",
    "b.ts": "export {};",
  });
  assert.deepEqual(await project.filesOf("step.ts"), ["a.ts", "step.ts"]);
  project.write("a.ts", `import "./b.ts";`);
  assert.deepEqual(await project.filesOf("step.ts"), ["a.ts", "b.ts", "step.ts"]);
  project.write("a.ts", "export {};");
  assert.deepEqual(await project.filesOf("step.ts"), ["a.ts", "step.ts"]);
});

Deno.test("the kept graph follows the import map, also one that appears", async () => {
  using project = new Project({
    "step.ts": `import "room";`,
    "deno.json": `{ "imports": { "room": "./a.ts" } }`,
    "a.ts": "export {};",
    "b.ts": "export {};",
  });
  assert.deepEqual(await project.filesOf("step.ts"), ["a.ts", "step.ts"]);
  project.write("deno.json", `{ "imports": { "room": "./b.ts" } }`);
  assert.deepEqual(await project.filesOf("step.ts"), ["b.ts", "step.ts"]);
});

Deno.test("an unchanged closure is known without asking Deno", async () => {
  using project = new Project({ "step.ts": `import "./a.ts";`, "a.ts": "export {};" });
  const first = await project.closureOf("step.ts");
  const { path } = [...Deno.readDirSync(project.cache)].map(({ name }) => (
    { path: `${project.cache}/${name}` }
  ))[0];
  // Only a graph that was really taken from the cache carries this mark.
  const kept = JSON.parse(Deno.readTextFileSync(path));
  Deno.writeTextFileSync(path, JSON.stringify({ ...kept, packages: { mark: "kept" } }));
  const second = await project.closureOf("step.ts");
  assert.deepEqual(second, { ...first, packages: { mark: "kept" } });
});

Deno.test("packages enter with all that they depend on, by the lock file's integrity", async () => {
  const repository = new URL("../../../", import.meta.url);
  const lock = Deno.readTextFileSync(new URL("deno.lock", repository));
  using project = new Project({
    "deno.json": Deno.readTextFileSync(new URL("deno.json", repository)),
    "deno.lock": lock,
    "step.ts": `import * as fc from "fast-check";
      console.log(fc, import.meta.resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf"));`,
  });
  const { packages, readable } = await project.closureOf("step.ts");
  const integrityOf = JSON.parse(lock).npm;
  const names = Object.keys(packages).map((id) => id.replace(/@[\d.]+$/, "")).sort();
  assert.deepEqual(names, ["dejavu-fonts-ttf", "fast-check", "pure-rand"]);
  for (const [id, integrity] of Object.entries(packages)) {
    assert.equal(integrity, integrityOf[id].integrity);
  }
  assert.deepEqual(
    readable.map((path) => /[^/\\]+[/\\][^/\\]+$/.exec(path)![0]).sort(),
    Object.keys(packages).map((id) => id.replace(/@(?=[\d.]+$)/, "/")).sort(),
  );
});

Deno.test("an import that leads nowhere is named", async () => {
  using project = new Project({
    "file.ts": `import "./nowhere.ts";`,
    "bare.ts": `import "nothing";`,
    "optional.ts": `await import("./nowhere.ts").catch(() => {});`,
  });
  await assert.rejects(project.closureOf("file.ts"), /Module not found "file:.*nowhere\.ts"/);
  await assert.rejects(project.closureOf("bare.ts"), /Import "nothing" not a dependency/);
  assert.deepEqual(await project.filesOf("optional.ts"), ["optional.ts"]);
});

Deno.test("the project's place does not matter", async () => {
  const files = { "tasks/step.ts": `import "../a.ts";`, "a.ts": "export {};" };
  using here = new Project(files);
  using there = new Project(files);
  const [a, b] = [await here.closureOf("tasks/step.ts"), await there.closureOf("tasks/step.ts")];
  assert.deepEqual({ ...a, root: "" }, { ...b, root: "" });
});

Deno.test("editing code reruns the steps that reach it and no others; a comment is only told of", async () => {
  const step = new URL("../../../pipeline/process/step.ts", import.meta.url);
  const module = (imported: string) =>
    `import { runStep } from "${step}"; import { text } from "${imported}";
     await runStep((c) => Deno.writeTextFile(c.output + "/text.txt", text));`;
  using project = new Project({
    "one.ts": module("./shared.ts"),
    "two.ts": module("./own.ts"),
    "shared.ts": `export { text } from "./deep.ts";`,
    "deep.ts": `export const text = "deep";`,
    "own.ts": `export const text = "own";`,
  });
  const pipeline = definePipeline([
    writeText("one", [], { module: project.url("one.ts") }),
    writeText("two", [], { module: project.url("two.ts") }),
  ]);
  await run(pipeline, project);
  const reasonsAfter = async (deep: string) => {
    project.write("deep.ts", deep);
    const planned = await plan(pipeline, project);
    const { steps } = await run(pipeline, project);
    const reasons = Object.fromEntries(steps.map((s) => [s.step, [s.status, s.reason]]));
    assert.deepEqual(
      Object.fromEntries(planned.map(({ step, reason }) => [step, reason])),
      Object.fromEntries(steps.map(({ step, reason }) => [step, reason])),
    );
    return reasons;
  };
  assert.deepEqual(await reasonsAfter(`export const text =\n  "deep"; // as in the deep sea`), {
    one: ["cached", "nothing changed but comments or formatting of deep.ts"],
    two: ["cached", "nothing changed"],
  });
  assert.deepEqual(await reasonsAfter(`export const text = "deep sea";`), {
    one: ["ran", "deep.ts changed (+1 −1 lines)"],
    two: ["cached", "nothing changed"],
  });
});

Deno.test("editing what only a worker reads reruns the step", async () => {
  using project = new Project({});
  for (const name of ["use_worker.ts", "worker/worker.ts", "worker/shout.ts", "worker/data.txt"]) {
    const text = Deno.readTextFileSync(new URL(name, STEPS));
    project.write(
      name,
      text.replace("../../../pipeline", new URL("../../../pipeline", STEPS).href),
    );
  }
  const step = writeText("worker", [], {
    module: project.url("use_worker.ts"),
    parameters: undefined,
  });
  const runs = [];
  for (
    const [name, text] of [[], ["worker/data.txt", "bye"], [
      "worker/shout.ts",
      "export const shout = String;",
    ]]
  ) {
    if (name) project.write(name, text);
    const { steps: [{ artifact, reason }] } = await run(definePipeline([step]), project);
    runs.push([reason, Deno.readTextFileSync(`${artifact}/text.txt`)]);
  }
  assert.deepEqual(runs, [
    ["it never ran", "HELLO!"],
    ["worker/data.txt changed (+1 −2 lines)", "BYE!"],
    ["worker/shout.ts changed (+1 −2 lines)", "bye"],
  ]);
});
