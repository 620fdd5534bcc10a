/** What is said at the end of a run, of an evaluation that the test makes up. */
import assert from "node:assert/strict";
import { concludeRun } from "../../../app/conclusion/conclude_run.ts";
import { calibrate } from "../../../inference/calibration.ts";
import type { RunRecord } from "../../../pipeline/run_record.ts";
import { writeFacts } from "../../../tasks/artifacts/facts.ts";
import { metricsFile } from "../../../tasks/artifacts/metrics.ts";
import { graftPipeline } from "../../../tasks/pipeline.ts";
import { compareBranches, scoreBranch } from "../../../training/score.ts";
import { factsOf } from "../../report/page_facts.ts";

const CLASSES = ["ants", "planets"];

/**
 * @param rare photos of planets, all of them taken for ants
 * @param isCrossValidated whether the frozen branch is, with the same answers
 */
async function conclusionOf(rare: number, isCrossValidated = false): Promise<string[]> {
  const store = await Deno.makeTempDir();
  try {
    const folder = `${store}/artifacts/evaluate/made-up`;
    await Deno.mkdir(folder, { recursive: true });
    await writeFacts(folder, factsOf(CLASSES));
    const photos = Array.from({ length: 20 }, (_, index) => ({
      index,
      label: index < 20 - rare ? 0 : 1,
      logits: [1, 0],
    }));
    const score = {
      ...scoreBranch(photos, CLASSES),
      calibration: calibrate(photos),
      unlike_beyond: null,
    };
    await metricsFile.write(folder, {
      branches: {
        finetune: score,
        frozen: isCrossValidated ? { ...score, cross_validated: score } : score,
      },
      comparison: compareBranches(photos, photos),
    });
    const record: RunRecord = {
      id: "2026-01-02T03-04-05.678Z",
      pipeline: "graft",
      status: "done",
      started: "2026-01-02T03:04:05.678Z",
      seconds: 1,
      targets: [],
      parameters: {},
      steps: [{ step: "evaluate", status: "ran", reason: "", seconds: 1, artifact: folder }],
    };
    const said = await concludeRun(
      { pipeline: () => Promise.resolve(graftPipeline([])) },
      store,
      record,
      [],
    );
    return said!.map((line) => typeof line === "string" ? line : `${line.text}${line.path}`);
  } finally {
    await Deno.remove(store, { recursive: true });
  }
}

Deno.test("a class that is never right is named beside the accuracy that hides it", async () => {
  const [result] = await conclusionOf(1);
  assert.match(result, /right on 19 of the 20 photos .* confidence\), but planets 0 of 1\.$/);
});

Deno.test("where no class fails, nothing is added to the accuracy", async () => {
  const [result] = await conclusionOf(0);
  assert.match(result, /right on 20 of the 20 photos .* confidence\)\.$/);
});

Deno.test("of two that are equal both are told of, unless more is known of one than of the other", async () => {
  const [both] = await conclusionOf(0);
  assert.match(both, /^Both models are right on 20 of the 20 photos kept aside/);
  const [one] = await conclusionOf(0, true);
  assert.match(
    one,
    /^Of two that are equal on the photos kept aside, .*\(frozen\), is right on 20 /,
  );
  assert.match(one, /cross-validated/);
});
