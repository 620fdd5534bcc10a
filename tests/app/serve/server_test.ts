/** The server against everybody who is not its page. */
import assert from "node:assert/strict";
import { openApi } from "../../../app/serve/openapi.ts";
import { BusyError, PhotoError } from "../../../app/serve/refusals.ts";
import { type Said, type ServerOptions, startServer } from "../../../app/serve/server.ts";
import { nameOfAddress, refusal } from "../../../app/serve/guard.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);

/** Serves while `work` runs. */
async function serving(
  options: Partial<ServerOptions>,
  work: (url: string) => Promise<void>,
): Promise<void> {
  const end = new AbortController();
  const server = await startServer({
    hostname: "127.0.0.1",
    port: 0,
    files: new Map([["index.html", utf8("<p>hello")], ["model.json", utf8("{}")]]),
    headers: { "x-content-type-options": "nosniff" },
    description: openApi({ architecture: "toy", classes: ["ants", "bees"], limit: 100 }),
    predict: (photo, top) => Promise.resolve({ bytes: photo.length, top }),
    limit: 100,
    ...options,
  }, end.signal);
  try {
    await work(`http://127.0.0.1:${server.addr.port}`);
  } finally {
    end.abort();
    await server.finished;
  }
}

/** Status and body of an answer. */
async function ask(url: string, init?: RequestInit): Promise<[number, string]> {
  const response = await fetch(url, init);
  return [response.status, await response.text()];
}

Deno.test("it serves its files and no others, wherever a path leads", async () => {
  await serving({}, async (url) => {
    assert.deepEqual(await ask(url), [200, "<p>hello"]);
    assert.deepEqual(await ask(`${url}/model.json`), [200, "{}"]);
    const { host, port } = { host: "127.0.0.1", port: Number(new URL(url).port) };
    // A client of its own: fetch would tidy these paths up first.
    for (
      const path of [
        "/../deno.json",
        "/..%2fdeno.json",
        "//etc/passwd",
        "/%2e%2e/deno.json",
        "/index.html%00.css",
        "/INDEX.HTML",
        "/.git/config",
      ]
    ) {
      using connection = await Deno.connect({ hostname: host, port });
      await connection.write(
        utf8(`GET ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\nConnection: close\r\n\r\n`),
      );
      const answer = await new Response(connection.readable).text();
      assert.match(answer, /^HTTP\/1\.1 4\d\d /, path);
    }
  });
});

Deno.test("a photo is a body, or a form's file", async () => {
  await serving({ limit: 1000 }, async (url) => {
    const post = (body: BodyInit, query = "") =>
      ask(`${url}/predict${query}`, { method: "POST", body });
    assert.deepEqual(await post(utf8("12345")), [200, '{"bytes":5,"top":5}']);
    const form = new FormData();
    form.set("note", "a field that is no file");
    form.set("photo", new File([utf8("123")], "bee.jpg"));
    assert.deepEqual(await post(form, "?top=2"), [200, '{"bytes":3,"top":2}']);
    const empty = new FormData();
    empty.set("note", "x");
    assert.equal((await post(empty))[0], 400);
    assert.equal((await post(""))[0], 400);
    assert.deepEqual(await post("x", "?top=none"), [
      400,
      '{"error":"top takes a whole number from 1 on"}',
    ]);
  });
});

Deno.test("a body over the limit is refused, whether it says its length or not", async () => {
  await serving({}, async (url) => {
    const refused = [413, '{"error":"a photo may have 100 bytes at most"}'];
    assert.equal(
      (await ask(`${url}/predict`, { method: "POST", body: utf8("x".repeat(100)) }))[0],
      200,
    );
    assert.deepEqual(
      await ask(`${url}/predict`, { method: "POST", body: utf8("x".repeat(101)) }),
      refused,
    );
    const chunked = ReadableStream.from([utf8("x".repeat(60)), utf8("x".repeat(60))]);
    assert.deepEqual(await ask(`${url}/predict`, { method: "POST", body: chunked }), refused);
  });
});

Deno.test("a sender that stalls is sent away, and others are served", async () => {
  await serving({ patience: 50 }, async (url) => {
    const ended = Promise.withResolvers<void>();
    const body = new ReadableStream<Uint8Array>({
      async start(controller) {
        controller.enqueue(utf8("x"));
        await ended.promise;
        controller.close();
      },
    });
    const [status] = await ask(`${url}/predict`, { method: "POST", body });
    assert.equal(status, 408);
    ended.resolve();
    assert.equal((await ask(`${url}/predict`, { method: "POST", body: utf8("x") }))[0], 200);
  });
});

Deno.test("what is no photo is the sender's fault, anything else the server's", async () => {
  const predict = (photo: Uint8Array) =>
    Promise.reject(photo.length === 1 ? new PhotoError("not an image") : new Error("secret path"));
  const own = console.error;
  console.error = () => {};
  await serving({ predict }, async (url) => {
    const post = (body: string) => ask(`${url}/predict`, { method: "POST", body: utf8(body) });
    assert.deepEqual(await post("x"), [400, '{"error":"not an image"}']);
    const [status, text] = await post("xx");
    assert.equal(status, 500);
    assert.doesNotMatch(text, /secret/);
  });
  console.error = own;
});

Deno.test("whoever is sent away is told when to come again", async () => {
  const predict = () => Promise.reject(new BusyError("too many photos are waiting: try again"));
  await serving({ predict }, async (url) => {
    const response = await fetch(`${url}/predict`, { method: "POST", body: utf8("x") });
    assert.equal(response.status, 503);
    assert.equal(response.headers.get("retry-after"), "1");
    assert.deepEqual(await response.json(), { error: "too many photos are waiting: try again" });
  });
});

Deno.test("a page that is not there is a page for people, and JSON for programs", async () => {
  await serving({}, async (url) => {
    const accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    const page = await fetch(`${url}/nowhere`, { headers: { accept } });
    assert.equal(page.status, 404);
    assert.match(page.headers.get("content-type")!, /^text\/html/);
    assert.equal(page.headers.get("x-content-type-options"), "nosniff");
    assert.match(await page.text(), /<title>There is no such page<\/title>/);
    assert.deepEqual(await ask(`${url}/nowhere`), [404, '{"error":"there is no such file"}']);
    const { status, body } = await fetch(`${url}/nowhere`, { method: "HEAD", headers: { accept } });
    assert.deepEqual([status, body && await new Response(body).text()], [404, null]);
  });
});

Deno.test("senders of one byte cost nobody else a turn, and are sent away", async () => {
  await serving({ patience: 1500 }, async (url) => {
    const { port } = new URL(url);
    const slow = await Promise.all(Array.from({ length: 40 }, async () => {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
      const head = `POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\nx`;
      await connection.write(utf8(head));
      return connection;
    }));
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => ask(`${url}/predict`, { method: "POST", body: utf8("x") })),
    );
    assert.deepEqual(answers.map(([status]) => status), [200, 200, 200, 200, 200]);
    const texts = slow.map(({ readable }) => new Response(readable).text());
    for (const text of await Promise.all(texts)) assert.match(text, /^HTTP\/1\.1 408 /);
  });
});

Deno.test("senders who leave, midway or while they wait, leave no word in the server's messages", async () => {
  const said: unknown[] = [];
  const own = console.error;
  console.error = (...words) => said.push(words);
  const reached = Promise.withResolvers<void>(), left = Promise.withResolvers<void>();
  const predict: ServerOptions["predict"] = (_, __, { signal }) => {
    reached.resolve();
    return new Promise((_, reject) => {
      signal.addEventListener("abort", () => {
        reject(signal.reason);
        left.resolve();
      });
    });
  };
  await serving({ predict }, async (url) => {
    for (const length of [5, 1]) {
      const connection = await Deno.connect({
        hostname: "127.0.0.1",
        port: Number(new URL(url).port),
      });
      const head =
        `POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${length}\r\n\r\nx`;
      await connection.write(utf8(head));
      await (length === 1 ? reached.promise : new Promise((resolve) => setTimeout(resolve, 50)));
      connection.close();
    }
    await left.promise;
    await new Promise((resolve) => setTimeout(resolve, 50));
  });
  console.error = own;
  assert.deepEqual(said, []);
});

Deno.test("a photo's name may be of a form in capitals; a second file is refused with a sentence", async () => {
  await serving({ limit: 10_000 }, async (url) => {
    const part = (name: string, content: string) =>
      `--B\r\nContent-Disposition: form-data; name="${name}"; filename="${name}.jpg"\r\n` +
      `Content-Type: image/jpeg\r\n\r\n${content}\r\n`;
    const post = (body: string) =>
      ask(`${url}/predict`, {
        method: "POST",
        headers: { "content-type": "Multipart/Form-Data; Boundary=B" },
        body: utf8(body),
      });
    assert.deepEqual(await post(`${part("a", "12345")}--B--\r\n`), [200, '{"bytes":5,"top":5}']);
    assert.deepEqual(await post(`${part("a", "1")}${part("b", "2")}--B--\r\n`), [
      400,
      '{"error":"the form has more than one file: send one photo a request"}',
    ]);
  });
});

Deno.test("other methods are refused with those that are taken; headers go with everything", async () => {
  await serving({}, async (url) => {
    for (const [path, method, allow] of [["/predict", "GET", "POST"], ["/", "PUT", "GET, HEAD"]]) {
      const response = await fetch(url + path, { method });
      assert.equal(response.status, 405);
      assert.equal(response.headers.get("allow"), allow);
      assert.equal(response.headers.get("x-content-type-options"), "nosniff");
      await response.body?.cancel();
    }
  });
});

Deno.test("the OpenAPI description names what is answered", async () => {
  await serving({}, async (url) => {
    const [status, text] = await ask(`${url}/openapi.json`);
    assert.equal(status, 200);
    const { openapi, paths, components } = JSON.parse(text);
    assert.equal(openapi, "3.1.0");
    assert.deepEqual(Object.keys(paths["/predict"].post.responses), [
      "200",
      "400",
      "403",
      "408",
      "413",
      "503",
    ]);
    assert.deepEqual(components.schemas.Prediction.properties.label.enum, ["ants", "bees"]);
    // Every reference leads somewhere.
    for (const [, name] of text.matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      assert.ok(name in components.schemas, name);
    }
  });
});

const at = (headers: Record<string, string>, method = "POST") =>
  new Request("http://127.0.0.1:8000/predict", { method, headers });

Deno.test("programs, and the page itself, are let in", () => {
  const all: Record<string, string>[] = [
    { host: "127.0.0.1:8000" },
    { host: "localhost:8000", origin: "http://localhost:8000", "sec-fetch-site": "same-origin" },
    { host: "[::1]:8000" },
  ];
  for (const headers of all) assert.equal(refusal(at(headers), []), undefined);
  const link = {
    host: "localhost:8000",
    "sec-fetch-site": "cross-site",
    "sec-fetch-mode": "navigate",
  };
  assert.equal(refusal(at(link, "GET"), []), undefined, "a link from elsewhere may lead here");
});

Deno.test("other sites are refused: by origin, by a name that leads here, by what browsers say", () => {
  const all: Record<string, string>[] = [
    { host: "127.0.0.1:8000", origin: "https://example.com" },
    { host: "127.0.0.1:8000", origin: "http://127.0.0.1:9000" },
    { host: "127.0.0.1:8000", origin: "null" },
    { host: "example.com" },
    { host: "localhost.example.com:8000" },
    { host: "127.0.0.1:8000", "sec-fetch-site": "cross-site" },
  ];
  for (const headers of all) assert.equal(typeof refusal(at(headers), []), "string");
});

Deno.test("names of others are refused wherever it listens, but for those that are allowed", () => {
  const allowed = ["photos.example.com", "192.168.1.5"];
  for (const host of ["photos.example.com", "Photos.Example.com:8000", "192.168.1.5:8000"]) {
    assert.equal(refusal(at({ host }), allowed), undefined);
    assert.equal(refusal(at({ host, origin: `http://${host}` }), allowed), undefined);
    assert.ok(refusal(at({ host, origin: "https://example.com" }), allowed));
  }
  for (const host of ["example.com", "192.168.1.6", "a.photos.example.com", "", "[::2]:80"]) {
    assert.match(refusal(at({ host, origin: `http://${host}` }), allowed)!, /--allow-host/);
  }
  assert.equal(nameOfAddress("::1"), "[::1]");
  assert.equal(nameOfAddress("::ffff:10.0.0.1"), "10.0.0.1");
});

Deno.test("a server for all answers to its address and --allow-host, not to a name that was led here", async () => {
  await serving({ hostname: "0.0.0.0", allowedHosts: ["Photos.example.com"] }, async (url) => {
    const { port } = new URL(url);
    // Others have one address of this kind.
    const address = Deno.build.os === "linux" ? "127.0.0.2" : "127.0.0.1";
    const statusFor = async (host: string) => {
      using connection = await Deno.connect({ hostname: address, port: Number(port) });
      const head = `GET / HTTP/1.1\r\nHost: ${host}\r\nOrigin: http://${host}\r\n`;
      await connection.write(utf8(`${head}Connection: close\r\n\r\n`));
      return (await new Response(connection.readable).text()).slice(9, 12);
    };
    const hosts = ["rebound.example.com", "photos.example.com", "localhost", `${address}:${port}`];
    const statuses = [];
    for (const host of hosts) statuses.push(await statusFor(host));
    assert.deepEqual(statuses, ["403", "200", "200", "200"]);
  });
});

Deno.test("what a photo is may be said where photos are kept, and by whoever means it alone", async () => {
  const kept: [number, Said][] = [];
  const report: ServerOptions["report"] = (photo, said) => {
    if (said.label === "wasps") return Promise.reject(new PhotoError("there is no class wasps"));
    kept.push([photo.length, said]);
    return Promise.resolve();
  };
  const send = (url: string, query = "?label=bees&predicted=ants", headers = {}, body = "12345") =>
    fetch(`${url}/wrong${query}`, {
      method: "POST",
      headers: { "x-graft-review": "1", ...headers },
      body: utf8(body),
    }).then(async (response) => [response.status, await response.text()] as const);
  await serving({ report }, async (url) => {
    assert.deepEqual(await send(url), [200, '{"kept":true}']);
    assert.deepEqual(kept, [[5, { label: "bees", predicted: "ants" }]]);
    for (
      const [sent, status] of [
        [send(url, ""), 400],
        [send(url, "?label=wasps"), 400],
        [send(url, undefined, { "x-graft-review": "0" }), 403],
        [send(url, undefined, { origin: "https://evil.example" }), 403],
        [send(url, undefined, {}, "x".repeat(101)), 413],
        [send(url, undefined, {}, ""), 400],
      ] as const
    ) assert.equal((await sent)[0], status);
    const [status] = await ask(`${url}/wrong?label=bees`);
    assert.equal(status, 405);
    assert.equal(kept.length, 1);
  });
  await serving({}, async (url) => assert.equal((await send(url))[0], 405));
});
