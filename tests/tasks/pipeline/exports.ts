/** The model of a whole run, taken elsewhere. */
import assert from "node:assert/strict";
import { graft } from "../graft.ts";
import { artifactOf, finishedRun, readJson } from "./finished_run.ts";

Deno.test("an exported model says of itself what it is, and predicts the same", async () => {
  const { folder, at } = await finishedRun();
  const exported = await graft(
    ["export", "--format=pytorch", "--out=taken/mine.pth", "--store=store", "--json"],
    at,
  );
  assert.equal(exported.code, 0, exported.stderr);
  const [{ files, classes }] = exported.json;
  assert.deepEqual(classes, ["blue", "red"]);
  assert.deepEqual(
    files.map(({ path }: { path: string }) => path.slice(folder.length)),
    ["/taken/mine.md", "/taken/mine.pth"],
  );
  const card = await Deno.readTextFile(`${folder}/taken/mine.md`);
  assert.match(card, /of 6 val photos/);
  assert.match(card, /From photos \(SHA-256 [0-9a-f]{64}\)/);
  assert.match(card, /\| train +\| blue +\| 6 +\|/);
  const [ours, theirs] = await Promise.all(["--store=store", "--weights=taken/mine.pth"].map(
    async (source) => (await graft(["predict", "mine.png", source, "--json"], at)).json[0],
  ));
  assert.deepEqual(theirs.top, ours.top);
  const start = await graft(
    ["run", "convert_weights", "--weights=taken/mine.pth", "--store=other", "--json"],
    at,
  );
  assert.equal(start.code, 0, start.stderr);
  const manifest = await readJson(`${artifactOf(start, "convert_weights")}/model.json`);
  assert.deepEqual([manifest.architecture, manifest.classes], ["mobilenet_v2", 2]);

  const again = await graft(
    ["export", "--format=pytorch", "--out=taken/mine.pth", "--store=store"],
    at,
  );
  assert.equal(again.code, 1);
  assert.match(again.stderr, /mine\.\w+ is there already: .* --force/);
});

Deno.test("a file of int8 is measured by the photos kept aside, answers again, and teaches none", async () => {
  const { folder, at, outcome } = await finishedRun();
  const exported = await graft(
    ["export", "--format=onnx", "--precision=int8", "--store=store", "--json"],
    at,
  );
  assert.equal(exported.code, 0, exported.stderr);
  const [{ measured, input, precision, classes }] = exported.json;
  assert.deepEqual([input, precision, classes], ["photos", "int8", ["blue", "red"]]);
  assert.deepEqual([measured.total, measured.of], [6, 6]);
  const { branches } = await readJson(`${artifactOf(outcome, "evaluate")}/metrics.json`);
  const better = Math.max(branches.finetune.correct, branches.frozen.correct);
  assert.equal(measured.model.correct, better);
  const card = await Deno.readTextFile(`${folder}/exported/onnx_int8/README.md`);
  assert.match(
    card,
    /integers of 8 bits \(int8\): .* it is right on \d \([\d.]+%\) of the 6 photos/,
  );
  const file = "--weights=exported/onnx_int8/model.onnx";
  const { code, json: [{ label, top }], stderr } = await graft([
    "predict",
    "mine.png",
    file,
    "--json",
  ], at);
  assert.equal(code, 0, stderr);
  assert.ok(classes.includes(label) && top.length === 2);
  const start = await graft(["run", "convert_weights", file, "--store=other"], at);
  assert.equal(start.code, 1);
  assert.match(start.stdout + start.stderr, /answers, but training cannot start from it/);
});

Deno.test("the page is written as files", async () => {
  const { folder, at } = await finishedRun();
  const { code, stderr } = await graft(["export", "--format=page", "--store=store"], at);
  assert.equal(code, 0, stderr);
  const names = Array.from(Deno.readDirSync(`${folder}/exported/page`), ({ name }) => name);
  for (const name of ["index.html", "app.js", "model.json", "weights.safetensors", "README.md"]) {
    assert.ok(names.includes(name), name);
  }
  const { origin } = await readJson(`${folder}/exported/page/model.json`);
  assert.equal(origin.data, "photos");
  const { json: runs } = await graft(["runs", "--store=store", "--json"], at);
  const theirs = runs.filter(({ id }: { id: string }) => id.includes(origin.run));
  assert.deepEqual(theirs.map(({ started }: { started: string }) => started), [origin.started]);
});

Deno.test("a run that was trained but not evaluated is not exported unasked", async () => {
  const { folder, at } = await finishedRun();
  await new Deno.Command("cp", { args: ["-r", `${folder}/store`, `${folder}/cut`] }).output();
  await Deno.remove(`${folder}/cut/entries/evaluate`, { recursive: true });
  const unasked = await graft(["export", "--format=onnx", "--store=cut"], at);
  assert.equal(unasked.code, 1);
  assert.match(unasked.stderr, /not finished: .* `deno task evaluate`.* --branch finetune/);
  const asked = await graft(["export", "--format=onnx", "--store=cut", "--branch=frozen"], at);
  assert.equal(asked.code, 0, asked.stderr);
  assert.match(await Deno.readTextFile(`${folder}/exported/onnx/README.md`), /not evaluated/);
});
