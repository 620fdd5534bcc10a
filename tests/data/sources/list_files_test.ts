import assert from "node:assert/strict";
import { join } from "node:path";
import { listFiles } from "../../../data/sources/list_files.ts";
import { tempFolder } from "../download/temp_folder.ts";
import { writeTree } from "./photo_tree.ts";

const unix = { ignore: Deno.build.os === "windows" };

async function listed(root: string, options?: Parameters<typeof listFiles>[1]) {
  const { paths, leftOut, litter } = await listFiles(root, options);
  const reasons = Object.fromEntries(leftOut.map(({ path, reason }) => [path, reason]));
  return { paths: paths.sort(), reasons, litter: litter.sort() };
}

Deno.test("files come with their path, folders where they are empty, litter apart", async () => {
  using folder = tempFolder();
  const paths = ["a/1.jpg", "a/deep/2.jpg", "b/", "notes.txt"];
  writeTree(folder.path, [...paths, ".git/config", "a/.DS_Store", "__MACOSX/a/._1.jpg"]);
  assert.deepEqual(await listed(folder.path), {
    paths,
    reasons: {},
    litter: [".git", "__MACOSX", "a/.DS_Store"],
  });
});

Deno.test(
  "links that stay in the folder are followed, others only where that is asked for",
  unix,
  async () => {
    using folder = tempFolder();
    const root = join(folder.path, "photos");
    writeTree(folder.path, ["photos/a/1.jpg", "photos2/b/2.jpg"]);
    Deno.symlinkSync("a", join(root, "again"));
    Deno.symlinkSync(root, join(root, "a/above"));
    // The beginning of its path is the folder's, and yet it is another one.
    Deno.symlinkSync("../photos2", join(root, "out"));
    Deno.symlinkSync("/", join(root, "a/everything"));
    const inside = ["a/1.jpg", "again/1.jpg"];
    const reason = "is a link that leads out of the folder: copy what it points to";
    const { paths, reasons } = await listed(root);
    assert.deepEqual(paths, inside);
    assert.deepEqual(reasons, {
      out: reason,
      "a/everything": reason,
      "again/everything": reason,
    });
    Deno.removeSync(join(root, "a/everything"));
    assert.deepEqual(await listed(root, { followOut: true }), {
      paths: [...inside, "out/b/2.jpg"],
      reasons: {},
      litter: [],
    });
    Deno.symlinkSync(root, join(folder.path, "linked"));
    assert.deepEqual((await listed(join(folder.path, "linked"))).paths, inside);
  },
);

Deno.test("what cannot be read as a file is named with the reason", unix, async () => {
  using folder = tempFolder();
  writeTree(folder.path, ["a/1.jpg"]);
  const at = (path: string) => join(folder.path, path);
  Deno.symlinkSync("nowhere", at("a/gone.jpg"));
  Deno.symlinkSync("loop.jpg", at("a/loop.jpg"));
  await new Deno.Command("mkfifo", { args: [at("a/pipe.jpg")] }).output();
  using _socket = Deno.listen({ transport: "unix", path: at("a/socket.jpg") });
  const expected: Record<string, string> = {
    "a/gone.jpg": "is a link to nothing",
    "a/loop.jpg": "is a link to nothing",
    "a/pipe.jpg": "is a named pipe, not a file",
    "a/socket.jpg": "is a socket, not a file",
  };
  // Not every file system takes such a name.
  const script = `touch "$(printf '${at("a/caf")}\\351.jpg')"`;
  if ((await new Deno.Command("sh", { args: ["-c", script], stderr: "null" }).output()).success) {
    const names = [...Deno.readDirSync(at("a"))].map(({ name }) => name);
    if (names.includes("caf\ufffd.jpg")) {
      expected["a/caf\ufffd.jpg"] = "has a name that is not UTF-8: rename it";
    }
  }
  assert.deepEqual(await listed(folder.path), {
    paths: ["a/1.jpg"],
    reasons: expected,
    litter: [],
  });
});

Deno.test("a folder that is none is named, with what may be given", async () => {
  using folder = tempFolder();
  writeTree(folder.path, ["file"]);
  for (const name of ["nowhere", "file", "file/below"]) {
    await assert.rejects(
      listFiles(join(folder.path, name)),
      (error: Error) => error.message.startsWith(`${join(folder.path, name)} is no folder. Photos`),
    );
  }
});
