/** What fails a step or a command says what to do about it, and leaves nothing half done. */
import assert from "node:assert/strict";
import { serveFile } from "../data/download/file_server.ts";
import { makeZip } from "../data/download/make_zip.ts";
import { graft } from "./graft.ts";
import { statusesOf } from "./pipeline/finished_run.ts";
import { writeRandomWeights } from "./random_weights.ts";

Deno.test("a folder without classes fails its step with a message, and publishes nothing", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/empty`);
  const outcome = await graft(
    ["run", "download_data", "--data=empty", "--store=store", "--backend=wasm", "--json"],
    { cwd: folder },
  );
  assert.equal(outcome.code, 1);
  assert.equal(statusesOf(outcome).download_data, "failed");
  assert.match(outcome.stderr, /empty/);
  assert.doesNotMatch(outcome.stderr, /^\s+at /m);
  const left = await Array.fromAsync(Deno.readDir(`${folder}/store/artifacts`)).catch(() => []);
  for (const { name } of left) {
    assert.deepEqual(await Array.fromAsync(Deno.readDir(`${folder}/store/artifacts/${name}`)), []);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("--max-download refuses a file before it fills the disk, and is no part of what is kept", async () => {
  const folder = await Deno.makeTempDir();
  const archive = makeZip(
    ["train/a/1.png", "train/b/2.png", "val/a/3.png", "val/b/4.png"].map((name) => ({
      name,
      content: new Uint8Array(1000),
    })),
  );
  await using server = serveFile(archive);
  const data = `--data=${server.url.replace("archive.bin", "photos.zip")}`;
  const run = (...more: string[]) =>
    graft(["run", "download_data", data, "--store=store", "--backend=wasm", ...more], {
      cwd: folder,
    });
  const refused = await run("--max-download=2kB");
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /photos\.zip has .* kB, not the 2 kB .* --max-download \d/);
  assert.match(refused.stderr, /To run it again: .* --max-download=2kB/);
  assert.equal((await run("--max-download=1MB")).code, 0);
  assert.match((await run()).stderr, /= download_data +cached/);
  const { code, stderr } = await run("--max-download=much");
  assert.equal(code, 2);
  assert.match(stderr, /a size such as 10GB/);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a report of nothing evaluated says what to run first", async () => {
  const folder = await Deno.makeTempDir();
  const { code, stderr } = await graft(["report", "--store=store"], { cwd: folder });
  assert.equal(code, 1);
  assert.match(stderr, /holds no evaluated model: run `deno task pipeline` first/);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a store without a trained model has nothing to export, and nothing is written", async () => {
  const folder = await Deno.makeTempDir();
  const outcome = await graft(["export", "--format=onnx", "--store=store"], { cwd: folder });
  assert.equal(outcome.code, 1);
  assert.match(outcome.stderr, /no trained model.*deno task pipeline/);
  assert.deepEqual(await Array.fromAsync(Deno.readDir(folder)), []);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("weights of another architecture are refused, naming what does not fit", async () => {
  const folder = await Deno.makeTempDir();
  await writeRandomWeights(`${folder}/other.safetensors`, "mobilenet_v2");
  const { code, stderr } = await graft(
    ["run", "convert_weights", "--weights=other.safetensors", "--model=resnet18", "--store=store"],
    { cwd: folder },
  );
  assert.equal(code, 1);
  assert.match(stderr, /conv1\.weight/);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a relative mirror is meant from where the user stands; a wrong file in it is named", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/files`);
  await Deno.writeTextFile(`${folder}/files/hymenoptera_data.zip`, "something else");
  await Deno.symlink(`${folder}/files`, `${folder}/mirror`); // a link does, too
  const { code, stderr } = await graft(
    ["run", "download_data", "--data=hymenoptera", "--store=store", "--backend=wasm"],
    { cwd: folder, env: { GRAFT_MIRROR: "mirror" } },
  );
  assert.equal(code, 1);
  assert.ok(stderr.includes(`${folder}/files/hymenoptera_data.zip`), stderr);
  assert.match(stderr, /SHA-256/i);
  await Deno.remove(folder, { recursive: true });
});
