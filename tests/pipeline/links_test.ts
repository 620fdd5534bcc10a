/** Files of the user's that stand in an artifact without being copied. */
import assert from "node:assert/strict";
import type { StepDeclaration } from "../../pipeline/declaration.ts";
import { definePipeline } from "../../pipeline/graph.ts";
import { run } from "../../pipeline/run.ts";
import { gc } from "../../pipeline/upkeep/gc.ts";
import { verify } from "../../pipeline/upkeep/verify.ts";
import { Folder, Gate, runAlone, schemaOf, statuses, stepOf, STEPS } from "./rig.ts";

const ignore = Deno.build.os === "windows";
if (ignore) console.log("links: files are copied on Windows, where links take a permission");

/** Links `a.txt` of the user's folder as `files/one/a.txt`. */
function linking(folder: Folder, links?: Record<string, string>): StepDeclaration {
  return {
    name: "links",
    module: new URL("link_files.ts", STEPS),
    parameters: schemaOf({ links: links ?? { "files/one/a.txt": `${folder.path}/user/a.txt` } }),
    inputs: [],
    outputs: ["files", "own.txt"],
    linked: ["files"],
    externals: () => [`${folder.path}/user`],
  };
}

const copying: StepDeclaration = {
  name: "copies",
  module: new URL("copy_input.ts", STEPS),
  parameters: schemaOf({ file: "files/one/a.txt", again: 0 }),
  inputs: ["links"],
  outputs: ["text.txt"],
};

const copied = async (record: Awaited<ReturnType<typeof run>>) =>
  await Deno.readTextFile(`${stepOf(record, "copies").artifact}/text.txt`);

/** Waits until files look untouched. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 2100));

Deno.test("a linked file is read as a copied one is, takes up no room, and outlives the store", {
  ignore,
}, async () => {
  using folder = new Folder();
  folder.write("user/a.txt", "photo");
  const pipeline = definePipeline([linking(folder), copying]);
  const record = await run(pipeline, folder);
  assert.equal(await copied(record), "photo");
  const { artifact } = stepOf(record, "links");
  assert.ok(Deno.lstatSync(`${artifact}/files/one/a.txt`).isSymlink);
  assert.equal(
    Deno.realPathSync(`${artifact}/files/one/a.txt`),
    Deno.realPathSync(`${folder.path}/user/a.txt`),
  );
  assert.deepEqual([...Deno.readDirSync(artifact!)].map(({ name }) => name).sort(), [
    "files",
    "own.txt",
  ]);
  assert.deepEqual(statuses(await run(pipeline, folder)), { links: "cached", copies: "cached" });
  assert.deepEqual(await verify(folder.store), []);
  folder.write("user/a.txt", "other");
  await run(pipeline, folder);
  const garbage = await gc(folder.store, { keepRuns: 1 });
  const [gone] = garbage.filter(({ path }) => path === artifact);
  assert.equal(gone.bytes, "written".length);
  assert.equal(folder.read("user/a.txt"), "other");
});

Deno.test("once the user changes a linked file, nothing is made of it under its former name", {
  ignore,
}, async () => {
  using folder = new Folder();
  folder.write("user/a.txt", "photo");
  const steps = definePipeline([linking(folder), copying]);
  const first = await run(steps, folder);
  folder.write("user/a.txt", "PHOTO");
  const second = await run(steps, folder);
  assert.deepEqual(statuses(second), { links: "ran", copies: "ran" });
  assert.equal(await copied(second), "PHOTO");
  assert.equal(await copied(first), "photo");
  assert.deepEqual(await verify(folder.store), [], "it is no damage to the store");
  folder.write("user/a.txt", "photo");
  const parameters = { copies: { again: 1 } };
  const third = await run(steps, { ...folder, parameters });
  assert.deepEqual(statuses(third), { links: "cached", copies: "ran" });
  assert.equal(await copied(third), "photo");
});

Deno.test("of two folders with equal files, one may vanish: what it was linked to is made anew", {
  ignore,
}, async () => {
  using folder = new Folder();
  folder.write("user/a.txt", "photo");
  const of = (path: string) => ({
    ...linking(folder, { "files/one/a.txt": `${folder.path}/${path}/a.txt` }),
    externals: () => [`${folder.path}/${path}`],
  });
  await run(definePipeline([of("user"), copying]), folder);
  folder.write("moved/a.txt", "photo");
  await run(definePipeline([of("moved"), copying]), folder);
  Deno.removeSync(`${folder.path}/user`, { recursive: true });
  const parameters = { copies: { again: 1 } };
  const record = await run(definePipeline([of("moved"), copying]), { ...folder, parameters });
  assert.deepEqual(statuses(record), { links: "ran", copies: "ran" });
  assert.equal(await copied(record), "photo");
});

Deno.test(
  "a step fails by the name of a linked file that is changed while it runs, but for those it does not read",
  {
    ignore,
  },
  async () => {
    using folder = new Folder();
    await using gate = new Gate();
    folder.write("user/a.txt", "photo");
    folder.write("user/b.txt", "notes");
    await settle();
    const links = {
      "files/one/a.txt": `${folder.path}/user/a.txt`,
      "files/two/b.txt": `${folder.path}/user/b.txt`,
    };
    for (const [changed, status] of [["b.txt", "ran"], ["a.txt", "failed"]]) {
      const waits = gate.step("waits", { inputs: ["links"], reads: { links: ["files/one"] } });
      const steps = definePipeline([linking(folder, links), waits]);
      const running = run(steps, { ...folder, force: ["waits"] });
      const { go } = await gate.arrival();
      folder.write(`user/${changed}`, "OTHER");
      await go();
      const record = await running;
      const waited = stepOf(record, "waits");
      assert.equal(waited.status, status);
      if (status === "failed") {
        assert.match(waited.reason, /while it ran, \/.*\/user\/a\.txt was changed: run again/);
      }
      assert.deepEqual([...Deno.readDirSync(`${folder.store}/tmp`)], []);
    }
  },
);

Deno.test("links lead to nothing but what the step declares, from where it declares it", async () => {
  using folder = new Folder();
  folder.write("user/a.txt", "photo");
  const secret = folder.write("secret/key.txt", "hers");
  if (!ignore) Deno.symlinkSync(secret, `${folder.path}/user/out.txt`);
  const inside = `${folder.path}/user/a.txt`;
  const wrong: [Record<string, string>, RegExp][] = [
    [{ "files/a.txt": secret }, /is linked to .*key\.txt, which the step does not declare to read/],
    [{ "files/a.txt": `${folder.path}/user/../secret/key.txt` }, /does not declare to read/],
    ...ignore ? [] : [[{ "files/a.txt": `${folder.path}/user/out.txt` }, /does not declare/]] as [
      Record<string, string>,
      RegExp,
    ][],
    [{ "files/../../a.txt": inside }, /is not declared to be linked/],
    [{ "own.txt": inside }, /own\.txt is not declared to be linked/],
    [{ "other/a.txt": inside }, /is not declared to be linked/],
    [{ "files/a.txt": `${folder.path}/user/gone.txt` }, /No such file/],
  ];
  for (const [links, message] of wrong) {
    const { status, reason } = await runAlone(linking(folder, links), folder.store);
    assert.equal(status, "failed", JSON.stringify(links));
    assert.match(reason, message);
  }
  const { linked: _, ...step } = linking(folder);
  const { status } = await runAlone({ ...step, outputs: ["own.txt"] }, folder.store);
  assert.equal(status, "ran", "who does not declare them writes a file of that name");
  assert.equal(folder.read("user/a.txt"), "photo");
});
