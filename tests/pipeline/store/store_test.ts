/** What every store must do, tried on each kind of store. */
import assert from "node:assert/strict";
import { LayeredStore } from "../../../pipeline/store/layered_store.ts";
import type { RunRecord } from "../../../pipeline/run_record.ts";
import type { Store } from "../../../pipeline/store.ts";
import { Folder } from "../rig.ts";
import { fileStore, keyOfVersion, publish } from "./publish.ts";
import { remoteAt } from "./remote/remotes.ts";
import { S3Server } from "./remote/s3_server.ts";

const KINDS: Record<string, (root: string, server: S3Server) => Store> = {
  "a store in a folder": fileStore,
  "a store with a read-only one behind it": (root) =>
    new LayeredStore(fileStore(root), [fileStore(`${root}_behind`)]),
  "a store with one on another machine behind it": (root, server) => {
    const remote = remoteAt(server);
    return new LayeredStore(fileStore(root), [], [remote], remote);
  },
};

const recordOf = (id: string): RunRecord => ({
  id,
  pipeline: "p",
  status: "running",
  started: "then",
  seconds: 1,
  targets: [],
  parameters: {},
  steps: [],
});

for (const [kind, open] of Object.entries(KINDS)) {
  const test = (name: string, body: (store: Store, folder: Folder) => Promise<void>) =>
    Deno.test(`${kind} ${name}`, async () => {
      using folder = new Folder();
      await using server = new S3Server("team");
      await body(open(folder.store, server), folder);
    });

  test("finds nothing at first", async (store) => {
    assert.deepEqual(await store.find("a", keyOfVersion("a", 1)), {});
    assert.deepEqual(await store.manifests("a", 9), []);
    assert.deepEqual([...await store.steps() ?? []], []);
  });

  test("finds what was published, and only under its step and key", async (store) => {
    const published = await publish(store, "a", 1, { "text.txt": "one", "in/deep.txt": "two" });
    assert.deepEqual(await store.find("a", keyOfVersion("a", 1)), { artifact: published });
    assert.equal(Deno.readTextFileSync(`${published.path}/in/deep.txt`), "two");
    assert.deepEqual(await store.find("a", keyOfVersion("a", 2)), {});
    assert.deepEqual(await store.find("b", keyOfVersion("a", 1)), {});
    assert.deepEqual([...await store.steps() ?? []], ["a"]);
  });

  test("does not show a draft, and removes it when told", async (store, folder) => {
    const draft = await store.draft("a");
    Deno.writeTextFileSync(`${draft}/text.txt`, "half");
    assert.deepEqual(await store.find("a", keyOfVersion("a", 1)), {});
    await store.discard(draft);
    assert.deepEqual([...Deno.readDirSync(`${folder.store}/tmp`)], []);
    await store.discard(draft);
  });

  test("keeps equal content once and lists every manifest, newest first", async (store) => {
    const one = await publish(store, "a", 1, { "text.txt": "same" });
    const two = await publish(store, "a", 2, { "text.txt": "same" });
    const three = await publish(store, "a", 3, { "text.txt": "other" });
    assert.equal(two.path, one.path);
    assert.notEqual(three.path, one.path);
    const results = (await store.manifests("a", 9)).map(({ result }) => result);
    assert.deepEqual(results.toSorted(), [1, 2, 3]);
    assert.equal((await store.manifests("a", 2)).length, 2);
  });

  test("does not serve an artifact that lost or grew a file", async (store) => {
    const key = keyOfVersion("a", 1);
    const { path } = await publish(store, "a", 1, { "x.txt": "1234", "in/y.txt": "5" });
    Deno.truncateSync(`${path}/x.txt`, 2);
    assert.deepEqual(await store.find("a", key), { damage: "x.txt has 2 bytes instead of 4" });
    Deno.removeSync(`${path}/x.txt`);
    assert.deepEqual(await store.find("a", key), { damage: "x.txt is missing" });
    Deno.removeSync(path, { recursive: true });
    assert.match((await store.find("a", key)).damage!, /is missing/);
  });

  test("tells of changed content when it is asked to look, and forgets the artifact when told", async (store) => {
    const key = keyOfVersion("a", 1);
    const artifact = await publish(store, "a", 1, { "x.txt": "1234" });
    assert.equal(await store.inspect(artifact), undefined);
    assert.deepEqual(await store.find("a", key), { artifact });
    Deno.writeTextFileSync(`${artifact.path}/x.txt`, "12x4");
    assert.equal(await store.inspect(artifact), "x.txt has other content");
    await store.forget(artifact);
    assert.deepEqual(await store.find("a", key), {});
  });

  test("heals damaged content when it is published again", async (store) => {
    const files = { "x.txt": "1234" };
    const { path } = await publish(store, "a", 1, files);
    // The same size: only its content tells.
    Deno.writeTextFileSync(`${path}/x.txt`, "12x4");
    const healed = await publish(store, "a", 1, files);
    assert.equal(healed.path, path);
    assert.equal(Deno.readTextFileSync(`${path}/x.txt`), "1234");
  });

  test("does not trust a manifest that is cut short or altered", async (store, folder) => {
    const key = keyOfVersion("a", 1);
    await publish(store, "a", 1, { "x.txt": "1234" });
    const file = `${folder.store}/entries/a/${key}.json`;
    const text = Deno.readTextFileSync(file);
    for (
      const wrong of [
        "",
        text.slice(0, 200),
        "{}",
        text.replace(`"seconds": 1`, `"seconds": 2`),
        text.replace(/"sha256": "./, `"sha256": "z`),
        text.replace(`"version": 1`, `"version": 2`),
      ]
    ) {
      assert.notEqual(wrong, text);
      Deno.writeTextFileSync(file, wrong);
      assert.equal((await store.find("a", key)).artifact, undefined, wrong);
    }
  });

  test("gives a step the same checkpoints again, by their key, until it shall begin afresh", async (store) => {
    const folder = await store.checkpoints("a", "k", "first run", false);
    Deno.writeTextFileSync(`${folder}/state.txt`, "kept");
    assert.equal(await store.checkpoints("a", "k", "second run", false), folder);
    assert.equal(Deno.readTextFileSync(`${folder}/state.txt`), "kept");
    for (const [step, key] of [["a", "l"], ["b", "k"]]) {
      assert.deepEqual([...Deno.readDirSync(await store.checkpoints(step, key, "run", false))], []);
    }
    assert.equal(await store.checkpoints("a", "k", "third run", true), folder);
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  });

  test("gives a cache of items the same folder again, by its name and key", async (store) => {
    const folder = await store.itemCache("a", "k", "first run");
    Deno.writeTextFileSync(`${folder}/values.txt`, "kept");
    assert.equal(await store.itemCache("a", "k", "second run"), folder);
    assert.equal(Deno.readTextFileSync(`${folder}/values.txt`), "kept");
    for (const [name, key] of [["a", "l"], ["b", "k"]]) {
      assert.deepEqual([...Deno.readDirSync(await store.itemCache(name, key, "run"))], []);
    }
  });

  test("keeps code by its digest, the first that came", async (store, folder) => {
    const [one, two] = [folder.write("one.ts", "one"), folder.write("two.ts", "two")];
    assert.equal(await store.text("1".repeat(64)), undefined);
    await store.keepText("1".repeat(64), one);
    await store.keepText("1".repeat(64), two);
    await store.keepText("2".repeat(64), two);
    assert.equal(await store.text("1".repeat(64)), "one");
    assert.equal(await store.text("2".repeat(64)), "two");
  });

  test("keeps the records of runs, newest first, and their names", async ({ runs }) => {
    const [first, second] = [await runs.begin(), await runs.begin()];
    assert.ok(Deno.statSync(second.folder).isDirectory);
    assert.deepEqual(await runs.ids(), [second.id, first.id]);
    assert.equal(await runs.read(first.id), undefined);
    const record = recordOf(first.id);
    await runs.write(record);
    await runs.write({ ...record, seconds: 2 });
    assert.deepEqual(await runs.read(first.id), { ...record, seconds: 2 });
    await runs.pin("best", first.id);
    await runs.pin("best", second.id);
    await runs.pin("other", first.id);
    assert.deepEqual([...await runs.pins()], [["best", second.id], ["other", first.id]]);
    await runs.unpin("other");
    assert.deepEqual([...await runs.pins()], [["best", second.id]]);
  });

  test("changes the logs of a run, and nothing else of it", async ({ runs }) => {
    const { id, folder } = await runs.begin();
    await runs.write(recordOf(id));
    Deno.writeTextFileSync(`${folder}/a.log`, "one two");
    await runs.rewriteLogs(id, (text) => text.replace("two", "three"));
    assert.equal(Deno.readTextFileSync(`${folder}/a.log`), "one three");
    assert.deepEqual(await runs.read(id), recordOf(id));
  });

  test("puts manifests in the place of others, which stay as new as they were", async (store) => {
    const first = await publish(store, "a", 1, { "text.txt": "one" });
    const file = `${store.name}/entries/a/${first.manifest.key}.json`;
    Deno.utimeSync(file, 1000, 1000);
    const second = await publish(store, "a", 2, { "text.txt": "two" });
    await store.upkeep.rewrite(
      "a",
      (manifest) =>
        manifest.key === first.manifest.key ? { ...manifest, result: "changed" } : undefined,
    );
    const { artifact } = await store.find("a", first.manifest.key);
    assert.deepEqual([artifact?.path, artifact?.manifest.result], [first.path, "changed"]);
    const keys = (await store.manifests("a")).map(({ key }) => key);
    assert.deepEqual(keys, [second.manifest.key, first.manifest.key]);
  });

  test("has the disk hold what was published, once it is asked to", async (store) => {
    const { path, manifest } = await publish(store, "a", 1, { "text.txt": "one" });
    await store.settle();
    await store.settle();
    assert.equal((await store.find("a", manifest.key)).artifact?.path, path);
  });

  test(
    "lists all that takes up room, manifests before what they describe",
    async (store, folder) => {
      const { path, manifest } = await publish(store, "a", 1, { "text.txt": "four" });
      await store.checkpoints("a", "c", "some run", false);
      await store.itemCache("features", "i", "some run");
      await store.keepText("1".repeat(64), folder.write("code.ts", "code!"));
      await store.draft("b");
      const { id } = await store.runs.begin();
      await store.runs.write(recordOf(id));
      const contents = await store.upkeep.contents();
      assert.deepEqual(contents.map(({ what }) => what), [
        "draft",
        "manifest",
        "artifact",
        "checkpoints",
        "items",
        "code",
        "run",
      ]);
      const [, entry, artifact, checkpoints, items, code, run] = contents;
      assert.ok(entry.what === "manifest" && entry.artifact === path);
      assert.deepEqual(entry.manifest, manifest);
      assert.deepEqual([artifact.path, artifact.bytes], [path, 4]);
      assert.ok(checkpoints.what === "checkpoints" && checkpoints.run === "some run");
      assert.ok(items.what === "items" && items.run === "some run");
      assert.deepEqual([items.name, items.key], ["features", "i"]);
      assert.equal(code.bytes, 5);
      assert.ok(run.what === "run" && run.run === id);
      for (const holding of contents) await store.upkeep.remove(holding.path);
      assert.deepEqual(await store.upkeep.contents(), []);
      assert.deepEqual(await store.find("a", manifest.key), {});
    },
  );

  test("is used by many, or by one who looks after it", async (store) => {
    const [one, two] = [await store.use(), await store.use()];
    assert.equal(await store.upkeep.useAlone(), undefined);
    one[Symbol.dispose]();
    assert.equal(await store.upkeep.useAlone(), undefined);
    two[Symbol.dispose]();
    using alone = await store.upkeep.useAlone();
    assert.ok(alone);
    const options = { signal: AbortSignal.timeout(100) };
    await assert.rejects(store.use(options), { name: "TimeoutError" });
  });

  test("gives the lock of a key to one at a time", async (store) => {
    const first = await store.lock("a", "k");
    let waited = false;
    const controller = new AbortController();
    const onWait = () => {
      waited = true;
      controller.abort(new Error("given up"));
    };
    await assert.rejects(store.lock("a", "k", { onWait, signal: controller.signal }), /given up/);
    assert.ok(waited);
    (await store.lock("a", "other key"))[Symbol.dispose]();
    const second = store.lock("a", "k", { onWait: () => first[Symbol.dispose]() });
    (await second)[Symbol.dispose]();
  });
}

Deno.test("code that only the store behind has is found there", async () => {
  using folder = new Folder();
  const behind = fileStore(`${folder.path}/team`);
  await behind.keepText("1".repeat(64), folder.write("one.ts", "one"));
  const store = new LayeredStore(fileStore(folder.store), [behind]);
  assert.equal(await store.text("1".repeat(64)), "one");
});

Deno.test("what the store behind has is served from there, and nothing is written to it", async () => {
  using folder = new Folder();
  const behind = fileStore(`${folder.path}/team`);
  const theirs = await publish(behind, "a", 1, { "x.txt": "theirs" });
  const before = listing(`${folder.path}/team`);
  const store = new LayeredStore(fileStore(folder.store), [behind]);
  assert.deepEqual(await store.find("a", keyOfVersion("a", 1)), { artifact: theirs });
  const ours = await publish(store, "a", 2, { "x.txt": "ours" });
  await publish(store, "b", 1, { "x.txt": "ours" });
  assert.deepEqual([...await store.steps() ?? []].sort(), ["a", "b"]);
  assert.ok(ours.path.startsWith(`${folder.store}/`));
  assert.deepEqual((await store.manifests("a", 9)).map(({ result }) => result), [2, 1]);
  Deno.truncateSync(`${ours.path}/x.txt`);
  assert.match((await store.find("a", keyOfVersion("a", 2))).damage!, /0 bytes instead of 4/);
  assert.deepEqual(listing(`${folder.path}/team`), before);
  Deno.writeTextFileSync(`${theirs.path}/x.txt`, "Theirs");
  assert.equal(await store.inspect(theirs), "x.txt has other content");
  await store.forget(theirs);
  assert.deepEqual(listing(`${folder.path}/team`), before);
});

function listing(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? listing(`${folder}/${name}`) : [`${folder}/${name}`]
  ).sort();
}
