/** Folders as people have them: with files beside the photos, and with what is no file at all. */
import assert from "node:assert/strict";
import { withTempFolder } from "../data/photo_folder.ts";
import { writePhotoFolder } from "./generated_photos.ts";
import { graft, graftUntil } from "./graft.ts";
import { statusesOf } from "./pipeline/finished_run.ts";

const unix = { ignore: Deno.build.os === "windows" };
const FLAGS = ["--data=photos", "--store=store", "--backend=wasm", "--json"];

Deno.test("a file beside the photos builds nothing again", () =>
  withTempFolder(async (folder) => {
    await writePhotoFolder(`${folder}/photos`, { train: 2, val: 1 });
    const build = () => graft(["run", "build_datasets", ...FLAGS], { cwd: folder });
    const first = await build();
    assert.deepEqual(statusesOf(first), { download_data: "ran", build_datasets: "ran" });
    await Deno.writeTextFile(`${folder}/photos/train/red/0.xmp`, "<xmp/>");
    await Deno.writeTextFile(`${folder}/photos/val/blue/.DS_Store`, "");
    const second = await build();
    assert.deepEqual(statusesOf(second), { download_data: "ran", build_datasets: "cached" });
    const log = second.json.filter(({ type }) => type === "step_log").map(({ text }) => text);
    assert.deepEqual(log, [
      "passed over 1 hidden file and the like (.DS_Store)",
      "passed over 1 file that is no photo (.xmp)",
    ]);
  }));

Deno.test(
  "a pipe and a link to a device among photos are left out, and nothing waits for them",
  unix,
  () =>
    withTempFolder(async (folder) => {
      await writePhotoFolder(`${folder}/photos`, { train: 2, val: 1 });
      const red = `${folder}/photos/train/red`;
      await new Deno.Command("mkfifo", { args: [`${red}/pipe.jpg`] }).output();
      await Deno.symlink("/dev/zero", `${red}/zero.jpg`);
      const at = { cwd: folder };
      const inspected = await graft(["inspect", "photos", "--json"], at);
      const left = inspected.json.filter(({ kind }) => kind === "left_out");
      assert.deepEqual(left.flatMap(({ files }) => files).sort(), [
        "train/red/pipe.jpg",
        "train/red/zero.jpg",
      ]);
      const run = await graft(["run", "download_data", ...FLAGS], at);
      assert.equal(run.code, 0, run.stderr);
      assert.match(run.stderr + run.stdout, /left out train\/red\/pipe\.jpg: it is a named pipe/);
    }),
);

Deno.test(
  "a run that reads a large folder of photos ends when it is asked to",
  unix,
  () =>
    withTempFolder(async (folder) => {
      await writePhotoFolder(`${folder}/photos`, { train: 2, val: 1 });
      // Of holes alone: it takes no room, and minutes to read.
      await Deno.create(`${folder}/photos/train/red/film.mov`).then((file) => file.close());
      await Deno.truncate(`${folder}/photos/train/red/film.mov`, 2 ** 36);
      for (const signal of ["SIGINT", "SIGTERM"] as const) {
        const child = await graftUntil(/run_started/, ["run", "download_data", ...FLAGS], {
          cwd: folder,
        });
        const started = performance.now();
        child.kill(signal);
        assert.equal((await child.status).code, 130);
        assert.ok(performance.now() - started < 5000);
        await child.stderr.cancel();
      }
    }),
);
