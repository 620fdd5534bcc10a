import assert from "node:assert/strict";
import * as v from "valibot";
import { calibrate } from "../../../inference/calibration.ts";
import { findingsFile, quarantineFile } from "../../../tasks/artifacts/findings.ts";
import { curvesFile, historyFile } from "../../../tasks/artifacts/history.ts";
import { jsonArtifact } from "../../../tasks/artifacts/json_artifact.ts";
import { metricsFile } from "../../../tasks/artifacts/metrics.ts";
import { readPostprocessing, writeReferences } from "../../../tasks/artifacts/postprocessing.ts";
import { sourceFile } from "../../../tasks/artifacts/source.ts";
import { references } from "../../../inference/out_of_distribution.ts";
import { learningCurves } from "../../../training/history.ts";
import { compareBranches, scoreBranch } from "../../../training/score.ts";

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const photos = Array.from({ length: 4 }, (_, index) => ({
  index,
  label: index % 2,
  logits: [index, 1],
}));
const history = {
  epochs: [{
    epoch: 0,
    lr: 0.1,
    train: { loss: 0.5, accuracy: 0.75, seconds: 1 },
    val: { loss: 0.25, accuracy: 1, seconds: 2 },
  }],
  best: { epoch: 0, accuracy: 1 },
};
const branch = (unlike_beyond: number | null) => ({
  ...scoreBranch(photos, ["ant", "bee"]),
  calibration: calibrate(photos),
  unlike_beyond,
});
const metrics = {
  branches: { finetune: branch(null), frozen: branch(0.25) },
  comparison: compareBranches(photos, photos),
};

Deno.test("what a step writes is read back with nothing lost", () =>
  inFolder(async (folder) => {
    const source = {
      kind: "zip" as const,
      origin: "photos.zip",
      sha256: "00",
      note: "a note",
      counts: { train: { ant: 1 }, val: { ant: 0 } },
    };
    const findings = {
      schema: 1 as const,
      findings: [{
        kind: "small" as const,
        severity: "note" as const,
        title: "1 photo is small",
        remedy: "Nothing.",
        files: ["a.jpg"],
        groups: [["a.jpg", "b.jpg"]],
      }],
    };
    const check = async <T>(
      file: { write: (folder: string, value: T) => Promise<void>; read: (f: string) => Promise<T> },
      value: T,
    ) => {
      await file.write(folder, value);
      assert.deepEqual(await file.read(folder), value);
    };
    await check(sourceFile, source);
    await check(findingsFile, findings);
    await check(quarantineFile, [{ path: "train/a/b.jpg", reason: "it is cut off" }]);
    await check(metricsFile, metrics);
    await check(historyFile, history);
    await check(curvesFile, learningCurves(history));
  }));

Deno.test("a branch's outputs are read as evaluation measured them", () =>
  inFolder(async (folder) => {
    await metricsFile.write(folder, metrics);
    const known = (x: number) => references([Float32Array.of(x, 0), Float32Array.of(0, x)]);
    await writeReferences(folder, { finetune: known(1), frozen: known(2) });
    const { temperature } = metrics.branches.frozen.calibration;
    assert.deepEqual(await readPostprocessing(folder, "finetune"), { temperature });
    assert.deepEqual(await readPostprocessing(folder, "frozen"), {
      temperature,
      outOfDistribution: { references: known(2), threshold: 0.25 },
    });
  }));

Deno.test("a file that is not as it should be is named, with what is wrong and what to do", () =>
  inFolder(async (folder) => {
    const file = jsonArtifact(
      "some.json",
      "some_step",
      v.object({ a: v.object({ b: v.number() }) }),
    );
    await Deno.writeTextFile(`${folder}/some.json`, `{"a":{"b":"1"}}`);
    await assert.rejects(
      file.read(folder),
      /some\.json is not as this version .*\(a\.b: .*number.*\): .*deno task some_step --force/,
    );
    await Deno.writeTextFile(`${folder}/some.json`, `{"a":`);
    await assert.rejects(file.read(folder), /some\.json is not as this version/);
    await Deno.remove(`${folder}/some.json`);
    await assert.rejects(file.read(folder), Deno.errors.NotFound);
  }));
