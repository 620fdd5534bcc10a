/** Which of several runs' models answers, and how it says so. */
import assert from "node:assert/strict";
import { writePhotoFolder } from "../generated_photos.ts";
import { graft } from "../graft.ts";
import { finishedRun, FLAGS } from "./finished_run.ts";

Deno.test("the newest model answers, or that of the run that is named, and says what it is", async (t) => {
  const { folder, at } = await finishedRun();
  await new Deno.Command("cp", { args: ["-r", `${folder}/store`, `${folder}/several`] }).output();
  // The same photos under other names, so that an answer tells which model gave it.
  await writePhotoFolder(`${folder}/other`, { train: 3, val: 2 });
  for (const split of ["train", "val"]) {
    await Deno.rename(`${folder}/other/${split}/blue`, `${folder}/other/${split}/sea`);
    await Deno.rename(`${folder}/other/${split}/red`, `${folder}/other/${split}/sun`);
  }
  const store = "--store=several";
  const others = [
    "--data=other",
    store,
    ...FLAGS.filter((flag) => !/^--(data|store|json)/.test(flag)),
  ];

  await t.step("a run ends with what came of it, its name, and no folders", async () => {
    const { code, stdout, stderr } = await graft(["run", ...others, "--name=mine"], at);
    assert.equal(code, 0, stderr);
    const end = stdout.slice(stdout.indexOf("\ndone in "));
    assert.match(
      end,
      /\n\n(The better one, the model .* \((finetune|frozen)\), is|Both models are) right on \d of the 4 photos kept aside \(validation accuracy [\d.]+%; .* with 95% confidence\)(, but \w+ 0 of 2)?\.\nWhat next /,
    );
    assert.match(
      end,
      /\nreport: \/.*\/several\/report\.html\nnext: {3}deno task predict PHOTO --store \/.*several\nnamed: {2}mine \(/,
    );
    assert.doesNotMatch(stdout, /\/artifacts\//);
    const { stdout: runs } = await graft(["runs", store], at);
    assert.match(runs.split("\n")[0], / {2}\[mine\]$/);
    const { stdout: verbose } = await graft(["run", ...others, "--verbose"], at);
    assert.match(verbose, /^ {2}evaluate +\/.*\/several\/artifacts\/evaluate\//m);
  });

  await t.step("a name is checked before anything runs", async () => {
    const { json: before } = await graft(["runs", store, "--json"], at);
    for (
      const [name, message] of [
        ["mine", /--name is "mine", which run 2\S+Z has: .* `deno task unpin mine`.* --force/],
        ["a/b", /--name "a\/b": a name begins with a letter or digit/],
        ["latest", /means the newest run/],
      ] as [string, RegExp][]
    ) {
      for (const command of ["run", "plan"]) {
        const { code, stderr } = await graft([command, ...others, `--name=${name}`], at);
        assert.equal(code, 2, stderr);
        assert.match(stderr, message);
      }
    }
    const { json: after } = await graft(["runs", store, "--json"], at);
    assert.equal(after.length, before.length);
    const moved = await graft(
      ["run", "download_data", ...others, "--name=mine", "--force"],
      at,
    );
    assert.equal(moved.code, 0, moved.stderr);
    assert.match(moved.stdout, /^named: {2}mine, no longer run 2\S+Z \(/m);
    // Back to a run that has a model.
    assert.equal((await graft(["pin", "mine", "latest~1", store], at)).code, 0);
  });

  const first = (await graft(["runs", store, "--json"], at)).json.at(-1).id;
  const labelBy = async (...flags: string[]) => {
    const { code, stdout, stderr } = await graft(["predict", "mine.png", store, ...flags], at);
    assert.equal(code, 0, stderr);
    return { label: /\((\w+) /.exec(stdout)![1], stderr };
  };

  await t.step(
    "predict asks the newest, or the run's, and its header tells all of it",
    async () => {
      const newest = await labelBy();
      assert.match(newest.label, /^(sea|sun)$/);
      assert.match(
        newest.stderr,
        /^with (finetune|frozen) mobilenet_v2 taught other \(sea, sun\), [\d.]+% of 4 val photos, run 20\S+ \[mine\] \((just now|\d+ \w+ ago)\)$/m,
      );
      const named = await labelBy("--run=mine");
      assert.equal(named.label, newest.label);
      const older = await labelBy(`--run=${first}`);
      assert.match(older.label, /^(blue|red)$/);
      assert.match(older.stderr, /taught photos \(blue, red\), [\d.]+% of 6 val photos, run 20/);
      const frozen = await labelBy(`--run=${first}`, "--branch=frozen");
      assert.match(frozen.stderr, /^with frozen /m);
    },
  );

  await t.step("an export is of the run that is named, and its card says which", async () => {
    const { code, stdout, stderr } = await graft(
      ["export", "--format=onnx", "--out=of_first", store, `--run=${first}`],
      at,
    );
    assert.equal(code, 0, stderr);
    assert.match(stdout, /taught photos \(blue, red\), .*, as onnx:/);
    const card = await Deno.readTextFile(`${folder}/of_first/README.md`);
    assert.match(card, /of 6 val photos/);
    const [, run, date] = /Trained on photos in run (\S+), (\S+)\.$/m.exec(card)!;
    assert.ok(first.startsWith(run.replaceAll("\\", "")), run);
    assert.ok(first.startsWith(date), date);
  });

  await t.step("a run without a model is refused, naming those that have one", async () => {
    const { code: ran } = await graft(["run", "download_data", ...others], at);
    assert.equal(ran, 0);
    for (
      const [name, message] of [
        ["latest", /trained no model: runs that have one are 20\S+.*\[mine\]/],
        ["yesterday", /has no run "yesterday".*; runs that have one are 20\S+/],
      ] as [string, RegExp][]
    ) {
      for (const command of [["predict", "mine.png"], ["export", "--format=onnx"], ["serve"]]) {
        const { code, stderr } = await graft([...command, store, `--run=${name}`], at);
        assert.equal(code, 2, stderr);
        assert.match(stderr, message);
      }
    }
    const both = await graft(
      ["predict", "mine.png", store, "--run=mine", "--weights=weights.safetensors"],
      at,
    );
    assert.equal(both.code, 2);
    assert.match(both.stderr, /--run and --weights each name a model/);
  });

  await t.step("what a variable is for is said where its change is the reason", async () => {
    const { stdout, stderr } = await graft(
      ["why", "download_data", ...others.slice(1)],
      { ...at, env: { GRAFT_MIRROR: `${folder}/photos` } },
    );
    assert.match(
      stdout,
      /the variable GRAFT_MIRROR was not set, .* \(it is the folder in which files are looked for/,
      stderr,
    );
  });
});
