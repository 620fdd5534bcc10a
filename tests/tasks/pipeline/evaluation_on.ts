/** What `evaluate --on` and `predict` say of photos in class folders. */
import assert from "node:assert/strict";
import { writePhoto } from "../generated_photos.ts";
import { graft } from "../graft.ts";
import { artifactOf, finishedRun, readJson } from "./finished_run.ts";

const MODEL = ["--branch=frozen", "--store=store"];

/** Photos of two known classes and an unknown one, some of which the model was made by. */
async function newPhotos(folder: string): Promise<void> {
  for (const name of ["blue", "red", "wasps"]) {
    await Deno.mkdir(`${folder}/new/${name}`, { recursive: true });
  }
  for (let i = 0; i < 3; i++) {
    await writePhoto(`${folder}/new/blue/${i}.png`, 700 + i, 2);
    await writePhoto(`${folder}/new/red/deep${i}.png`, 710 + i, 0);
  }
  await writePhoto(`${folder}/new/wasps/w.png`, 720, 0);
  await writePhoto(`${folder}/new/stray.png`, 721, 0);
  await Deno.copyFile(
    `${folder}/photos/train/red/2.png`,
    `${folder}/new/red/taught under another name.png`,
  );
  await Deno.copyFile(`${folder}/photos/val/blue/1.png`, `${folder}/new/blue/chosen.png`);
  await Deno.writeTextFile(`${folder}/new/red/broken.png`, "no photo");
}

Deno.test("evaluate --on scores photos that the model never saw, and names all that it leaves out", async () => {
  const { folder, at } = await finishedRun();
  await newPhotos(folder);
  const { code, json: [scored], stderr } = await graft(
    ["evaluate", "--on=new", ...MODEL, "--json"],
    at,
  );
  assert.equal(code, 1, stderr); // one photo could not be read
  const { json: predicted } = await graft(["predict", "new", ...MODEL, "--json"], at);
  const unseen = predicted.filter(({ path }: { path: string }) => /\/(deep)?\d\.png$/.test(path));
  assert.equal(unseen.length, 6);
  assert.deepEqual(scored.classes, ["blue", "red"]);
  const confusion = [[0, 0], [0, 0]];
  for (const { actual, label } of unseen) {
    confusion[scored.classes.indexOf(actual)][scored.classes.indexOf(label)]++;
  }
  assert.deepEqual(scored.confusion, confusion);
  assert.equal(scored.total, 6);
  assert.equal(scored.correct, confusion[0][0] + confusion[1][1]);
  assert.deepEqual(scored.seen, { train: 1, val: 1, scored: false });
  assert.deepEqual(scored.unknown_classes, { wasps: 1 });
  assert.deepEqual(scored.failed.map(({ path }: { path: string }) => path.split("/").at(-1)), [
    "broken.png",
  ]);
  assert.match(stderr, /1 photo in no class folder left out: stray\.png/);

  const text = await graft(["evaluate", "--on=new", ...MODEL], at);
  assert.match(text.stdout, /^with frozen mobilenet_v2 taught photos/m);
  assert.match(
    text.stdout,
    /left out, as the model knows them: 1 that it was taught by and 1 that it was chosen by/,
  );
  assert.match(
    text.stdout,
    /left out 1 photo of a class that the model does not know: wasps \(1\); it knows blue, red/,
  );
  assert.match(
    text.stdout,
    new RegExp(`right on ${scored.correct} of 6 photos of new \\(accuracy`),
  );
  assert.match(text.stdout, /could not be read: .*broken\.png/);
  await Deno.remove(`${folder}/new`, { recursive: true });
});

Deno.test("evaluate --on the val photos says what evaluate said of them, and that they are known", async () => {
  const { at, outcome } = await finishedRun();
  const { branches } = await readJson(`${artifactOf(outcome, "evaluate")}/metrics.json`);
  for (const branch of ["frozen", "finetune"]) {
    const { code, json: [scored] } = await graft(
      ["evaluate", "--on=photos/val", `--branch=${branch}`, "--store=store", "--json"],
      at,
    );
    assert.equal(code, 0);
    assert.deepEqual(scored.confusion, branches[branch].confusion);
    assert.deepEqual(scored.interval, branches[branch].interval);
    assert.deepEqual(scored.per_class, branches[branch].per_class);
    assert.deepEqual(scored.seen, { train: 0, val: 6, scored: true });
  }
  const { stdout } = await graft(["evaluate", "--on=photos/val", ...MODEL], at);
  assert.match(stdout, /all photos are known to the model: 6 that it was chosen by/);
  const { stderr, json } = await graft(["predict", "photos/val", ...MODEL, "--json"], at);
  const { correct } = branches.frozen;
  assert.equal(json.filter(({ label, actual }) => label === actual).length, correct);
  assert.match(
    stderr,
    new RegExp(`right on ${correct} of 6 photos in folders that are called as the classes`),
  );
});

Deno.test("what evaluate --on cannot do is said with what to do instead", async () => {
  const { folder, at } = await finishedRun();
  await Deno.mkdir(`${folder}/flat`);
  await writePhoto(`${folder}/flat/1.png`, 730, 0);
  for (
    const [flags, message] of [
      [["--on=nowhere"], /--on is "nowhere", but there is no such folder/],
      [["--on=mine.png"], /--on is "mine\.png", which is a file: name the folder/],
      [
        ["--on=flat"],
        /--on is "flat", which has no class folders with photos: put the photos of each/,
      ],
      [
        ["--on=photos"],
        /folders are train, val; the model knows blue, red.*whole data set: .*photos\/val/,
      ],
      [["--on=photos/val", "--epochs=3"], /--epochs is of training, and --on trains nothing/],
      [["--on=photos/val", "--run=nowhen"], /--run is "nowhen"/],
      [["--run=latest"], /--run says which model is asked about the photos of --on DIR/],
    ] as const
  ) {
    const { code, stderr } = await graft(["evaluate", ...flags, "--store=store"], at);
    assert.equal(code, 2, stderr);
    assert.match(stderr.replace(/\s+/g, " "), message);
  }
});
