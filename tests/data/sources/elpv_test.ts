import assert from "node:assert/strict";
import { join } from "node:path";
import { planElpv } from "../../../data/sources/elpv.ts";
import { parseLabels } from "../../../data/sources/labels.ts";
import { countPhotos, type Plan, targetOf } from "../../../data/sources/plan.ts";
import { ZipArchive } from "../../../data/download/zip_archive.ts";
import { makeZip } from "../download/make_zip.ts";
import { tempFolder } from "../download/temp_folder.ts";

/** 1,600 labels: each probability and type in turn, 200 of each pair. */
const labels = Array.from({ length: 1600 }, (_, i) => {
  const probability = ["0.0", "0.3333333333333333", "0.6666666666666666", "1.0"][i % 4];
  return `images/cell${i}.png  ${probability.padEnd(20)}${i % 8 < 4 ? "mono" : "poly"}`;
});
/** 400 more certain ones, so that some are left over. */
const more = labels.filter((line) => line.endsWith("mono"))
  .map((line) => line.replace("cell", "more"));

async function plan(lines: string[], seed: number): Promise<Plan> {
  using folder = tempFolder();
  const path = join(folder.path, "elpv.whl");
  const content = lines.join("\n") + "\n";
  Deno.writeFileSync(path, makeZip([{ name: "elpv_dataset/data/labels.csv", content }]));
  using archive = await ZipArchive.open(path);
  return await planElpv(archive, seed);
}

Deno.test("150 and 75 photos a class are chosen among the certain monocrystalline cells", async () => {
  const { files } = await plan([...labels, ...more], 0);
  assert.deepEqual(countPhotos({ files }), {
    train: { defective: 150, functional: 150 },
    val: { defective: 75, functional: 75 },
  });
  assert.equal(new Set(files.map(({ from }) => from)).size, 450);
  for (const file of files) {
    const path = file.from.replace("elpv_dataset/data/", "");
    const line = [...labels, ...more].find((line) => line.startsWith(`${path} `))!;
    const certain = file.className === "functional" ? /\s0\.0\s+mono$/ : /\s1\.0\s+mono$/;
    assert.match(line, certain);
    assert.equal(targetOf(file), `${file.split}/${file.className}/${path.replace("images/", "")}`);
  }
});

Deno.test("the choice depends on the seed alone", async () => {
  const lines = [...labels, ...more];
  assert.deepEqual(await plan(lines, 3), await plan(lines, 3));
  assert.notDeepEqual((await plan(lines, 3)).files, (await plan(lines, 4)).files);
});

Deno.test("too few photos and damaged labels are errors that name the file", async () => {
  await assert.rejects(plan(labels, 0), /elpv\.whl has only 200 photos of functional cells/);
  await assert.rejects(plan(["images/a.png 1.0"], 0), /labels\.csv, line 1: 2 fields instead of 3/);
});

Deno.test("labels are separated by white space, commas or tabs", () => {
  const text = "# path, label\r\na b.png,1\r\n\r\nc.png\t2\nd.png   3\n";
  const rows = [["a b.png", "1"], ["c.png", "2"], ["d.png", "3"]];
  assert.deepEqual(parseLabels(text, 2, "labels.csv"), rows);
});
