/** Every command that the pages show does what it should: see deno_in_docs.ts for what is shortened. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { graft as application } from "../../app/graft.ts";
import { writePhoto, writePhotoFolder } from "../tasks/generated_photos.ts";
import { graft } from "../tasks/graft.ts";
import { writeRandomWeights } from "../tasks/random_weights.ts";
import { KEYS, S3Server } from "../pipeline/store/remote/s3_server.ts";
import { commandsOf, inlineTasks, links, pages } from "./documented_commands.ts";

const ROOT = new URL("../../", import.meta.url);
const LONGEST_MS = 120_000;

/** What the pages take for granted: photos under their names, and a store after a first run. */
async function prepare(folder: string): Promise<void> {
  await writePhotoFolder(`${folder}/photos`, { train: 4, val: 2 });
  const singles = ["one.jpg", "bee.jpg", "another/folder/two.jpg", "more/a/b/three.jpg"];
  for (const [i, path] of singles.entries()) {
    await Deno.mkdir(`${folder}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await writePhoto(`${folder}/${path}`, 100 + i, 0);
  }
  for (const [i, name] of ["blue", "red"].entries()) {
    await Deno.mkdir(`${folder}/new_photos/${name}`, { recursive: true });
    await writePhoto(`${folder}/new_photos/${name}/1.png`, 200 + i, i === 0 ? 2 : 0);
  }
  await Deno.mkdir(`${folder}/downloads`);
  await Deno.writeTextFile(`${folder}/some.txt`, "the cat and the dog");
  await writeRandomWeights(`${folder}/weights.safetensors`, "mobilenet_v2");
  const { code, stderr } = await graft([
    "run",
    "--recipe=quick",
    "--data=photos",
    "--weights=weights.safetensors",
    "--model=mobilenet_v2",
    "--backend=wasm",
    "--epochs=1",
    "--store=store",
  ], { cwd: folder });
  assert.equal(code, 0, stderr);
  await Deno.mkdir(`${folder}/bin`);
  // Of a cluster `plan` asks what it has, and no more.
  await Deno.writeTextFile(
    `${folder}/bin/sinfo`,
    `#!/bin/sh\necho "gpu*|16|64000|infinite|gpu:a100:2"\n`,
    { mode: 0o755 },
  );
  // Programs in Python want packages and data sets: they and their flags are looked for instead.
  await Deno.writeTextFile(
    `${folder}/bin/python3`,
    `#!/bin/sh -e\nscript="${fileURLToPath(ROOT)}$1"; shift; test -f "$script"\n` +
      'for word; do case "$word" in --*) grep -qF -- "\\"$word\\"" "$script";; esac; done\n',
    { mode: 0o755 },
  );
  const shim = fileURLToPath(new URL("tests/docs/deno_in_docs.ts", ROOT));
  await Deno.writeTextFile(
    `${folder}/bin/deno`,
    `#!/bin/sh\nexec "${Deno.execPath()}" run -A --no-check "${shim}" "${folder}/store" "$@"\n`,
    { mode: 0o755 },
  );
}

/** `deno task serve` as it runs while a reader goes on, on any free port. */
async function serve(folder: string) {
  const server = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "app/main.ts", "serve", "--port=0", "--json", "--store=store"],
    cwd: fileURLToPath(ROOT),
    env: { INIT_CWD: folder },
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const lines = server.stdout.pipeThrough(new TextDecoderStream());
  let said = "";
  for await (const text of lines.values({ preventCancel: true })) {
    said += text;
    if (said.includes("\n")) break;
  }
  const { url } = JSON.parse(said);
  return {
    url,
    async [Symbol.asyncDispose]() {
      server.kill();
      await lines.cancel();
      await server.status;
    },
  };
}

const SERVED = "http://127.0.0.1:8000/";

Deno.test({
  name: "every command of the pages runs, or is one that it says it checks instead",
  ignore: Deno.build.os === "windows", // the pages are written for a POSIX shell
  fn: async (t) => {
    const folder = await Deno.makeTempDir();
    await prepare(folder);
    await using server = await serve(folder);
    await using team = new S3Server("team");
    team.put("graft/store.json", "{}");
    // An answer that is an error fails its command.
    await Deno.writeTextFile(`${folder}/.curlrc`, "fail\n");
    for (const [name, page] of await pages()) {
      for (const command of commandsOf(page)) {
        await t.step(`${name}: ${command.split("\n")[0]}`, async () => {
          const { code, stdout, stderr } = await new Deno.Command("sh", {
            args: ["-e", "-c", command.replaceAll(SERVED, server.url)],
            cwd: folder,
            env: {
              PATH: `${folder}/bin:${Deno.env.get("PATH")}`,
              CURL_HOME: folder,
              NO_COLOR: "1",
              AWS_ENDPOINT_URL: team.endpoint,
              AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
              AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
            },
            signal: AbortSignal.timeout(LONGEST_MS),
          }).output();
          const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
          assert.equal(code, 0, `${command}\nended with ${code}:\n${said}`);
        });
      }
    }
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test("tasks and flags that the text names exist", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const { commands, steps } = application("/store");
  /** What runs a task that is no command of graft's says which flags it takes. */
  const [bench, fuzz] = await Promise.all(
    ["bench/main.ts", "bench/fuzz/main.ts"].map((path) => Deno.readTextFile(new URL(path, ROOT))),
  );
  let named = 0;
  for (const [name, page] of await pages()) {
    for (const task of inlineTasks(page)) {
      const [command] = task.split(" ");
      if (/^[A-Z]+$/.test(command)) continue; // STEP
      named++;
      assert.ok(tasks[command], `${name}: there is no \`deno task ${command}\``);
      for (const [flag] of task.matchAll(/--[a-z-]+/g)) {
        // A step's name runs the pipeline's command.
        const ours = commands.find(({ name }) =>
          name === (command in steps ? "pipeline" : command)
        );
        const usage = command === "fuzz" ? fuzz : bench;
        const known = ours ? flag.slice(2) in ours.flags.entries : usage.includes(flag);
        assert.ok(known, `${name}: \`deno task ${command}\` has no ${flag}`);
      }
    }
  }
  assert.ok(named > 10, `the pages name ${named} tasks`);
});

Deno.test("what the pages link to is there", async () => {
  for (const [name, page] of await pages()) {
    for (const path of links(page)) {
      await assert.doesNotReject(
        Deno.stat(new URL(path, new URL(name, ROOT))),
        `${name} links to ${path}`,
      );
    }
  }
});
