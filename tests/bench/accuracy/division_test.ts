import assert from "node:assert/strict";
import { datasetOf, packPhotos, readDivision } from "../../../bench/accuracy/division.ts";
import { writePhoto } from "../../tasks/generated_photos.ts";

Deno.test("one pack is divided in many ways, and each photo keeps its pixels and class", async () => {
  const folder = await Deno.makeTempDir();
  const names = ["red/1.png", "red/2.png", "red/3.png", "sky/1.png", "sky/2.png", "sky/3.png"];
  await Deno.mkdir(`${folder}/birds/red`, { recursive: true });
  await Deno.mkdir(`${folder}/birds/sky`);
  await Deno.mkdir(`${folder}/divisions`);
  await Deno.mkdir(`${folder}/packed`);
  for (const [i, name] of names.entries()) {
    await writePhoto(`${folder}/birds/${name}`, i, i < 3 ? 0 : 2);
  }
  const written = {
    ...{ set: "birds", division: 3, classes: ["red", "sky"] },
    train: [names[0], names[4]],
    val: [names[1], names[3]],
    test: [names[5]],
  };
  await Deno.writeTextFile(`${folder}/divisions/birds-3.json`, JSON.stringify(written));
  const division = await readDivision(folder, "birds", 3);
  assert.deepEqual(division, written);
  const index = await packPhotos(folder, division, `${folder}/packed`);
  const all = { ...division, train: [], val: [], test: names };
  using whole = datasetOf(index, all, `${folder}/packed`);
  using dataset = datasetOf(index, division, `${folder}/packed`);
  assert.deepEqual(whole.photos("test").length, names.length);
  for (const part of ["train", "val", "test"] as const) {
    assert.deepEqual(dataset.photos(part).map(({ path }) => path.slice(5)), division[part]);
    dataset.photos(part).forEach(({ path, label }, i) => {
      assert.equal(division.classes[label], path.split("/")[1]);
      const at = whole.photos("test").findIndex((photo) => photo.path === path);
      assert.deepEqual(dataset.readPhoto(part, i), whole.readPhoto("test", at));
    });
  }
  await Deno.remove(folder, { recursive: true });
});
