import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { autoSource } from "../../../data/sources/auto.ts";
import { elpvWheel } from "../../../data/sources/elpv.ts";
import { hymenopteraSource } from "../../../data/sources/hymenoptera.ts";
import { UnavailableError } from "../../../data/download/errors.ts";
import { serveFile } from "../download/file_server.ts";
import { makeZip } from "../download/make_zip.ts";
import { tempFolder } from "../download/temp_folder.ts";

const both = ["train/ants/a.jpg", "train/bees/b.png", "val/ants/c.jpeg", "val/bees/d.webp"];
const sha256 = (content: Uint8Array) => createHash("sha256").update(content).digest("hex");

function context(folder: string, said: string[] = []) {
  return {
    photos: join(folder, "photos"),
    downloads: join(folder, "downloads"),
    seed: 0,
    valFraction: 0.2,
    pythons: [],
    log: (message: string) => said.push(message),
  };
}

Deno.test("two packings of the same photos are recorded as the same source", async () => {
  const packings = [false, true].map((deflate) =>
    makeZip(both.map((path) => ({ name: `data/${path}`, content: path.repeat(20), deflate })))
  );
  const infos = [];
  for (const packing of packings) {
    using folder = tempFolder();
    await using server = serveFile(packing);
    const archive = { url: "http://server/a.zip", name: "a.zip", sha256: packings.map(sha256) };
    Deno.writeFileSync(join(folder.path, "a.zip"), packing);
    infos.push(
      await autoSource({ ...context(folder.path), mirror: folder.path }, archive),
      await hymenopteraSource(context(folder.path + "/2"), { ...archive, url: server.url })
        .then((info) => ({ ...info, origin: archive.url })),
    );
  }
  for (const info of infos) assert.deepEqual(info, infos[0]);
  assert.equal(infos[0].kind, "hymenoptera");
});

Deno.test("where nothing answers, auto turns to the package of solar cells and says so", async () => {
  using folder = tempFolder();
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    () => new Response("no", { status: 503 }),
  );
  const archive = { url: `http://127.0.0.1:${server.addr.port}/a.zip`, name: "a.zip" };
  const said: string[] = [];
  await assert.rejects(autoSource(context(folder.path, said), archive), (error: Error) => {
    assert.ok(error instanceof UnavailableError);
    assert.match(error.message, new RegExp(`pypi:${elpvWheel.name}==.*is fetched with pip`));
    return true;
  });
  assert.match(said.join("\n"), /HTTP 503.*ants and bees could not be reached.*solar cells/s);
});
