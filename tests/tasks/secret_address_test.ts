/** The address of photos may hold a password, a token, a signature: nothing of them is kept or shown. */
import assert from "node:assert/strict";
import { walk } from "../../pipeline/store/read_tree.ts";
import { makeZip } from "../data/download/make_zip.ts";
import { graft } from "./graft.ts";

/** A server of a zip at any path but /gone.zip, and who asked it. */
function serveZip() {
  const archive = makeZip(
    ["train/a/1.png", "train/b/2.png", "val/a/3.png", "val/b/4.png"].map((name) => ({
      name,
      content: name,
    })),
  );
  const asked: { authorization: string | null; url: string }[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    asked.push({ authorization: request.headers.get("authorization"), url: request.url });
    return request.url.includes("gone.zip")
      ? new Response("no", { status: 403 })
      : new Response(archive);
  });
  return {
    asked,
    at: `127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

const SECRETS = /PWPW|SECRET|UEREAD/;

Deno.test("no part of a store, and nothing that is printed, has the secrets of an address", async () => {
  await using server = serveZip();
  const folder = await Deno.makeTempDir();
  const query = "X-Amz-Signature=SECRETSIG&id=2&sv=SECRET2026deadbeefcafe0123";
  const addresses = [
    `http://me:PWPW@${server.at}/plain.zip?${query}#SECRETPART`,
    `http://me:other-PWPW@${server.at}/plain.zip?${query}`,
    `http://SECRETUSER@${server.at}/gone.zip`,
    `ftp://me:PWPW@${server.at}/plain.zip`,
    `http://me:PWPW@:x/plain.zip`,
  ];
  const said: string[] = [];
  const codes: number[] = [];
  for (const address of [addresses[0], ...addresses]) {
    for (const more of [[], ["--json"]]) {
      const { code, stdout, stderr } = await graft(
        ["run", "download_data", `--data=${address}`, "--store=store", "--backend=wasm", ...more],
        { cwd: folder },
      );
      said.push(stdout, stderr);
      codes.push(code);
    }
  }
  assert.deepEqual(codes, [0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 2, 2], said.join("\n"));
  const [first] = server.asked;
  assert.equal(first.authorization, `Basic ${btoa("me:PWPW")}`);
  assert.ok(first.url.includes(query), first.url);
  const swept = await graft(
    ["plan", `--sweep=data=${addresses[0]},${addresses[1]}`, "--store=store", "--backend=wasm"],
    { cwd: folder },
  );
  assert.equal(swept.code, 0, swept.stderr);
  said.push(swept.stdout, swept.stderr);
  const files = walk(`${folder}/store`).files;
  assert.ok(files.some((file) => file.startsWith("entries/download_data/")));
  for (const file of files) {
    const text = await Deno.readTextFile(`${folder}/store/${file}`);
    assert.doesNotMatch(`${file}\n${text}`, SECRETS);
  }
  const printed = said.join("\n");
  assert.doesNotMatch(printed, SECRETS);
  // Two secrets are two sources, and the same one is found again.
  assert.match(printed, /= download_data +cached/);
  const shown = `http://${server.at}/plain.zip?X-Amz-Signature=…&id=2&sv=…#secret=`;
  assert.match(printed, /data: "http.* → "http/);
  assert.ok(
    (await Deno.readTextFile(
      `${folder}/store/${files.find((file) => file.endsWith("record.json"))}`,
    ))
      .includes(shown),
  );
  assert.match(
    printed,
    /To run it again: deno task download_data '--data=http:.*#secret=[0-9a-f]{16}'/,
  );
  // What an earlier version kept, and what was mistyped, is not printed either.
  const records = files.filter((file) => file.endsWith("record.json"));
  for (const file of records) {
    const path = `${folder}/store/${file}`;
    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, text.replaceAll(/http:[^"\\]*#secret=\w+/g, addresses[1]));
    assert.match(await Deno.readTextFile(path), SECRETS);
  }
  for (
    const args of [
      ["runs", "--json"],
      ["runs", "latest~3"],
      ["compare", "latest~2", "latest~7"],
      ["run", addresses[0]],
      ["plan", `--sweep=dat=${addresses[0]}`],
    ]
  ) {
    const { stdout, stderr } = await graft([...args, "--store=store"], { cwd: folder });
    assert.match(stdout + stderr, /plain\.zip|gone\.zip|differ/);
    assert.doesNotMatch(stdout + stderr, SECRETS);
  }
  const pasted = await graft(
    ["run", "download_data", `--data=${shown}0123456789abcdef`, "--store=store", "--backend=wasm"],
    { cwd: folder },
  );
  assert.equal(pasted.code, 2);
  assert.match(pasted.stderr, /an address without its secrets/);
  await Deno.remove(folder, { recursive: true });
});
