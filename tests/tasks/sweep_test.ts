/** A sweep's graph and the step at its end, on evaluations that the test makes up. */
import assert from "node:assert/strict";
import { definePipeline } from "../../pipeline/graph.ts";
import { run } from "../../pipeline/run.ts";
import { schemaOf } from "../pipeline/rig.ts";
import { inputsOf } from "../../pipeline/declaration.ts";
import { graftPipeline } from "../../tasks/pipeline.ts";
import * as v from "valibot";
import { TRAINING } from "../../app/commands/flags.ts";
import { stepParameters } from "../../app/step_parameters.ts";
import { sweepPipeline } from "../../tasks/sweep_pipeline.ts";
import { describeTable, markdownTable, runsAsCsv } from "../../report/describe_table.ts";
import { calibrate } from "../../inference/calibration.ts";
import { concludeSweep } from "../../app/conclusion/conclude_sweep.ts";
import { compareBranches, scoreBranch } from "../../training/score.ts";
import { sweepTable } from "../../training/sweep_table.ts";

async function settingsOf(points: Record<string, string>[], folder = "/") {
  return await Promise.all(points.map(async (labels) => {
    const flags = v.parse(TRAINING, { backend: "wasm", recipe: "quick", ...labels });
    const { parameters } = await stepParameters(flags, folder, "/store");
    return { labels, parameters };
  }));
}

Deno.test("a sweep downloads and builds once, converts once a model, trains once a setting", async () => {
  const points = ["resnet18", "mobilenet_v2"].flatMap((model) =>
    ["0.001", "0.01"].flatMap((lr) => ["0", "1", "2"].map((seed) => ({ model, lr, seed })))
  );
  const { pipeline } = sweepPipeline(graftPipeline([]), await settingsOf(points));
  const counts = Map.groupBy(pipeline.steps, ({ kind, name }) => kind ?? name);
  assert.deepEqual(Object.fromEntries([...counts].map(([kind, steps]) => [kind, steps.length])), {
    download_data: 1,
    convert_weights: 2,
    build_datasets: 1,
    train_finetune: 12,
    train_frozen: 12,
    evaluate: 12,
    sweep: 1,
  });
  const train = pipeline.steps.find(({ name }) =>
    name === "train_frozen@model=resnet18,lr=0.01,seed=2"
  )!;
  assert.deepEqual(inputsOf(train), {
    build_datasets: "build_datasets",
    convert_weights: "convert_weights@model=resnet18",
  });
  const table = pipeline.steps.at(-1)!;
  assert.equal(Object.keys(inputsOf(table)).length, 12);
});

Deno.test("an axis of data divides everything that reads photos", async () => {
  const folder = await Deno.makeTempDir();
  const points = ["./a", "./b"].map((data) => ({ data }));
  for (const { data } of points) {
    await Deno.mkdir(`${folder}/${data}`);
    await Deno.writeTextFile(`${folder}/${data}/photo.jpg`, "not looked at yet");
  }
  const { pipeline } = sweepPipeline(graftPipeline([]), await settingsOf(points, folder));
  await Deno.remove(folder, { recursive: true });
  assert.ok(pipeline.steps.some(({ name }) => name === "build_datasets@data=.-a"));
  assert.equal(pipeline.steps.filter(({ name }) => name === "convert_weights").length, 1);
});

/** What an evaluation says of a branch with so many of ten photos right. */
const scored = (correct: number) => ({
  ...scoreBranch(
    Array.from({ length: 10 }, (_, i) => ({
      index: i,
      label: 0,
      logits: i < correct ? [1, 0] : [0, 1],
    })),
    ["a", "b"],
  ),
  calibration: calibrate([]),
  unlike_beyond: null,
});

const evaluated = (seed: number, finetune: number, frozen: number) => ({
  labels: { lr: "0.01", seed: `${seed}` },
  branches: {
    finetune: scored(finetune),
    frozen: scored(frozen),
  },
});

Deno.test("the last step leaves the table for people and programs, and its picture", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const evaluations = [evaluated(0, 7, 9), evaluated(1, 9, 9)];
    await Deno.writeTextFile(
      `${folder}/evaluate.ts`,
      `import { runStep } from "${new URL("../../pipeline/process/step.ts", import.meta.url)}";
      await runStep(({ parameters, output }) =>
        Deno.writeTextFile(output + "/metrics.json", JSON.stringify(parameters)));`,
    );
    // In the graph that `sweepPipeline` makes, only the evaluations are others.
    const whole = sweepPipeline(
      graftPipeline([]),
      await settingsOf(evaluations.map(({ labels }) => labels)),
    );
    const names = ["evaluate@seed=0", "evaluate@seed=1"];
    const steps = names.map((name) => ({
      name,
      module: new URL(`file://${folder}/evaluate.ts`),
      inputs: [],
      outputs: ["metrics.json"],
      parameters: schemaOf({ branches: {}, comparison: {} }),
    }));
    const record = await run(definePipeline([...steps, whole.pipeline.steps.at(-1)!]), {
      store: `${folder}/store`,
      parameters: {
        ...Object.fromEntries(
          names.map((name, i) => [name, {
            branches: evaluations[i].branches,
            comparison: compareBranches([], []),
          }]),
        ),
        sweep: whole.parameters.sweep,
      },
    });
    assert.equal(record.status, "done", JSON.stringify(record.steps.map(({ error }) => error)));
    const { artifact } = record.steps.at(-1)!;
    const table = JSON.parse(await Deno.readTextFile(`${artifact}/table.json`));
    // deno-lint-ignore no-explicit-any -- read from JSON
    assert.deepEqual(table.rows.map(({ branch, mean }: any) => [branch, mean]), [
      ["frozen", 0.9],
      ["finetune", 0.8],
    ]);
    assert.equal(
      await Deno.readTextFile(`${artifact}/runs.csv`),
      "lr,seed,branch,accuracy,correct,total\n" +
        "0.01,0,finetune,0.7,7,10\n0.01,0,frozen,0.9,9,10\n" +
        "0.01,1,finetune,0.9,9,10\n0.01,1,frozen,0.9,9,10\n",
    );
    assert.ok((await Deno.stat(`${artifact}/accuracy.png`)).size > 1000);
    const [said, ...files] = whole.conclude(record) as [
      string,
      ...{ text: string; path: string }[],
    ];
    assert.deepEqual(files.map(({ path }) => path), [
      `${artifact}/accuracy.png`,
      `${artifact}/table.md`,
    ]);
    for (const { path } of files) assert.ok((await Deno.stat(path)).size > 100);
    const drawn = await concludeSweep([said, ...files], record, `${folder}/store`);
    const page = `${folder}/store/sweep.html`;
    assert.deepEqual(drawn, [said, { text: "page:  ", path: page }, ...files]);
    assert.match(await Deno.readTextFile(page), /lr 0\.01/);
    const unfinished = { ...record, steps: [record.steps[0]] };
    assert.deepEqual(await concludeSweep(["none"], unfinished, `${folder}/store`), ["none"]);
    const half = { ...record.steps[0], step: "sweep", result: undefined, artifact: undefined };
    assert.match(
      whole.conclude({ ...record, steps: [record.steps[0], half] })[0] as string,
      /^no table yet: 1 of 2 settings are evaluated; the same command goes on/,
    );
    const [none] = whole.conclude({ ...record, steps: [record.steps[0]] });
    assert.match(none as string, /^no table: only/);
    assert.match(said, /^lr +branch +runs +mean +sd +95% interval +best$/m);
    assert.match(said, /^0\.01 +frozen +2 +90\.0% +0\.0 +59\.6 to 98\.2% +90\.0% \(seed 0\)$/m);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("text says whether the photos tell settings apart, and escapes what formats forbid", () => {
  const scores = [["a|b", 99], ['c,"d"', 50]].map(([data, correct]) => ({
    labels: { data: data as string },
    branch: "frozen",
    correct: correct as number,
    total: 100,
  }));
  const table = sweepTable(scores);
  assert.match(describeTable(table), /every other mean lies outside the first one's interval\.$/);
  assert.match(markdownTable(table), /^\| a\\\|b \| frozen \| 1 \| 99\.0% \| – \|/m);
  assert.match(runsAsCsv(scores), /^"c,""d""",frozen,0\.5,50,100$/m);
  const close = sweepTable([scores[0], { ...scores[1], correct: 98 }]);
  assert.match(describeTable(close), /too few to tell the other rows from the first/);
});
