/** What one shares others bring: on the tests' own server, on moto's, and read from a web server. */
import assert from "node:assert/strict";
import { LayeredStore } from "../../../../pipeline/store/layered_store.ts";
import { openRemote } from "../../../../pipeline/store/remote/open_remote.ts";
import type { RemoteStore } from "../../../../pipeline/store/remote/remote_store.ts";
import { readTree } from "../../../../pipeline/store/read_tree.ts";
import type { Artifact } from "../../../../pipeline/store.ts";
import { Folder } from "../../rig.ts";
import { fileStore, keyOfVersion, publish } from "../publish.ts";
import { MotoServer } from "./moto_server.ts";
import { HASTE, objectsAt, remoteAt } from "./remotes.ts";
import { S3Server } from "./s3_server.ts";

/** Names that URLs, XML and signatures each spell in ways of their own. */
const HOSTILE = {
  "plain.txt": "plain",
  "a b+c%41&d=é (1)!*'~.txt": "signs",
  "in/deep/猫 %2F.txt": "deep",
  "empty": "",
};

/** A user with a store of their own, which has others behind it. */
function user(folder: Folder, name: string, remote: RemoteStore, shared?: RemoteStore) {
  return new LayeredStore(fileStore(`${folder.path}/${name}`), [], [remote], shared);
}

async function bring(store: LayeredStore, step: string, version: number): Promise<Artifact> {
  const { elsewhere } = await store.find(step, keyOfVersion(step, version));
  assert.ok(elsewhere, "it is not found elsewhere");
  return await elsewhere.bring();
}

interface Place {
  endpoint: string;
  bucket: string;
}

/** All that holds of any server that speaks S3. */
const CONTRACT: Record<string, (place: Place, partSize: number, folder: Folder) => Promise<void>> =
  {
    "there is no store before one shares": async (place, partSize) => {
      const remote = remoteAt(place, { prefix: "new", partSize });
      await assert.rejects(
        remote.reach(),
        /s3:\/\/team\/new is no store .* check the address; a run with --share makes one/,
      );
      await remoteAt(place, { prefix: "new", partSize }).prepare();
      await remoteAt(place, { prefix: "new", partSize }).reach();
      await remoteAt(place, { prefix: "new", partSize }).prepare();
    },

    "what one shares another one brings, byte for byte": async (place, partSize, folder) => {
      const options = { prefix: "bytes/and more+", partSize };
      const large = Uint8Array.from({ length: 2.5 * partSize }, (_, i) => (i * 7919) >> 3);
      const own = fileStore(`${folder.path}/ann`);
      const remote = remoteAt(place, options);
      const ann = new LayeredStore(own, [], [], remote);
      const draft = await own.draft("a");
      Deno.mkdirSync(`${draft}/nothing/here`, { recursive: true });
      Deno.writeFileSync(`${draft}/large.bin`, large);
      Deno.renameSync(draft, `${folder.path}/draft`);
      const published = await publish(own, "a", 1, HOSTILE, `${folder.path}/draft`);
      const { files, bytes } = await ann.sharing!.share(published);
      assert.deepEqual([files, bytes], [5, 5 + 5 + 4 + large.length]);

      const bob = user(folder, "bob", remoteAt(place, options));
      assert.equal((await bob.find("a", keyOfVersion("a", 1))).artifact, undefined);
      const brought = await bring(bob, "a", 1);
      assert.deepEqual(brought.manifest, published.manifest);
      assert.ok(brought.path.startsWith(`${folder.path}/bob/`));
      assert.deepEqual(await readTree(brought.path), published.manifest.tree);
      assert.deepEqual(Deno.readFileSync(`${brought.path}/large.bin`), large);
      assert.ok(Deno.statSync(`${brought.path}/nothing/here`).isDirectory);
      // From now on it is there, whatever becomes of the other store.
      const again = await fileStore(`${folder.path}/bob`).find("a", keyOfVersion("a", 1));
      assert.equal(again.artifact?.path, brought.path);
    },

    "what is there is not sent again, and what is missing of it is": async (
      place,
      partSize,
      folder,
    ) => {
      const options = { prefix: "again", partSize };
      const own = fileStore(`${folder.path}/ann`);
      const artifact = await publish(own, "a", 1, { "x.txt": "xx", "y.txt": "yyy" });
      const other = await publish(own, "a", 2, { "x.txt": "xx", "y.txt": "yyy" });
      const share = (which: Artifact) => remoteAt(place, options).share(which);
      assert.deepEqual(await share(artifact), { files: 2, bytes: 5 });
      assert.deepEqual(await share(artifact), { files: 0, bytes: 0 });
      assert.deepEqual(await share(other), { files: 0, bytes: 0 });
      const { objects } = objectsAt(place, options);
      const path = artifact.path.slice(artifact.path.indexOf("artifacts/"));
      await objects.write(`${path}/y.txt`, new Uint8Array(2));
      assert.deepEqual(await share(artifact), { files: 1, bytes: 3 });
      const bob = user(folder, "bob", remoteAt(place, options));
      assert.deepEqual((await bring(bob, "a", 2)).manifest.result, 2);
    },

    "an entry is the first one's, and what it names is whole, when several share at once": async (
      place,
      partSize,
      folder,
    ) => {
      const options = { prefix: "several", partSize };
      const people = await Promise.all(["ann", "bob", "eve"].map(async (name) => {
        const own = fileStore(`${folder.path}/${name}`);
        const artifacts = [];
        for (let version = 0; version < 4; version++) {
          artifacts.push(await publish(own, "a", version, { "t.txt": `${name} made ${version}` }));
        }
        return { remote: remoteAt(place, options), artifacts };
      }));
      await Promise.all(
        people.flatMap(({ remote, artifacts }) =>
          artifacts.map((artifact) => remote.share(artifact))
        ),
      );
      const first = user(folder, "first", remoteAt(place, options));
      const second = user(folder, "second", remoteAt(place, options));
      for (let version = 0; version < 4; version++) {
        const brought = await bring(first, "a", version);
        const text = Deno.readTextFileSync(`${brought.path}/t.txt`);
        assert.match(text, new RegExp(`^(ann|bob|eve) made ${version}$`));
        const entry = (await bring(second, "a", version)).manifest;
        assert.deepEqual(entry, brought.manifest);
      }
      for (const { remote, artifacts } of people) {
        for (const artifact of artifacts) assert.equal((await remote.share(artifact)).files, 0);
      }
      assert.deepEqual(await first.find("a", keyOfVersion("a", 1)), {
        artifact: (await first.find("a", keyOfVersion("a", 1))).artifact,
      });
    },

    "manifests are listed, the newest first, in pages": async (place, partSize, folder) => {
      const options = { prefix: "lists", partSize };
      const own = fileStore(`${folder.path}/ann`);
      const remote = remoteAt(place, options);
      assert.deepEqual([...await remote.steps() ?? ["?"]], []);
      for (const [step, version] of [["a", 1], ["a", 2], ["b é", 1], ["a", 3]] as const) {
        await remote.share(await publish(own, step, version, { "x.txt": `${version}` }));
        // Servers keep times in seconds, or in thousandths.
        if (version < 3) await new Promise((resolve) => setTimeout(resolve, 2));
      }
      assert.deepEqual([...await remoteAt(place, options).steps() ?? []].sort(), ["a", "b é"]);
      const results = (await remoteAt(place, options).manifests("a")).map(({ result }) => result);
      assert.deepEqual(results.toSorted(), [1, 2, 3]);
      assert.equal((await remoteAt(place, options).manifests("a", 2)).length, 2);
      assert.deepEqual(await remoteAt(place, options).manifests("c"), []);
    },

    "an object that was altered, cut short or taken away is a miss that is told": async (
      place,
      partSize,
      folder,
    ) => {
      const own = fileStore(`${folder.path}/ann`);
      const artifact = await publish(own, "a", 1, { "x.txt": "right", "y.txt": "y" });
      const path = artifact.path.slice(artifact.path.indexOf("artifacts/"));
      const spoil: [string, string, string, RegExp][] = [
        ["altered", `${path}/x.txt`, "wrong", /x\.txt has other content, so it is passed over/],
        ["cut", `${path}/x.txt`, "rig", /x\.txt has 3 bytes instead of 5/],
        ["grown", `${path}/x.txt`, "right!", /x\.txt has 6 bytes instead of 5/],
        ["empty", `${path}/x.txt`, "", /x\.txt has 0 bytes instead of 5/],
        ["entry", `entries/a/${artifact.manifest.key}.json`, "{", /cut short or altered/],
      ];
      for (const [prefix, key, content, told] of spoil) {
        const options = { prefix, partSize };
        await remoteAt(place, options).share(artifact);
        await objectsAt(place, options).objects.write(key, new TextEncoder().encode(content));
        const remote = remoteAt(place, options);
        const bob = user(folder, `bob ${prefix}`, remote);
        const found = await bob.find("a", artifact.manifest.key);
        if (found.elsewhere) await assert.rejects(found.elsewhere.bring(), told);
        else assert.match(found.notes!.join(), told);
        assert.deepEqual(
          await bob.find("a", artifact.manifest.key),
          {},
          "told once, and found no more",
        );
        assert.deepEqual([...Deno.readDirSync(`${folder.path}/bob ${prefix}/tmp`)], []);
        // Who made it anew heals it for all.
        assert.ok((await remote.share(artifact)).files <= 2);
        const brought = await bring(
          user(folder, `eve ${prefix}`, remoteAt(place, options)),
          "a",
          1,
        );
        assert.equal(Deno.readTextFileSync(`${brought.path}/x.txt`), "right");
      }
    },

    "what is no longer as it was published is not shared": async (place, partSize, folder) => {
      const own = fileStore(`${folder.path}/ann`);
      const large = "l".repeat(1.5 * partSize);
      const artifact = await publish(own, "a", 1, { "x.txt": "right", "large.txt": large });
      for (const [name, text] of [["x.txt", "wrong"], ["large.txt", `${large.slice(1)}L`]]) {
        const options = { prefix: `honest ${name}`, partSize };
        const right = Deno.readTextFileSync(`${artifact.path}/${name}`);
        Deno.writeTextFileSync(`${artifact.path}/${name}`, text);
        await assert.rejects(
          remoteAt(place, options).share(artifact),
          new RegExp(`${name} is not what was published: \`deno task verify\` lists`),
        );
        const { manifest } = await remoteAt(place, options).find("a", artifact.manifest.key);
        assert.equal(manifest, undefined);
        Deno.writeTextFileSync(`${artifact.path}/${name}`, right);
        assert.ok((await remoteAt(place, options).share(artifact)).files > 0);
      }
    },
  };

for (const [name, body] of Object.entries(CONTRACT)) {
  Deno.test(`on a server of S3, ${name}`, async () => {
    using folder = new Folder();
    await using server = new S3Server("team", { pageSize: 2 });
    await body(server, 1000, folder);
    assert.equal(server.uploads.size, 0, "no parts are left lying");
  });
}

Deno.test("on moto's server of S3, all of that", async (test) => {
  const server = await MotoServer.start();
  if (typeof server === "string") {
    console.log(`SKIPPED: ${server}`);
    return;
  }
  await using _ended = server;
  await server.makeBucket("team");
  const place = { endpoint: server.endpoint, bucket: "team" };
  for (const [name, body] of Object.entries(CONTRACT)) {
    await test.step(name, async () => {
      using folder = new Folder();
      // Smaller parts are refused by Amazon's.
      await body(place, 5 << 20, folder);
    });
  }
});

/** A folder as any web server has it. */
function serveFolder(root: string, guard?: (request: Request) => boolean) {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    if (guard && !guard(request)) return new Response("who?", { status: 401 });
    const path = decodeURIComponent(new URL(request.url).pathname);
    try {
      return new Response((await Deno.open(root + path)).readable);
    } catch {
      return new Response("none", { status: 404 });
    }
  });
}

Deno.test("a store in a folder that any web server serves is one to read", async () => {
  using folder = new Folder();
  const own = fileStore(`${folder.path}/team/store`);
  const published = await publish(own, "a", 1, HOSTILE);
  const server = serveFolder(`${folder.path}/team`);
  const at = `http://127.0.0.1:${server.addr.port}`;
  const remote = openRemote(`${at}/store/`, undefined, HASTE);
  await remote.reach();
  const bob = user(folder, "bob", remote);
  assert.equal(await bob.steps(), undefined);
  assert.deepEqual(await bob.find("a", keyOfVersion("a", 2)), {});
  const brought = await bring(bob, "a", 1);
  assert.deepEqual(await readTree(brought.path), published.manifest.tree);
  assert.deepEqual(await bob.manifests("a"), [published.manifest]);
  await assert.rejects(remote.share(published), /is only read: share to s3:\/\/BUCKET\/PREFIX/);
  await assert.rejects(
    openRemote(`${at}/elsewhere`, undefined, HASTE).reach(),
    /http:\/\/127\.0\.0\.1:\d+\/elsewhere is no store \(it has no store\.json\): check the address$/,
  );
  await server.shutdown();
});

Deno.test("what opens a web server is sent, and stands in no message", async () => {
  using folder = new Folder();
  const published = await publish(fileStore(`${folder.path}/store`), "a", 1, { "x.txt": "x" });
  const server = serveFolder(
    folder.path,
    (request) =>
      request.headers.get("authorization") === `Basic ${btoa("me:p@ss")}` &&
      new URL(request.url).searchParams.get("sig") === "t0ken",
  );
  const at = (pass: string) => `http://me:${pass}@127.0.0.1:${server.addr.port}/store?sig=t0ken`;
  const right = openRemote(at("p%40ss"), undefined, HASTE);
  await right.reach();
  assert.deepEqual((await right.find("a", published.manifest.key)).manifest, published.manifest);
  const wrong = openRemote(at("s3cret"), undefined, HASTE);
  const refused = await wrong.reach().then(() => "", (error) => `${error.stack} ${error.cause}`);
  assert.match(refused, /may not be read \(401\): check the address, and the name and password/);
  await server.shutdown();
  const gone = openRemote(at("s3cret"), undefined, HASTE);
  const lost = await gone.reach().then(() => "", (error) => `${error.stack} ${error.cause}`);
  assert.match(lost, /cannot be used: it refuses the connection, 3 times in a row/);
  for (const message of [refused, lost]) assert.doesNotMatch(message, /s3cret|t0ken|me:/);
});
