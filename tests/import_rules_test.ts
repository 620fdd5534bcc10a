/** The house stays as drawn: each room imports only the rooms it may. */
import assert from "node:assert/strict";
import { importsOf, modulesUnder, roomOf } from "./module_imports.ts";

/** What a room may import of ours beside itself: rooms, folders or single files. */
const MAY_IMPORT: Record<string, string[]> = {
  pipeline: [],
  data: [],
  backend: [],
  weights: ["data/download", "data/unwritable.ts", "data/windows_name.ts"],
  models: ["backend/ops"],
  training: ["models", "data", "backend", "weights"],
  inference: ["models", "data", "backend", "weights"],
  export: [
    "models",
    "weights",
    "backend/ops",
    "inference",
    "data/statistics",
    "data/fit.ts",
    "report/text.ts",
  ],
  report: ["data", "models/manifest.ts"],
  tasks: [
    "pipeline",
    "data",
    "weights",
    "models",
    "backend",
    "training",
    "inference",
    "export",
    "report",
  ],
};
/** What a room may know the types of alone: nothing of it runs there. */
const MAY_IMPORT_TYPES: Record<string, string[]> = {
  models: ["weights"],
  report: ["training", "inference"],
};
/** app, bench and tests import what they like, but only tests import tests, and nothing app. */
const FREE = ["app", "bench"];

const isWithin = (path: string, place: string) => path === place || path.startsWith(`${place}/`);

Deno.test("each room imports only the rooms that it may", async () => {
  const broken: string[] = [];
  for (const room of Object.keys(MAY_IMPORT)) {
    for (const { path, code, types } of await importsOf(await modulesUnder(room))) {
      if (roomOf(path) !== room) continue;
      const fits = (target: string, allowed: string[]) =>
        roomOf(target) === room || allowed.some((place) => isWithin(target, place));
      const known = [...MAY_IMPORT[room], ...MAY_IMPORT_TYPES[room] ?? []];
      broken.push(
        ...code.filter((target) => !fits(target, MAY_IMPORT[room]))
          .map((target) => `${path} imports ${target}`),
        ...types.filter((target) => !fits(target, known))
          .map((target) => `${path} imports types of ${target}`),
      );
    }
  }
  assert.deepEqual(broken, []);
});

Deno.test("nothing but the tests imports tests, and nothing but app imports app", async () => {
  const broken: string[] = [];
  for (const room of [...Object.keys(MAY_IMPORT), ...FREE]) {
    for (const { path, code, types } of await importsOf(await modulesUnder(room))) {
      const wrong = [...code, ...types].filter((target) =>
        roomOf(target) === "tests" || (roomOf(target) === "app" && roomOf(path) !== "app")
      );
      broken.push(...wrong.map((target) => `${path} imports ${target}`));
    }
  }
  assert.deepEqual(broken, []);
});

Deno.test("app/cli knows no images: of other rooms it imports the pipeline alone", async () => {
  const broken: string[] = [];
  for (const { path, code, types } of await importsOf(await modulesUnder("app/cli"))) {
    if (!isWithin(path, "app/cli")) continue;
    const wrong = [...code, ...types].filter((target) =>
      !isWithin(target, "app/cli") && roomOf(target) !== "pipeline"
    );
    broken.push(...wrong.map((target) => `${path} imports ${target}`));
  }
  assert.deepEqual(broken, []);
});

Deno.test("modules of ours import each other's files: a mod.ts is for people outside", async () => {
  const broken: string[] = [];
  for (const room of [...Object.keys(MAY_IMPORT), ...FREE]) {
    for (const { path, code, types } of await importsOf(await modulesUnder(room))) {
      if (path.endsWith("mod.ts")) continue;
      const barrels = [...code, ...types].filter((target) => target.endsWith("/mod.ts"));
      broken.push(...barrels.map((target) => `${path} imports ${target}`));
    }
  }
  assert.deepEqual(broken, []);
});
