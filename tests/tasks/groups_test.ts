/** Groups of photos on their way from --group to the data sets. */
import assert from "node:assert/strict";
import { writePhoto } from "./generated_photos.ts";
import { graft } from "./graft.ts";
import { artifactOf, readJson } from "./pipeline/finished_run.ts";

interface Photo {
  path: string;
  group?: string;
}

Deno.test("groups reach the data sets: those of test apart from all others", async () => {
  const folder = await Deno.makeTempDir();
  let stream = 1;
  for (const part of ["train", "test"]) {
    for (const [name, channel] of [["blue", 2], ["red", 0]] as const) {
      for (let nest = 0; nest < 4; nest++) {
        const path = `${folder}/photos/${part}/${name}/${part} ${name} ${nest}`;
        await Deno.mkdir(path, { recursive: true });
        for (let i = 0; i < 2; i++) await writePhoto(`${path}/${i}.png`, stream++, channel);
      }
    }
  }
  const run = (...flags: string[]) =>
    graft([
      "run",
      "build_test",
      "--recipe=best",
      "--data=photos",
      "--store=store",
      "--backend=wasm",
      "--json",
      ...flags,
    ], {
      cwd: folder,
    });
  const grouped = await run("--group=folder");
  assert.equal(grouped.code, 0, grouped.stderr);
  const [fetched, built, tested] = ["download_data", "build_datasets", "build_test"]
    .map((step) => artifactOf(grouped, step));
  const { groups, exif_orientation } = await readJson(`${fetched}/photos.json`);
  assert.equal(exif_orientation, true);
  assert.equal(Object.keys(groups).length, 16);
  const { photos } = await readJson(`${built}/dataset.json`);
  assert.deepEqual(
    Object.fromEntries(photos.map(({ path, group }: Photo) => [path, group])),
    groups,
  );
  for (const { path, group } of photos) assert.equal(path.split("/")[2], group);
  const sides = Map.groupBy<string, Photo>(photos, ({ group }) => group!);
  for (const members of sides.values()) {
    assert.equal(new Set(members.map(({ path }) => path.split("/")[0])).size, 1);
  }
  const test: { photos: Photo[] } = await readJson(`${tested}/dataset.json`);
  assert.deepEqual(
    (await readJson(`${fetched}/test.json`)).groups,
    Object.fromEntries(
      test.photos.map(({ path, group }) => [path, group]),
    ),
  );
  assert.equal(test.photos.length, 16);
  assert.ok(test.photos.every(({ path, group }) => path.split("/")[2] === group));

  const plain = await run();
  assert.equal(plain.code, 0, plain.stderr);
  const alone: { photos: Photo[] } = await readJson(
    `${artifactOf(plain, "build_datasets")}/dataset.json`,
  );
  assert.ok(alone.photos.every((photo) => !("group" in photo)));

  const { code, stderr } = await run("--group=folders");
  assert.equal(code, 2);
  assert.match(
    stderr.replace(/\s+/g, " "),
    /--group is "folders", but takes folder, regex:PATTERN/,
  );
  await Deno.remove(folder, { recursive: true });
});
