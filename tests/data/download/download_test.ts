import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { download } from "../../../data/download/download.ts";
import {
  BrokenOffError,
  UnavailableError,
  WrongContentError,
} from "../../../data/download/errors.ts";
import { obtainFile, type Places } from "../../../data/download/obtain.ts";
import type { ProgressEvent } from "../../../data/download/progress.ts";
import { serveFile } from "./file_server.ts";
import { namesIn, tempFolder } from "./temp_folder.ts";

const content = new Uint8Array(300_000).map((_, i) => (i * i) >> 3);
const digest = createHash("sha256").update(content).digest("hex");
const impatient = { answer: 200, stall: 200 };

Deno.test("a file is downloaded, hashed, and its progress told in bytes", async () => {
  using folder = tempFolder();
  await using server = serveFile(content);
  const path = join(folder.path, "new folder", "a.bin");
  const events: ProgressEvent[] = [];
  const file = await download(server.url, path, { progress: (event) => events.push(event) });
  assert.deepEqual(file, { path, sha256: digest });
  assert.deepEqual(Deno.readFileSync(path), content);
  assert.deepEqual(events.at(-1), {
    label: "a.bin",
    unit: "bytes",
    done: content.length,
    total: content.length,
  });
  assert.deepEqual(namesIn(join(folder.path, "new folder")), ["a.bin"]);
});

Deno.test("a pin may be the first digits of the hash, as in torch.hub's file names", async () => {
  using folder = tempFolder();
  await using server = serveFile(content);
  const path = join(folder.path, "a.bin");
  assert.equal((await download(server.url, path, { sha256: digest.slice(0, 8) })).sha256, digest);
  const either = ["0".repeat(64), digest];
  assert.equal((await download(server.url, path, { sha256: either })).sha256, digest);
  await assert.rejects(download(server.url, path, { sha256: "f37" }), TypeError);
});

Deno.test("a file that is there with the pinned hash is not fetched again", async () => {
  using folder = tempFolder();
  await using server = serveFile(content);
  const path = join(folder.path, "a.bin");
  await download(server.url, path, { sha256: digest });
  await download(server.url, path, { sha256: digest });
  assert.equal(server.ranges.length, 1);
  await Deno.truncate(path, 10);
  await download(server.url, path, { sha256: digest });
  assert.deepEqual(Deno.readFileSync(path), content);
});

Deno.test("a broken connection is taken up where it broke", async () => {
  using folder = tempFolder();
  await using server = serveFile(content);
  server.breaksAfter = [100_000];
  const path = join(folder.path, "a.bin");
  await download(server.url, path, { sha256: digest });
  assert.deepEqual(server.ranges, [null, "bytes=100000-"]);
  assert.deepEqual(Deno.readFileSync(path), content);
});

Deno.test("a download that breaks for good keeps what came, and the next goes on", async () => {
  using folder = tempFolder();
  await using server = serveFile(content);
  const path = join(folder.path, "a.bin");
  server.breaksAfter = [1000, 1000, 1000, 1000];
  await assert.rejects(download(server.url, path, { sha256: digest }), /a\.bin\.part keeps/);
  assert.equal(Deno.statSync(`${path}.part`).size, 4000);
  await download(server.url, path, { sha256: digest });
  assert.equal(server.ranges.at(-1), "bytes=4000-");
  assert.deepEqual(Deno.readFileSync(path), content);
});

Deno.test("without a hash, a beginning is built upon only while the entity tag stays", async () => {
  using folder = tempFolder();
  await using server = serveFile(content);
  server.tag = '"one"';
  const path = join(folder.path, "a.bin");
  server.breaksAfter = [1000, 1000, 1000, 1000];
  await assert.rejects(download(server.url, path), /keeps what came/);
  server.content = content.toReversed();
  server.tag = '"two"';
  await download(server.url, path);
  assert.deepEqual(server.ranges.at(-1), "bytes=4000-");
  assert.deepEqual(Deno.readFileSync(path), content.toReversed());
});

Deno.test("without a hash and an entity tag, a broken download starts over", async () => {
  using folder = tempFolder();
  await using server = serveFile(content);
  server.breaksAfter = [1000];
  const path = join(folder.path, "a.bin");
  await download(server.url, path);
  assert.deepEqual(server.ranges, [null, null]);
  assert.deepEqual(Deno.readFileSync(path), content);
});

Deno.test("a server without ranges sends all of it again", async () => {
  using folder = tempFolder();
  await using server = serveFile(content);
  server.breaksAfter = [1000];
  server.ignoresRanges = true;
  const path = join(folder.path, "a.bin");
  await download(server.url, path, { sha256: digest });
  assert.deepEqual(Deno.readFileSync(path), content);
});

Deno.test("a partial file of something else is found out and replaced", async () => {
  using folder = tempFolder();
  await using server = serveFile(content);
  const path = join(folder.path, "a.bin");
  for (const size of [5000, content.length, content.length + 7]) {
    Deno.writeFileSync(`${path}.part`, new Uint8Array(size).fill(1));
    await download(server.url, path, { sha256: digest });
    assert.deepEqual(Deno.readFileSync(path), content, `${size} bytes`);
    Deno.removeSync(path);
  }
});

Deno.test("a wrong hash leaves no file and says both digests", async () => {
  using folder = tempFolder();
  await using server = serveFile(content);
  const path = join(folder.path, "a.bin");
  const wrong = "0".repeat(64);
  await assert.rejects(download(server.url, path, { sha256: wrong }), (error: Error) => {
    assert.ok(error instanceof WrongContentError);
    assert.ok(error.message.includes(digest) && error.message.includes(wrong), error.message);
    return true;
  });
  assert.deepEqual(namesIn(folder.path), []);
});

Deno.test("a wrong size is refused before the body comes", async () => {
  using folder = tempFolder();
  await using server = serveFile(content);
  const path = join(folder.path, "a.bin");
  await assert.rejects(
    download(server.url, path, { bytes: 7 }),
    /has 300000 bytes, not the 7 expected/,
  );
  assert.deepEqual(namesIn(folder.path), []);
});

Deno.test("an HTTP error names the address and the status", async () => {
  using folder = tempFolder();
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    () => new Response("no", { status: 404 }),
  );
  const url = `http://me:secret@127.0.0.1:${server.addr.port}/gone.zip?token=abc`;
  await assert.rejects(download(url, join(folder.path, "a")), (error: Error) => {
    assert.ok(error instanceof UnavailableError);
    assert.match(error.message, /127\.0\.0\.1:\d+\/gone\.zip\S* answers HTTP 404 Not Found/);
    assert.doesNotMatch(error.message, /secret|abc/);
    return true;
  });
});

Deno.test("what may go better a moment later is told from what will not", async () => {
  let status = 0;
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    () => new Response("no", { status }),
  );
  const { port } = server.addr;
  const isTransient = async (port: number, options: Partial<Places> = {}) => {
    using folder = tempFolder();
    const file = { url: `http://127.0.0.1:${port}/a`, name: "a" };
    const error = await obtainFile(file, { downloads: folder.path, ...options })
      .then(() => undefined, (error) => error);
    assert.ok(error instanceof Error);
    return "transient" in error && error.transient;
  };
  const found: Record<number, unknown> = {};
  for (status of [404, 403, 408, 429, 500, 503]) found[status] = await isTransient(port);
  const [no, yes] = [false, true];
  assert.deepEqual(found, { 403: no, 404: no, 408: yes, 429: yes, 500: yes, 503: yes });
  using silent = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  assert.ok(await isTransient(silent.addr.port, { patience: impatient }), "no answer in time");
  const closed = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  closed.close();
  assert.ok(await isTransient(closed.addr.port), "no server");
});

Deno.test("a server that does not answer is given up after the time for an answer", async () => {
  using folder = tempFolder();
  using listener = Deno.listen({ port: 0, hostname: "127.0.0.1" }); // connects, and says nothing
  const url = `http://127.0.0.1:${listener.addr.port}/a`;
  await assert.rejects(
    download(url, join(folder.path, "a"), { patience: impatient }),
    (error: Error) => {
      assert.ok(error instanceof UnavailableError);
      assert.match(error.message, /did not answer within 0\.2 s/);
      return true;
    },
  );
});

Deno.test("a server that falls silent midway is asked again, then given up", async () => {
  using folder = tempFolder();
  const release = Promise.withResolvers<void>();
  let requests = 0;
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, () => {
    requests++;
    return new Response(
      new ReadableStream({
        async start(controller) {
          controller.enqueue(content.subarray(0, 10));
          await release.promise;
          controller.close();
        },
      }),
    );
  });
  const url = `http://127.0.0.1:${server.addr.port}/a`;
  const path = join(folder.path, "a");
  await assert.rejects(
    download(url, path, { patience: impatient }),
    (error: Error) => {
      assert.match(error.message, /within 0\.2 s.*a\.part keeps/);
      return error instanceof BrokenOffError && error.transient;
    },
  );
  assert.equal(requests, 4);
  release.resolve();
});

Deno.test("a closed port is an unavailable server", async () => {
  using folder = tempFolder();
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr;
  listener.close();
  await assert.rejects(
    download(`http://127.0.0.1:${port}/a`, join(folder.path, "a")),
    (error: Error) => {
      assert.ok(error instanceof UnavailableError);
      assert.match(error.message, /cannot be reached \(.*refused.*Check the network/is);
      return true;
    },
  );
});

Deno.test("a redirect is followed", async () => {
  using folder = tempFolder();
  await using server = serveFile(content);
  await using redirect = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    () => Response.redirect(server.url),
  );
  const url = `http://127.0.0.1:${redirect.addr.port}/a`;
  const file = await download(url, join(folder.path, "a"), { sha256: digest });
  assert.equal(file.sha256, digest);
});

Deno.test("an abort keeps the part and throws its reason", async () => {
  using folder = tempFolder();
  await using server = serveFile(content);
  const path = join(folder.path, "a.bin");
  const controller = new AbortController();
  const stop = new Error("enough");
  await assert.rejects(
    download(server.url, path, {
      signal: controller.signal,
      progress: () => controller.abort(stop),
    }),
    (error) => error === stop,
  );
  assert.ok(namesIn(folder.path).includes("a.bin.part"));
  assert.ok(!namesIn(folder.path).includes("a.bin"));
});

Deno.test("two downloads of one file at the same time share the work", async () => {
  using folder = tempFolder();
  await using server = serveFile(content);
  const path = join(folder.path, "a.bin");
  await Promise.all([1, 2, 3].map(() => download(server.url, path, { sha256: digest })));
  assert.equal(server.ranges.length, 1);
  assert.deepEqual(Deno.readFileSync(path), content);
});

Deno.test("obtainFile takes the mirror's file where it lies, and asks nobody else", async () => {
  using folder = tempFolder();
  await using server = serveFile(content);
  const mirror = join(folder.path, "mirror");
  Deno.mkdirSync(mirror);
  Deno.writeFileSync(join(mirror, "a.bin"), content);
  const said: string[] = [];
  const file = await obtainFile({ url: server.url, name: "a.bin", sha256: digest }, {
    downloads: join(folder.path, "downloads"),
    mirror,
    log: (message) => said.push(message),
  });
  assert.deepEqual(file, { path: join(mirror, "a.bin"), sha256: digest });
  assert.equal(server.ranges.length, 0);
  assert.deepEqual(said, [`a.bin: from the mirror folder ${mirror}`]);
});

Deno.test("obtainFile goes on to the URL where the mirror lacks the file", async () => {
  using folder = tempFolder();
  await using server = serveFile(content);
  const file = await obtainFile({ url: server.url, name: "a.bin", sha256: digest }, {
    downloads: join(folder.path, "downloads"),
    mirror: folder.path,
  });
  assert.deepEqual(file, { path: join(folder.path, "downloads", "a.bin"), sha256: digest });
});

Deno.test("obtainFile says that the mirror is a remedy for a server that does not answer", async () => {
  using folder = tempFolder();
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    () => new Response("no", { status: 403 }),
  );
  const url = `http://127.0.0.1:${server.addr.port}/a.zip`;
  await assert.rejects(
    obtainFile({ url, name: "a.zip" }, { downloads: folder.path }),
    (error: Error) => {
      assert.ok(error instanceof UnavailableError);
      assert.match(error.message, /HTTP 403 Forbidden.*put a\.zip .*GRAFT_MIRROR/);
      return true;
    },
  );
});

/** A server whose file never ends, whatever length it tells; and how much it could send. */
function serveEndlessly(headers: Record<string, string> = {}) {
  const piece = new Uint8Array(1 << 16);
  const sent = { bytes: 0 };
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    () =>
      new Response(
        new ReadableStream({
          pull(controller) {
            sent.bytes += piece.length;
            controller.enqueue(piece);
          },
        }),
        { headers },
      ),
  );
  return {
    sent,
    url: `http://127.0.0.1:${server.addr.port}/endless.zip`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

Deno.test("a download that never ends is given up, named with the flag, and nothing of it is kept", async () => {
  using folder = tempFolder();
  await using server = serveEndlessly();
  const path = join(folder.path, "a.bin");
  await assert.rejects(download(server.url, path, { most: 1_500_000 }), {
    name: "WrongContentError",
    message: /endless\.zip sends more than the 1\.5 MB .* --max-download 3MB$/,
  });
  assert.ok(server.sent.bytes < 50e6, `it was asked for ${server.sent.bytes} bytes`);
  assert.deepEqual(namesIn(folder.path), []);
});

Deno.test("a file whose length is told and too large is not begun; one of just that size is taken", async () => {
  using folder = tempFolder();
  await using server = serveFile(content);
  const path = join(folder.path, "a.bin");
  await assert.rejects(
    download(server.url, path, { most: content.length - 1, sha256: digest }),
    /archive\.bin has 300 kB, not the 300 kB that one file may have at most/,
  );
  assert.deepEqual(namesIn(folder.path), []);
  assert.equal((await download(server.url, path, { most: content.length })).sha256, digest);
});

Deno.test("what a download goes on from counts, too", async () => {
  using folder = tempFolder();
  await using server = serveFile(content);
  server.tag = '"one"';
  server.breaksAfter = [200_000, 0, 0, 0];
  const path = join(folder.path, "a.bin");
  await assert.rejects(download(server.url, path), /a\.bin\.part keeps/);
  await assert.rejects(download(server.url, path, { most: 250_000 }), WrongContentError);
  assert.deepEqual(namesIn(folder.path), []);
});

Deno.test("a length that is a lie does not open the way for more", async () => {
  using folder = tempFolder();
  // The bytes after an answer that is said to be short, as a server without manners sends them.
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const answer = async () => {
    using connection = await listener.accept();
    await connection.read(new Uint8Array(1 << 12));
    const head = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n";
    await connection.write(new TextEncoder().encode(head + "x".repeat(1_000_000)));
  };
  const answered = answer().catch(() => {});
  const path = join(folder.path, "a.bin");
  const url = `http://127.0.0.1:${(listener.addr as Deno.NetAddr).port}/short.bin`;
  await download(url, path, { most: 1000 });
  assert.equal(Deno.statSync(path).size, 10);
  listener.close();
  await answered;
});
