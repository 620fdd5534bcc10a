/** A folder of one's own photos that grows: its photos are linked, and each is decoded once. */
import assert from "node:assert/strict";
import { basename, dirname } from "node:path";
import type { PipelineEvent } from "../../pipeline/events.ts";
import { run } from "../../pipeline/run.ts";
import { gc } from "../../pipeline/upkeep/gc.ts";
import { graftPipeline } from "../../tasks/pipeline.ts";
import { withTempFolder } from "../data/photo_folder.ts";
import { writePhoto } from "./generated_photos.ts";

async function build(folder: string, store: string) {
  const said: string[] = [];
  const record = await run(graftPipeline([]), {
    store: `${folder}/${store}`,
    targets: ["build_datasets"],
    parameters: {
      download_data: { downloads: `${folder}/downloads`, data: `${folder}/photos`, seed: 0 },
      build_datasets: { shortSide: 50 },
    },
    onEvent: (event: PipelineEvent) => {
      if (event.type === "step_log") said.push(event.text);
    },
  });
  assert.equal(record.status, "done", JSON.stringify(record.steps));
  const [fetched, built] = record.steps.map(({ artifact }) => artifact!);
  return { fetched, built, said: said.join("\n") };
}

Deno.test("after two photos are added, two are decoded, and all is as if it was built at once", () =>
  withTempFolder(async (folder) => {
    const add = async (from: number, to: number) => {
      for (let i = from; i < to; i++) {
        const name = i % 2 === 0 ? "blue" : "red";
        await Deno.mkdir(`${folder}/photos/${name}`, { recursive: true });
        await writePhoto(`${folder}/photos/${name}/${i}.png`, i + 1, i % 2 === 0 ? 2 : 0);
      }
    };
    await add(0, 10);
    const first = await build(folder, "store");
    assert.doesNotMatch(first.said, /decoded before/);
    for await (const { name } of Deno.readDir(`${first.fetched}/photos/train/red`)) {
      const { isSymlink } = await Deno.lstat(`${first.fetched}/photos/train/red/${name}`);
      assert.equal(isSymlink, Deno.build.os !== "windows");
    }
    await add(10, 12);
    const grown = await build(folder, "store");
    assert.match(
      grown.said,
      /^10 photos had been decoded before, .*packs of earlier runs stay until `deno task gc`/m,
    );
    const afresh = await build(folder, "another");
    assert.doesNotMatch(afresh.said, /decoded before/);
    const names = [...Deno.readDirSync(afresh.built)].map(({ name }) => name);
    assert.ok(names.includes("train.pack") && names.includes("findings.json"));
    for (const name of names) {
      assert.deepEqual(
        await Deno.readFile(`${grown.built}/${name}`),
        await Deno.readFile(`${afresh.built}/${name}`),
        name,
      );
    }
    // What the latest run needs is all that stays.
    await gc(`${folder}/store`, { maxSize: 1 });
    const kept = [...Deno.readDirSync(dirname(grown.built))].map(({ name }) => name);
    assert.deepEqual(kept, [basename(grown.built)]);
  }));
