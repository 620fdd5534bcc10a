/** The server against everybody who is not its page. */
import assert from "node:assert/strict";
import { openApi } from "../../../app/serve/openapi.ts";
import { PhotoError, type ServerOptions, startServer } from "../../../app/serve/server.ts";
import { refusal } from "../../../app/serve/guard.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);

/** Serves while `work` runs. */
async function serving(
  options: Partial<ServerOptions>,
  work: (url: string) => Promise<void>,
): Promise<void> {
  const end = new AbortController();
  const server = startServer({
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

Deno.test("photos are predicted one after the other, and not more wait than may", async () => {
  let running = 0, most = 0;
  const gate = Promise.withResolvers<void>();
  const predict = async () => {
    most = Math.max(most, ++running);
    await gate.promise;
    running--;
    return {};
  };
  await serving({ predict, waiting: 2 }, async (url) => {
    const post = () => ask(`${url}/predict`, { method: "POST", body: utf8("x") });
    const answers = [post(), post(), post()];
    // The third is refused while the others wait.
    const [status] = await Promise.race(answers);
    assert.equal(status, 503);
    gate.resolve();
    const statuses = (await Promise.all(answers)).map(([status]) => status).sort();
    assert.deepEqual(statuses, [200, 200, 503]);
    assert.equal(most, 1);
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
const LOCAL = "127.0.0.1";

Deno.test("programs, and the page itself, are let in", () => {
  const all: Record<string, string>[] = [
    { host: "127.0.0.1:8000" },
    { host: "localhost:8000", origin: "http://localhost:8000", "sec-fetch-site": "same-origin" },
    { host: "[::1]:8000" },
  ];
  for (const headers of all) assert.equal(refusal(at(headers), LOCAL), undefined);
  const link = {
    host: "localhost:8000",
    "sec-fetch-site": "cross-site",
    "sec-fetch-mode": "navigate",
  };
  assert.equal(refusal(at(link, "GET"), LOCAL), undefined, "a link from elsewhere may lead here");
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
  for (const headers of all) assert.equal(typeof refusal(at(headers), LOCAL), "string");
});

Deno.test("a server that all may reach takes any name, but still no other origin", () => {
  const host = "photos.example.com";
  assert.equal(refusal(at({ host }), "0.0.0.0"), undefined);
  assert.equal(refusal(at({ host, origin: `https://${host}` }), "0.0.0.0"), undefined);
  assert.ok(refusal(at({ host, origin: "https://example.com" }), "0.0.0.0"));
});
