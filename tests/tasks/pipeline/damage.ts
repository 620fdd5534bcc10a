/** One flipped bit in what a run left: nothing answers by it, and a run makes it anew. */
import assert from "node:assert/strict";
import { graft } from "../graft.ts";
import { artifactOf, finishedRun, FLAGS, statusesOf } from "./finished_run.ts";

async function flipBit(path: string): Promise<void> {
  const bytes = await Deno.readFile(path);
  bytes[bytes.length - 3] ^= 1;
  await Deno.writeFile(path, bytes);
}

/** In a copy of the run's store, which others use; its name. */
async function damagedStore(step: string, file: string): Promise<{ store: string; path: string }> {
  const { folder, outcome } = await finishedRun();
  const store = `damaged_${step}_${file}`;
  await new Deno.Command("cp", { args: ["-rp", `${folder}/store`, `${folder}/${store}`] }).output();
  const path = artifactOf(outcome, step).replace(`${folder}/store`, `${folder}/${store}`) +
    `/${file}`;
  await flipBit(path);
  return { store, path };
}

const USES = [
  ["predict", "mine.png", "--branch=frozen"],
  ["export", "--format=safetensors", "--out=damaged", "--branch=frozen"],
  ["serve", "--port=0", "--branch=frozen"],
];

for (
  const [step, file, uses] of [
    ["train_frozen", "best.safetensors", USES],
    ["evaluate", "metrics.json", USES.slice(0, 1)],
    ["evaluate", "familiar.safetensors", USES.slice(0, 1)],
  ] as [string, string, string[][]][]
) {
  Deno.test(`a flipped bit in ${file} is an error that names it, and no answer`, async () => {
    const { folder, at } = await finishedRun();
    const { store, path } = await damagedStore(step, file);
    for (const use of uses) {
      const { code, stdout, stderr } = await graft([...use, `--store=${store}`], at);
      assert.equal(code, 1, stderr);
      assert.equal(stdout, "");
      assert.ok(stderr.includes(`${path} has other content`), stderr);
      assert.match(stderr, /`deno task pipeline` with the flags of that run makes it anew/);
    }
    await assert.rejects(Deno.stat(`${folder}/damaged`), Deno.errors.NotFound);
  });
}

Deno.test("a model goes on to be exported where the photos that it was trained on are gone", async () => {
  const { folder, at, outcome } = await finishedRun();
  const { store } = await damagedStore("train_finetune", "history.json"); // which nothing reads
  for (
    const gone of [
      `${artifactOf(outcome, "build_datasets")}/train.pack`,
      `${artifactOf(outcome, "download_data")}/source.json`,
    ]
  ) await Deno.remove(gone.replace(`${folder}/store`, `${folder}/${store}`));
  const { code, stderr } = await graft(
    ["export", "--format=onnx", "--out=packless", `--store=${store}`],
    at,
  );
  assert.equal(code, 0, stderr);
  assert.match(await Deno.readTextFile(`${folder}/packless/README.md`), /## Data\n\nNot recorded/);
});

Deno.test("a report is not drawn from facts with a flipped bit", async () => {
  const { folder, at, outcome } = await finishedRun();
  const path = `${artifactOf(outcome, "evaluate")}/facts.json`;
  const drawn = `${folder}/store/cache/report.json`;
  await Deno.remove(drawn); // what was drawn before the damage is right
  await flipBit(path);
  const { code, stderr } = await graft(["report", "--store=store"], at);
  await flipBit(path);
  assert.equal(code, 1);
  assert.ok(stderr.includes(`${path} has other content`), stderr);
  assert.equal((await graft(["report", "--store=store"], at)).code, 0);
});

Deno.test("a run finds the flipped bit of a cached model, and trains it anew", async () => {
  const { at } = await finishedRun();
  const { store } = await damagedStore("train_frozen", "model.json");
  const flags = FLAGS.map((flag) => flag.startsWith("--store") ? `--store=${store}` : flag);
  const again = await graft(["run", "train_frozen", ...flags], at);
  assert.equal(again.code, 0, again.stderr);
  assert.equal(statusesOf(again).train_frozen, "ran");
  assert.match(again.stderr, /its artifact is damaged: model\.json has other content/);
  assert.equal((await graft(["predict", "mine.png", `--store=${store}`], at)).code, 0);
});
