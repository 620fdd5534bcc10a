import assert from "node:assert/strict";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { drawingCode } from "../../../app/conclusion/drawing_code.ts";
import { importsOf } from "../../module_imports.ts";

const FILES = [
  "app/conclusion/draw_facts.ts",
  "app/conclusion/run_report.ts",
  "data/crop.ts",
  "deno.lock",
  "models/manifest.ts",
  "report/page/stylesheet.ts",
  "tasks/artifacts/facts.ts",
];

Deno.test("an edit of whatever draws changes the digest, nothing else does", async () => {
  const folder = await Deno.makeTempDir();
  const root = pathToFileURL(`${folder}/`);
  const write = async (name: string, text: string) => {
    await Deno.mkdir(`${folder}/${dirname(name)}`, { recursive: true });
    await Deno.writeTextFile(`${folder}/${name}`, text);
  };
  for (const name of [...FILES, "training/fit.ts"]) await write(name, "");
  const digests = [drawingCode(root)];
  assert.equal(drawingCode(root), digests[0]);
  await write("training/fit.ts", "edited");
  assert.equal(drawingCode(root), digests[0]);
  for (const name of FILES) {
    await write(name, "edited");
    digests.push(drawingCode(root));
  }
  await write("report/another.ts", "");
  digests.push(drawingCode(root));
  assert.equal(new Set(digests).size, FILES.length + 2);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("all that drawing runs is in the digest", async () => {
  const covered = ["data/", "report/", "tasks/artifacts/", "models/manifest.ts", "app/conclusion/"];
  const modules = await importsOf(["app/conclusion/draw_facts.ts", "report/training_curves.ts"]);
  const entered = ["app/conclusion/draw_facts.ts", "report/training_curves.ts"];
  for (const path of entered) {
    const { code } = modules.find((module) => module.path === path)!;
    for (const next of code) if (!entered.includes(next)) entered.push(next);
  }
  const missing = entered.filter((path) => !covered.some((place) => path.startsWith(place)));
  assert.deepEqual(missing, []);
});
