/** A local HTTP server of one file, which can misbehave. */
export interface FileServer extends AsyncDisposable {
  url: string;
  /** The Range header of each request so far, in order. */
  ranges: (string | null)[];
  /** What it serves; may be exchanged. */
  content: Uint8Array<ArrayBuffer>;
  tag: string | undefined;
  /** After this many bytes of a body the connection breaks; once for each number. */
  breaksAfter: number[];
  ignoresRanges: boolean;
}

export function serveFile(content: Uint8Array<ArrayBuffer>): FileServer {
  const state = {
    ranges: [] as (string | null)[],
    content,
    tag: undefined as string | undefined,
    breaksAfter: [] as number[],
    ignoresRanges: false,
  };
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {}, onError },
    (request) => {
      const range = request.headers.get("range");
      state.ranges.push(range);
      const condition = request.headers.get("if-range");
      const headers = new Headers(state.tag ? { etag: state.tag } : {});
      const size = state.content.length;
      const changed = condition !== null && condition !== state.tag;
      const start = range && !changed && !state.ignoresRanges
        ? Number(/(\d+)-/.exec(range)![1])
        : 0;
      if (start > 0 && start >= size) {
        headers.set("content-range", `bytes */${size}`);
        return new Response("nothing there", { status: 416, headers });
      }
      if (start > 0) headers.set("content-range", `bytes ${start}-${size - 1}/${size}`);
      const body = state.content.subarray(start);
      headers.set("content-length", String(body.length));
      const status = start > 0 ? 206 : 200;
      const limit = state.breaksAfter.shift();
      return new Response(limit === undefined ? body : broken(body.subarray(0, limit)), {
        status,
        headers,
      });
    },
  );
  return Object.assign(state, {
    url: `http://127.0.0.1:${server.addr.port}/archive.bin`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  });
}

function broken(beginning: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    pull(controller) {
      if (beginning.length > 0) controller.enqueue(beginning);
      else controller.error(new Error("as if the cable were pulled"));
      beginning = beginning.subarray(beginning.length);
    },
  });
}

function onError(): Response {
  return new Response("error", { status: 500 });
}
