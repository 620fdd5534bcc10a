/** The review's server against everybody who is not its page, and against hand edits. */
import assert from "node:assert/strict";
import { startReviewServer } from "../../../app/review/review_server.ts";
import { changesOf, JOURNAL } from "../../../data/review/journal.ts";
import { readJournal } from "../../../data/review/journal_file.ts";
import { withTempFolder } from "../../data/photo_folder.ts";
import { openReview, pictureOf, writeReviewed } from "./reviewed.ts";

async function serving(work: (url: string, folder: string) => Promise<void>): Promise<void> {
  await withTempFolder(async (folder) => {
    await writeReviewed(folder);
    const end = new AbortController();
    const server = await startReviewServer({
      port: 0,
      files: new Map([["index.html", new TextEncoder().encode("<p>hello")]]),
      review: await openReview(folder),
      picture: pictureOf,
    }, end.signal);
    try {
      await work(`http://127.0.0.1:${server.addr.port}`, folder);
    } finally {
      end.abort();
      await server.finished;
    }
  });
}

const JSON_TYPE = { "content-type": "application/json" };

const post = (url: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(url, {
    method: "POST",
    headers: { ...JSON_TYPE, ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

Deno.test("a decision is in the journal when it is answered, and undo takes the last one back", async () => {
  await serving(async (url, folder) => {
    const first = await post(`${url}/decide`, { photos: [0, 3], decision: "move", class: "bees" });
    assert.deepEqual((await first.json()).decided, {
      0: { decision: "move", class: "bees" },
      3: { decision: "move", class: "bees" },
    });
    await (await post(`${url}/decide`, { photos: [5], decision: "set aside" })).body?.cancel();
    assert.deepEqual(changesOf(await readJournal(folder)), [
      { photo: "test/ants/3.ppm", class: "bees" },
      { photo: "train/ants/0.ppm", class: "bees" },
      { photo: "train/bees/0.ppm" },
    ]);
    const { decided, undoable } = await (await post(`${url}/undo`, {})).json();
    assert.deepEqual([Object.keys(decided), undoable], [["0", "3"], 1]);
    await (await post(`${url}/undo`, {})).body?.cancel();
    const last = await post(`${url}/undo`, {});
    assert.deepEqual((await last.json()).undoable, 0, "there is nothing left, which is no harm");
    assert.deepEqual(changesOf(await readJournal(folder)), []);
  });
});

Deno.test("other sites, other names and other kinds of request change nothing", async () => {
  await serving(async (url, folder) => {
    const decision = { photos: [0], decision: "keep" };
    const { port } = new URL(url);
    const cases: [Promise<Response>, number][] = [
      [post(`${url}/decide`, decision, { origin: "https://evil.example" }), 403],
      [post(`${url}/decide`, decision, { "sec-fetch-site": "cross-site" }), 403],
      [post(`${url}/undo`, {}, { origin: "null" }), 403],
      [post(`${url}/decide`, decision, { "content-type": "text/plain" }), 415],
      [fetch(`${url}/decide`), 405],
      [fetch(`${url}/state.json`, { method: "DELETE" }), 405],
      [post(`${url}/decide`, "{"), 400],
      [post(`${url}/decide`, { ...decision, photos: [99] }), 400],
      [post(`${url}/decide`, { ...decision, photos: [] }), 400],
      [post(`${url}/decide`, { ...decision, photos: [-1] }), 400],
      [post(`${url}/decide`, { ...decision, path: "../x" }), 400],
      [post(`${url}/decide`, { photos: [0], decision: "move", class: "../../x" }), 400],
      [post(`${url}/decide`, { photos: [0], decision: "move" }), 400],
      [post(`${url}/decide`, { photos: [0], decision: "delete" }), 400],
      [post(`${url}/decide`, " ".repeat(1 << 21)), 413],
      [fetch(`${url}/photo/99.png`), 404],
      [fetch(`${url}/photo/..%2f..%2fgraft-review.json`), 404],
      [fetch(`${url}/${JOURNAL}`), 404],
    ];
    for (const [i, [asked, status]] of cases.entries()) {
      const response = await asked;
      await response.body?.cancel();
      assert.equal(response.status, status, `case ${i}`);
    }
    // By a name that leads here, as another site's may.
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
    const request = "GET /state.json HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
    await connection.write(new TextEncoder().encode(request));
    assert.match(await new Response(connection.readable).text(), /^HTTP\/1\.1 403/);
    assert.deepEqual((await readJournal(folder)).decisions, []);
  });
});

Deno.test("a picture is shown, and nothing may be framed or run from elsewhere", async () => {
  await serving(async (url) => {
    const picture = await fetch(`${url}/photo/1.png`);
    assert.equal(picture.headers.get("content-type"), "image/png");
    assert.deepEqual([...(await picture.bytes()).slice(1, 4)], [0x50, 0x4e, 0x47]);
    assert.match(picture.headers.get("content-security-policy")!, /frame-ancestors 'none'/);
  });
});

Deno.test("a journal that was edited by hand is used, or named with what is wrong", async () => {
  await serving(async (url, folder) => {
    const edited = { schema: 1, decisions: [{ decision: "keep", photos: ["train/ants/0.ppm"] }] };
    await Deno.writeTextFile(`${folder}/${JOURNAL}`, JSON.stringify(edited));
    const { decided } = await (await fetch(`${url}/state.json`)).json();
    assert.deepEqual(decided, { 0: { decision: "keep" } });
    await Deno.writeTextFile(`${folder}/${JOURNAL}`, "{ half");
    const refused = await post(`${url}/decide`, { photos: [1], decision: "keep" });
    assert.equal(refused.status, 500);
    assert.match((await refused.json()).error, /graft-review\.json is no whole JSON/);
    assert.equal(
      await Deno.readTextFile(`${folder}/${JOURNAL}`),
      "{ half",
      "it is not overwritten",
    );
  });
});
