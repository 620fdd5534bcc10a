/** Stores that cannot be used say so. */
import assert from "node:assert/strict";
import { Checkpoints } from "../../../pipeline/process/checkpoints.ts";
import { definePipeline } from "../../../pipeline/graph.ts";
import { plan } from "../../../pipeline/explain/plan.ts";
import { run } from "../../../pipeline/run.ts";
import { Folder, misbehave, writeText } from "../rig.ts";

const pipeline = definePipeline([writeText("a")]);

Deno.test("a store in the place of a file is refused by name", async () => {
  using folder = new Folder();
  const file = folder.write("file", "");
  for (const store of [file, `${file}/store`]) {
    await assert.rejects(run(pipeline, { store }), (error: Error) => {
      assert.equal(error.name, "StoreError");
      assert.ok(error.message.startsWith(`cannot use the store ${store}: a file stands where`));
      return true;
    });
  }
});

Deno.test("a store whose parent folders are missing is made with them", async () => {
  using folder = new Folder();
  const { status } = await run(pipeline, { store: `${folder.path}/not/yet/store/` });
  assert.equal(status, "done");
});

/** Runs `body` on a disk of its own of `options`, where this user may mount one. */
async function onDisk(options: string, body: (disk: string) => Promise<void>): Promise<void> {
  using folder = new Folder();
  const disk = `${folder.path}/disk`;
  Deno.mkdirSync(disk);
  const mount = (...args: string[]) =>
    new Deno.Command(args[0], { args: args.slice(1), stderr: "null" }).outputSync().success;
  const mounted = Deno.build.os === "linux" &&
    mount("mount", "-t", "tmpfs", "-o", options, "tmpfs", disk);
  if (!mounted) return console.log("skipped: this user may not mount a disk");
  try {
    await body(disk);
  } finally {
    mount("umount", disk);
  }
}

Deno.test("a disk that fills up fails the step with a clear error, and a rerun recovers", () =>
  onDisk("size=1m", async (disk) => {
    using folder = new Folder();
    const text = "x".repeat(2_000_000);
    const large = misbehave("read", folder.write("large.txt", text), {
      permissions: () => ({ read: true }),
    });
    const full = await run(definePipeline([large]), { store: `${disk}/store` });
    assert.equal(full.steps[0].status, "failed");
    assert.match(
      full.steps[0].error!.message,
      /No space left on device.*: the disk is full: free some space, and run again$/,
    );
    assert.deepEqual([...Deno.readDirSync(`${disk}/store/tmp`)], []);
    const small = await run(pipeline, { store: `${disk}/store` });
    assert.equal(small.status, "done");
  }));

Deno.test("a disk that fills up while a checkpoint is written leaves the one before it", () =>
  onDisk("size=1m", async (disk) => {
    const checkpoints = new Checkpoints(disk);
    await checkpoints.save(1, (folder) => Deno.writeTextFile(`${folder}/text.txt`, "one"));
    const large = "x".repeat(2_000_000);
    await assert.rejects(
      checkpoints.save(2, (folder) => Deno.writeTextFile(`${folder}/text.txt`, large)),
      /No space left on device/,
    );
    const { position, path } = (await checkpoints.latest())!;
    assert.deepEqual([position, Deno.readTextFileSync(`${path}/text.txt`)], [1, "one"]);
    await checkpoints.save(2, (folder) => Deno.writeTextFile(`${folder}/text.txt`, "two"));
    assert.equal((await checkpoints.latest())!.position, 2);
  }));

Deno.test("a full disk is named as the store's problem", () =>
  onDisk("size=1m", async (disk) => {
    const filler = Deno.openSync(`${disk}/filler`, { write: true, create: true });
    try {
      for (;;) filler.writeSync(new Uint8Array(4096));
    } catch {
      filler.close();
    }
    await assert.rejects(run(pipeline, { store: `${disk}/store` }), {
      name: "StoreError",
      message: /^cannot use the store .*: its disk is full: free some space, or choose another/,
    });
  }));

Deno.test("a read-only store is planned with, and named when it would have to be written", () =>
  onDisk("size=9m", async (disk) => {
    const store = `${disk}/store`;
    await run(pipeline, { store });
    const remounted = new Deno.Command("mount", { args: ["-o", "remount,ro", disk] }).outputSync();
    assert.ok(remounted.success);
    assert.deepEqual((await plan(pipeline, { store })).map(({ status }) => status), ["cached"]);
    await assert.rejects(run(pipeline, { store }), {
      name: "StoreError",
      message: /it may not be written to: change its permissions, or choose another store/,
    });
    using folder = new Folder();
    const { steps } = await run(pipeline, { ...folder, readFrom: [store] });
    assert.deepEqual(steps.map(({ status }) => status), ["cached"]);
    assert.ok(steps[0].artifact!.startsWith(store));
  }));
