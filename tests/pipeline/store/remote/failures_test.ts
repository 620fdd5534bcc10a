/** What networks, servers, clocks and rights do to a store on another machine, and what is said of it. */
import assert from "node:assert/strict";
import { LayeredStore } from "../../../../pipeline/store/layered_store.ts";
import type { RemoteStore } from "../../../../pipeline/store/remote/remote_store.ts";
import { parseAddress, type S3Address } from "../../../../pipeline/store/remote/address.ts";
import { Requests } from "../../../../pipeline/store/remote/requests.ts";
import { S3Objects } from "../../../../pipeline/store/remote/s3_objects.ts";
import type { Artifact } from "../../../../pipeline/store.ts";
import { Folder } from "../../rig.ts";
import { fileStore, keyOfVersion, publish } from "../publish.ts";
import { HASTE, objectsAt, remoteAt } from "./remotes.ts";
import { failure, KEYS, type Rules, S3Server } from "./s3_server.ts";

const CONTENT = "0123456789".repeat(50);

/** A server on which an artifact is shared, and then obeys other rules. */
async function withShared(
  rules: Rules,
  body: (server: S3Server, folder: Folder, artifact: Artifact) => Promise<void>,
): Promise<void> {
  using folder = new Folder();
  await using server = new S3Server("team");
  const artifact = await publish(fileStore(`${folder.path}/ann`), "a", 1, { "x.txt": CONTENT });
  await remoteAt(server).prepare();
  await remoteAt(server).share(artifact);
  server.rules = rules;
  server.asked.length = 0;
  await body(server, folder, artifact);
}

async function bringText(folder: Folder, remote: RemoteStore): Promise<string> {
  const store = new LayeredStore(fileStore(folder.store), [], [remote]);
  const { elsewhere, notes } = await store.find("a", keyOfVersion("a", 1));
  assert.ok(elsewhere, notes?.join());
  const { path } = await elsewhere.bring();
  return Deno.readTextFileSync(`${path}/x.txt`);
}

const isContent = (url: URL) => url.pathname.endsWith("/x.txt");

Deno.test("a transfer that breaks off goes on where it was", async () => {
  let left = 2;
  const fault = (_: Request, url: URL) =>
    isContent(url) && left-- > 0 ? { truncateAt: 100 } : undefined;
  await withShared({ fault }, async (server, folder) => {
    const ranges: (string | null)[] = [];
    server.rules.fault = (request, url) => {
      if (isContent(url)) ranges.push(request.headers.get("range"));
      return fault(request, url);
    };
    assert.equal(await bringText(folder, remoteAt(server)), CONTENT);
    assert.equal(ranges[0], null);
    assert.equal(ranges.length, 3);
  });
});

Deno.test("a server that knows no ranges sends all of it again, and nothing is mixed", async () => {
  let left = 2;
  const fault = (request: Request, url: URL) => {
    if (!isContent(url)) return undefined;
    if (left-- > 0) return { truncateAt: 100 };
    return request.headers.get("range") ? new Response(CONTENT) : undefined;
  };
  await withShared({ fault }, async (server, folder) => {
    assert.equal(await bringText(folder, remoteAt(server)), CONTENT);
  });
});

Deno.test("a transfer that never ends whole is given up, and named", async () => {
  const fault = (_: Request, url: URL) => isContent(url) ? { truncateAt: 0 } : undefined;
  await withShared({ fault }, async (server, folder) => {
    await assert.rejects(
      bringText(folder, remoteAt(server)),
      /s3:\/\/team\/a\/prefix cannot be used: the connection (broke off|failed), 3 times in a row: check the network/,
    );
    assert.deepEqual([...Deno.readDirSync(`${folder.store}/tmp`)], [], "nothing is left of it");
  });
});

Deno.test("a server that is busy is asked again, and given up where it stays so", async () => {
  let left = 2;
  const fault = () => left-- > 0 ? failure(503, "SlowDown") : undefined;
  await withShared({ fault }, async (server, folder) => {
    assert.equal(await bringText(folder, remoteAt(server)), CONTENT);
    server.rules.fault = () => failure(500, "InternalError");
    const remote = remoteAt(server);
    const { note } = await remote.find("a", keyOfVersion("a", 1));
    assert.match(note!, /it answers 500, 3 times in a row: .* not asked any more in this run$/);
    server.asked.length = 0;
    assert.deepEqual(await remote.find("a", keyOfVersion("a", 2)), {});
    assert.deepEqual(server.asked, []);
    await assert.rejects(remoteAt(server).reach(), /it answers 500, 3 times in a row/);
  });
});

Deno.test("a server from which nothing is heard is not waited for; one that is slow is", async () => {
  const slow = (_: Request, url: URL) => isContent(url) ? { delay: 20, every: 100 } : undefined;
  const patience = { ...HASTE, silence: 300 };
  await withShared({ fault: slow }, async (server, folder) => {
    assert.equal(await bringText(folder, remoteAt(server, { patience })), CONTENT);
  });
  const silent = (_: Request, url: URL) => isContent(url) ? { delay: 5_000 } : undefined;
  await withShared({ fault: silent }, async (server, folder) => {
    await assert.rejects(
      bringText(folder, remoteAt(server, { patience: { ...patience, attempts: 2 } })),
      /nothing was heard of it for 0\.3 s, 2 times in a row/,
    );
  });
});

Deno.test("a clock that is wrong is made up for, on either side", async () => {
  for (const ahead of [3_600_000, -7_200_000]) {
    await withShared({ ahead }, async (server, folder) => {
      assert.equal(await bringText(folder, remoteAt(server)), CONTENT);
      // It is asked for the time once.
      assert.equal(server.asked.length, 3);
    });
  }
});

Deno.test("a bucket of another region is found there", async () => {
  await withShared({ region: "eu-central-2" }, async (server, folder) => {
    assert.equal(await bringText(folder, remoteAt(server, { region: "us-west-1" })), CONTENT);
    assert.equal(server.asked.length, 3);
  });
});

Deno.test("a public bucket is read without credentials, and another one says what to do", async () => {
  await withShared({ isPublic: true }, async (server, folder) => {
    const anonymous = { credentials: undefined, source: "no credentials" };
    assert.equal(await bringText(folder, remoteAt(server, anonymous)), CONTENT);
    server.rules.isPublic = false;
    await assert.rejects(
      remoteAt(server, anonymous).reach(),
      /cannot be read \(403 AccessDenied\): it is not public: give credentials by AWS_ACCESS_KEY_ID/,
    );
  });
});

Deno.test("who may not list can read, and what is not there is a miss and no refusal", async () => {
  await withShared({ forbidden: ["list"] }, async (server, folder) => {
    const remote = remoteAt(server);
    await remote.reach();
    assert.deepEqual(await remote.find("a", keyOfVersion("a", 2)), { manifest: undefined });
    assert.equal(await remote.steps(), undefined);
    assert.deepEqual(await remote.manifests("a"), []);
    assert.equal(await bringText(folder, remote), CONTENT);
  });
});

Deno.test("each refusal names its remedy, and no secret", async () => {
  await withShared({}, async (server, folder, artifact) => {
    const stranger = { accessKeyId: "AKIDSTRANGER", secretAccessKey: "hidden" };
    const wrong = { ...KEYS, secretAccessKey: "hidden" };
    const cases: [RemoteStore, RegExp][] = [
      [
        remoteAt(server, { credentials: stranger }),
        /InvalidAccessKeyId\): it does not know the cr/,
      ],
      [
        remoteAt(server, { credentials: wrong }),
        /the secret key of the test is not the one of that/,
      ],
      [
        remoteAt({ ...server, endpoint: server.endpoint, bucket: "others" }),
        /no bucket others: check/,
      ],
    ];
    for (const [remote, told] of cases) {
      const message = await remote.reach().then(() => "", (error) => `${error.stack}`);
      assert.match(message, told);
      assert.doesNotMatch(message, /hidden|AKID|Signature=/);
    }
    const coded: [string, RegExp][] = [
      ["ExpiredToken", /have expired: have new ones made, as by logging in again/],
      ["InvalidToken", /the session token of the test is wrong/],
      ["RequestTimeTooSkewed", /this machine's clock is wrong: set it/],
      ["<script>", /cannot be read \(403\): its owner lets the credentials of the test not/],
    ];
    for (const [code, told] of coded) {
      server.rules.fault = () => failure(403, code);
      await assert.rejects(remoteAt(server).reach(), told);
    }
    server.rules = { forbidden: ["put"] };
    const other = await publish(fileStore(`${folder.path}/ann`), "a", 2, { "x.txt": "2" });
    await assert.rejects(
      remoteAt(server).share(other),
      /cannot be written to \(403 AccessDenied\): its owner lets .* ask for the right s3:PutObject/,
    );
    assert.deepEqual(await remoteAt(server).share(artifact), { files: 0, bytes: 0 });
  });
});

Deno.test("an upload that fails leaves nothing that is found, and no parts", async () => {
  using folder = new Folder();
  await using server = new S3Server("team");
  const files = { "a.txt": "a", "large.txt": CONTENT.repeat(5) };
  const artifact = await publish(fileStore(`${folder.path}/ann`), "a", 1, files);
  server.rules.fault = (request, url) =>
    request.method === "PUT" && url.searchParams.get("partNumber") === "2"
      ? failure(500, "InternalError")
      : undefined;
  await assert.rejects(remoteAt(server).share(artifact), /it answers 500, 3 times in a row/);
  assert.equal(server.uploads.size, 0);
  assert.deepEqual(await remoteAt(server).find("a", keyOfVersion("a", 1)), { manifest: undefined });
  server.rules.fault = undefined;
  assert.equal((await remoteAt(server).share(artifact)).files, 1);
});

Deno.test("a server that takes a file in parts and then thinks better of it is believed", async () => {
  using folder = new Folder();
  await using server = new S3Server("team");
  const artifact = await publish(fileStore(`${folder.path}/ann`), "a", 1, {
    "large.txt": CONTENT.repeat(5),
  });
  server.rules.fault = (request, url) =>
    request.method === "POST" && url.searchParams.has("uploadId")
      ? failure(200, "InternalError")
      : undefined;
  await assert.rejects(remoteAt(server).share(artifact), /does not take a file of 2500 bytes/);
  assert.deepEqual(server.keys("a/prefix/entries"), []);
});

Deno.test("a server that knows no conditions is written to all the same", async () => {
  using folder = new Folder();
  await using server = new S3Server("team");
  server.rules.fault = (request) =>
    request.headers.has("if-none-match") ? failure(501, "NotImplemented") : undefined;
  const artifact = await publish(fileStore(`${folder.path}/ann`), "a", 1, { "x.txt": CONTENT });
  await remoteAt(server).share(artifact);
  assert.equal(await bringText(folder, remoteAt(server)), CONTENT);
});

Deno.test("a manifest that names files outside of its folder brings nothing", async () => {
  await withShared({}, async (server, folder) => {
    const [entry] = server.keys("a/prefix/entries/");
    const { digestOf } = await import("../../../../pipeline/digest.ts");
    const { digestOfTree } = await import("../../../../pipeline/tree.ts");
    const { manifest } = JSON.parse(server.text(entry));
    for (const path of ["../../escaped.txt", "/escaped.txt", "in/../../escaped.txt", ""]) {
      const tree = { files: [{ ...manifest.tree.files[0], path }], emptyFolders: [] };
      const digest = digestOfTree(tree);
      const evil = { ...manifest, tree, content: digest, digest };
      server.put(entry, JSON.stringify({ sha256: digestOf(evil), manifest: evil }));
      const { note } = await remoteAt(server).find("a", keyOfVersion("a", 1));
      assert.match(note!, /cut short or altered, so it is passed over/);
    }
    assert.deepEqual([...Deno.readDirSync(folder.path)].map(({ name }) => name), ["ann"]);
  });
});

Deno.test("an interruption ends what goes on at once", async () => {
  const fault = (_: Request, url: URL) => isContent(url) ? { delay: 30_000 } : undefined;
  await withShared({ fault }, async (server, folder) => {
    const interruption = new AbortController();
    const remote = remoteAt(server, { signal: interruption.signal });
    const bringing = bringText(folder, remote);
    setTimeout(() => interruption.abort(new Error("enough")), 50);
    await assert.rejects(bringing, /enough/);
  });
});

Deno.test("Amazon's own hosts are asked where no endpoint is named", async () => {
  const asked: string[] = [];
  const { fetch } = globalThis;
  // deno-lint-ignore require-await -- it stands for one that does
  globalThis.fetch = async (url) => {
    asked.push(String(url));
    // As a server's: of bytes.
    return new Response(new Blob(["{}"]).stream());
  };
  try {
    for (
      const [bucket, region] of [["team", undefined], ["team", "eu-west-1"], [
        "a.team",
        "cn-north-1",
      ]]
    ) {
      const address = parseAddress(`s3://${bucket}/x`) as S3Address;
      const requests = new Requests(address.name, HASTE);
      const objects = new S3Objects(address, { region, source: "" }, requests);
      for await (const _ of (await objects.read("k"))!.pieces());
    }
  } finally {
    globalThis.fetch = fetch;
  }
  assert.deepEqual(asked, [
    "https://team.s3.us-east-1.amazonaws.com/x/k",
    "https://team.s3.eu-west-1.amazonaws.com/x/k",
    "https://s3.cn-north-1.amazonaws.com.cn/a.team/x/k",
  ]);
});

Deno.test("a large file is sent and had in little memory", async () => {
  using folder = new Folder();
  await using server = new S3Server("team");
  const size = 20 << 20;
  const path = `${folder.path}/large.bin`;
  (await Deno.create(path)).close();
  await Deno.truncate(path, size);
  // The server keeps nothing of it: what is held is the client's.
  const parts: number[] = [];
  server.rules.fault = (request, url) => {
    if (request.method !== "PUT" || !url.searchParams.has("partNumber")) return undefined;
    parts.push(Number(request.headers.get("content-length")));
    return new Response(null, { headers: { etag: '"e"' } });
  };
  const { objects } = objectsAt(server, { partSize: 8 << 20 });
  const wrong = { size, sha256: "0".repeat(64) };
  await assert.rejects(objects.writeFile("large.bin", path, wrong), { name: "Error" });
  assert.deepEqual(parts, [8 << 20, 8 << 20, 4 << 20]);
});
