import assert from "node:assert/strict";
import { decodePng } from "../../../data/codecs/png.ts";
import { factsFile, mapPhotos, writeFacts } from "../../../tasks/artifacts/facts.ts";
import { factsOf } from "../../report/page_facts.ts";

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("facts are read back with nothing lost, photos to the pixel, whatever a class is called", () =>
  inFolder(async (folder) => {
    // Names that objects have without being given them.
    const written = factsOf(["constructor", "__proto__", "bees"]);
    await writeFacts(folder, written);
    const named = await factsFile.read(folder);
    const read = await mapPhotos(
      named,
      async (name) => decodePng(await Deno.readFile(`${folder}/${name}`)),
    );
    assert.deepEqual(read, written);
    const files = [...Deno.readDirSync(`${folder}/shown`)].map(({ name }) => name).sort();
    assert.deepEqual(files, ["batch_1.png", "explained_1.png", "least_sure_1.png", "worst_1.png"]);
  }));

Deno.test("what is no number is one that is none, and no heat", () =>
  inFolder(async (folder) => {
    const facts = factsOf(["ants", "bees"]);
    facts.worst[0].probability = NaN;
    facts.explained[0].heat.values = [NaN, 1];
    await writeFacts(folder, facts);
    const { worst, explained } = await factsFile.read(folder);
    assert.ok(Number.isNaN(worst[0].probability));
    assert.deepEqual(explained[0].heat.values, [0, 1]);
  }));

Deno.test("facts name photos of their own folder only", () =>
  inFolder(async (folder) => {
    await writeFacts(folder, factsOf(["ants", "bees"]));
    const path = `${folder}/${factsFile.name}`;
    const text = await Deno.readTextFile(path);
    for (const name of ["shown/../../secret.png", "/etc/passwd", "shown/a.png/b"]) {
      await Deno.writeTextFile(path, text.replace("shown/worst_1.png", name));
      await assert.rejects(factsFile.read(folder), /facts\.json is not as .* \(worst\.0\.image: /);
    }
  }));
