/** Connections that never get to the point. */
import assert from "node:assert/strict";
import { type HttpLimits, serveHttp } from "../../../app/serve/http_server.ts";

const LIMITS: HttpLimits = {
  headersPatience: 400,
  requestPatience: 1200,
  idlePatience: 3000,
  connections: 100,
  connectionsOfAddress: 100,
};

async function serving(
  limits: Partial<HttpLimits>,
  work: (port: number) => Promise<void>,
  handle: Parameters<typeof serveHttp>[1] = async (request) =>
    new Response(`${request.method} ${(await request.bytes()).length}`),
): Promise<void> {
  const end = new AbortController();
  const server = await serveHttp({
    hostname: "127.0.0.1",
    port: 0,
    limits: { ...LIMITS, ...limits },
    signal: end.signal,
  }, handle);
  try {
    await work(server.addr.port);
  } finally {
    end.abort();
    await server.finished;
  }
}

/** What comes back for these bytes until the connection ends, and when it ended, in ms. */
async function send(port: number, text: string): Promise<{ answer: string; after: number }> {
  const start = performance.now();
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(new TextEncoder().encode(text));
  const decoder = new TextDecoder();
  let answer = "";
  const buffer = new Uint8Array(4096);
  for (;;) {
    const length = await connection.read(buffer).catch(() => null);
    if (length === null) break;
    answer += decoder.decode(buffer.subarray(0, length), { stream: true });
  }
  return { answer, after: performance.now() - start };
}

const HEAD = "POST / HTTP/1.1\r\nHost: localhost\r\n";

Deno.test("headers that never end, or never begin, are given up in time, while others are served", async () => {
  await serving({}, async (port) => {
    const unfinished = ["", "GET / HT", `${HEAD}X: 1\r\n`].map((text) => send(port, text));
    const whole = await fetch(`http://127.0.0.1:${port}`, { method: "POST", body: "abc" });
    assert.equal(await whole.text(), "POST 3");
    for (const { answer, after } of await Promise.all(unfinished)) {
      assert.match(answer, /^(HTTP\/1\.1 408 [^]*)?$/);
      assert.ok(after >= 300 && after < 3000, `${after} ms`);
    }
  });
});

Deno.test("a body that does not come is given up in time", async () => {
  await serving({}, async (port) => {
    const { after } = await send(port, `${HEAD}Content-Length: 10\r\n\r\nabc`);
    assert.ok(after >= 1000 && after < 4000, `${after} ms`);
  });
});

Deno.test("a connection that has been answered is kept for the next request, and then given up", async () => {
  await serving({}, async (port) => {
    const request = `${HEAD}Content-Length: 1\r\n\r\nx`;
    const { answer, after } = await send(port, request + request);
    assert.equal(answer.match(/POST 1/g)?.length, 2);
    assert.ok(after < 4000, `${after} ms`);
  });
});

Deno.test("one address has so many connections and no more, until one of them ends", async () => {
  const held: Deno.Conn[] = [];
  await serving(
    { connectionsOfAddress: 3, headersPatience: 3000, requestPatience: 4000 },
    async (port) => {
      for (let i = 0; i < 3; i++) held.push(await Deno.connect({ hostname: "127.0.0.1", port }));
      const { answer } = await send(port, `${HEAD}Content-Length: 1\r\n\r\nx`);
      assert.match(answer, /^HTTP\/1\.1 503 [^]*Retry-After: 1\r\n/);
      held.pop()!.close();
      await new Promise((resolve) => setTimeout(resolve, 100));
      const closing = `${HEAD}Connection: close\r\nContent-Length: 1\r\n\r\nx`;
      assert.match((await send(port, closing)).answer, /POST 1/);
    },
  );
  for (const connection of held) connection.close();
});

Deno.test("what is no HTTP, or names another place, is refused", async () => {
  await serving({}, async (port) => {
    for (const text of ["\0\x01\x02\r\n\r\n", "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n"]) {
      assert.match((await send(port, text)).answer, /^HTTP\/1\.1 400 /);
    }
  });
});

Deno.test("who is refused before all is sent still gets the answer", async () => {
  const refuse = () => Promise.resolve(new Response("too large", { status: 413 }));
  await serving({}, async (port) => {
    const body = "x".repeat(4 << 20);
    const { answer } = await send(port, `${HEAD}Content-Length: ${body.length}\r\n\r\n${body}`);
    assert.match(answer, /^HTTP\/1\.1 413 [^]*too large$/);
  }, refuse);
});

Deno.test("a sender who leaves is known to have left", async () => {
  const left = Promise.withResolvers<void>();
  await serving({}, async (port) => {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    await connection.write(new TextEncoder().encode(`${HEAD}Content-Length: 1\r\n\r\nx`));
    connection.close();
    await left.promise;
  }, async (_, { signal }) => {
    await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    left.resolve();
    return new Response();
  });
});
