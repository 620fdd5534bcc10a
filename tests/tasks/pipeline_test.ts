/** The whole pipeline on photos that the test makes, without network, as a user would run it. */
import assert from "node:assert/strict";
import { copyProject, graft, type Outcome } from "./graft.ts";
import { writePhoto, writePhotoFolder } from "./generated_photos.ts";
import { writeRandomWeights } from "./random_weights.ts";

const STEPS = [
  "download_data",
  "convert_weights",
  "build_datasets",
  "train_finetune",
  "train_frozen",
  "evaluate",
  "predict",
];

const finished = ({ json }: Outcome) => json.filter(({ type }) => type === "step_finished");
const statuses = (outcome: Outcome) =>
  Object.fromEntries(finished(outcome).map(({ step, status }) => [step, status]));
const artifactOf = (outcome: Outcome, step: string): string =>
  finished(outcome).find((event) => event.step === step).artifact;
const readJson = async (path: string) => JSON.parse(await Deno.readTextFile(path));

Deno.test("from a folder of photos to predictions, cached, explained, and refused where wrong", async (t) => {
  const folder = await Deno.makeTempDir();
  await writePhotoFolder(`${folder}/photos`, { train: 6, val: 3 });
  await Deno.writeTextFile(`${folder}/photos/train/red/broken.png`, "not a photo");
  await writeRandomWeights(`${folder}/weights.safetensors`, "mobilenet_v2");
  const flags = [
    "--data=photos",
    "--weights=weights.safetensors",
    "--model=mobilenet_v2",
    "--backend=wasm",
    "--store=store",
    "--epochs=1",
    "--json",
  ];
  const at = { cwd: folder };
  let first: Outcome;

  await t.step("plan says that every step would run, and runs nothing", async () => {
    const { code, json } = await graft(["plan", ...flags], at);
    assert.equal(code, 0);
    assert.deepEqual(json.map(({ step }) => step).sort(), [...STEPS].sort());
    assert.ok(json.every(({ status }) => status !== "cached"));
  });

  await t.step("every step runs and leaves its artifact", async () => {
    first = await graft(["run", ...flags], at);
    assert.equal(first.code, 0, first.stderr);
    assert.deepEqual(statuses(first), Object.fromEntries(STEPS.map((step) => [step, "ran"])));
    assert.equal(first.json.at(-1).type, "run_finished");
    assert.equal(first.json.at(-1).status, "done");
  });

  await t.step("photos are counted, and the one that is none is reported", async () => {
    const built = artifactOf(first, "build_datasets");
    const dataset = await readJson(`${built}/dataset.json`);
    assert.deepEqual(dataset.classes, ["blue", "red"]);
    assert.equal(dataset.photos.length, 18);
    const quarantine = await readJson(`${built}/quarantine.json`);
    assert.match(JSON.stringify(quarantine), /train\/red\/broken\.png/);
    assert.match(first.stderr, /broken\.png/);
    const { findings } = await readJson(`${built}/findings.json`);
    const kinds = findings.map(({ kind }: { kind: string }) => kind);
    assert.ok(kinds.includes("undecodable") && kinds.includes("few_training_photos"), `${kinds}`);
    assert.ok((await Deno.stat(`${built}/findings.png`)).size > 1000);
  });

  await t.step("training leaves history, curves and the best parameters", async () => {
    for (const step of ["train_finetune", "train_frozen"]) {
      const artifact = artifactOf(first, step);
      const history = await readJson(`${artifact}/history.json`);
      assert.equal(history.epochs.length, 1);
      const [{ epoch, lr, train, val }] = history.epochs;
      assert.deepEqual([epoch, lr], [0, 0.001]);
      assert.ok(Number.isFinite(train.loss) && Number.isFinite(val.loss));
      assert.deepEqual(history.best, { epoch: 0, accuracy: val.accuracy });
      const manifest = await readJson(`${artifact}/model.json`);
      assert.deepEqual(manifest.classes, ["blue", "red"]);
      assert.ok((await Deno.stat(`${artifact}/curves.png`)).size > 1000);
    }
  });

  await t.step("evaluation agrees with its own predictions", async () => {
    const artifact = artifactOf(first, "evaluate");
    const { branches, comparison } = await readJson(`${artifact}/metrics.json`);
    const predictions = await readJson(`${artifact}/predictions.json`);
    assert.equal(predictions.length, 6);
    for (const branch of ["finetune", "frozen"]) {
      // deno-lint-ignore no-explicit-any -- read from JSON
      const right = predictions.filter((p: any) => p[branch].label === p.label).length;
      assert.equal(branches[branch].correct, right);
      assert.equal(branches[branch].total, 6);
      assert.ok(Math.abs(branches[branch].accuracy - right / 6) < 1e-12);
    }
    assert.ok(["finetune", "frozen", "equal"].includes(comparison.better));
    const { calibration: { temperature, ece } } = branches.frozen;
    assert.ok(temperature > 0 && ece.before >= 0 && ece.after <= 1);
    assert.equal(branches.frozen.unlike_beyond, null, "six photos cannot say what is unlike them");
  });

  await t.step("a second run finds everything cached", async () => {
    const second = await graft(["run", ...flags], at);
    assert.equal(second.code, 0, second.stderr);
    assert.deepEqual(statuses(second), Object.fromEntries(STEPS.map((step) => [step, "cached"])));
    for (const step of STEPS) assert.equal(artifactOf(second, step), artifactOf(first, step));
  });

  await t.step("the report tells the evaluation; the store's copy, what ran too", async () => {
    const page = await Deno.readTextFile(`${artifactOf(first, "evaluate")}/report.html`);
    const { branches, comparison } = await readJson(
      `${artifactOf(first, "evaluate")}/metrics.json`,
    );
    const { correct, total } = branches[comparison.better === "frozen" ? "frozen" : "finetune"];
    assert.ok(page.includes(`<strong>${correct} of ${total}</strong>`));
    assert.match(page, /train\/red\/broken\.png/); // what was left out
    assert.match(page, /Heat map of what spoke for (red|blue)/);
    assert.doesNotMatch(page, /id="run"/); // it would be another artifact in every run
    assert.ok(page.length < 2e6, `${page.length} bytes`);
    const ofStore = await Deno.readTextFile(`${folder}/store/report.html`);
    assert.match(ofStore, /0 of 7 steps ran, 7 had nothing to do/);
    await Deno.remove(`${folder}/store/report.html`);
    const { code, json: [{ path }] } = await graft(["report", "--store=store", "--json"], at);
    assert.equal(code, 0);
    assert.equal(await Deno.readTextFile(path), ofStore);
  });

  await t.step(
    "another number of epochs reruns training and what follows, and why says so",
    async () => {
      const more = flags.map((flag) => flag === "--epochs=1" ? "--epochs=2" : flag);
      const { json: plan } = await graft(["plan", ...more], at);
      const cached = plan.filter(({ status }) => status === "cached").map(({ step }) => step);
      assert.deepEqual(cached.sort(), ["build_datasets", "convert_weights", "download_data"]);
      const { json: [why] } = await graft(["why", "train_frozen", ...more], at);
      assert.match(JSON.stringify(why.changes), /epochs/);
    },
  );

  await t.step("another store takes everything from this one, and writes none of it", async () => {
    const before = await Array.fromAsync(Deno.readDir(`${folder}/store/runs`));
    const own = [...flags, "--store=own", "--store-from=store"];
    const { json, stderr } = await graft(["run", ...own], at);
    assert.equal(json.at(-1).status, "done", stderr);
    for (const { step, status, artifact } of json.filter((e) => e.type === "step_finished")) {
      assert.deepEqual([status, artifact], ["cached", artifactOf(first, step)]);
    }
    assert.equal(
      (await Array.fromAsync(Deno.readDir(`${folder}/store/runs`))).length,
      before.length,
    );
    const { json: [{ label }] } = await graft(
      ["predict", "photos/val/red/1.png", "--store=own", "--store-from=store", "--json"],
      at,
    );
    assert.ok(["blue", "red"].includes(label));
    const missing = await graft(["plan", ...flags, "--store-from=stor"], at);
    assert.equal(missing.code, 2);
    assert.match(missing.stderr, /--store-from is ".*\/stor", which is no folder/);
  });

  await t.step("runs are listed, compared and pinned by name", async () => {
    const { json: [latest, ...older] } = await graft(["runs", "--store=store", "--json"], at);
    assert.equal(older.length, 1);
    assert.deepEqual(Object.keys(latest.parameters).sort(), [...STEPS].sort());
    const pinned = await graft(["pin", "first", "latest~1", "--store=store", "--json"], at);
    assert.deepEqual(pinned.json, [{ name: "first", run: older[0].id }]);
    const { stdout } = await graft(["runs", "first", "--store=store"], at);
    assert.match(stdout, /^2.*done in .*: 7 ran {2}\[first\]$/m);
    assert.match(
      stdout,
      /^evaluate +ran +[\d.]+ s {2}it never ran\n +\/.*\/artifacts\/evaluate\//m,
    );
    const { stdout: same } = await graft(["compare", "first", "latest", "--store=store"], at);
    assert.match(same, /do not differ/);
    const { stdout: none } = await graft(["gc", "--max-size=1B", "--store=store"], at);
    assert.equal(none, "0 B removed\n");
  });

  await t.step("a sweep takes from the store what a run of one of its settings made", async () => {
    const { json, stderr } = await graft(["plan", ...flags, "--seed=0,1"], at);
    const statuses = Object.fromEntries(json.map(({ step, status }) => [step, status]));
    const shared = ["download_data", "convert_weights", "build_datasets"];
    const seed = (n: number) =>
      ["train_finetune", "train_frozen", "evaluate"].map((step) => `${step}@seed=${n}`);
    for (const step of [...shared, ...seed(0)]) assert.equal(statuses[step], "cached", stderr);
    for (const step of [...seed(1), "sweep"]) assert.equal(statuses[step], "would_run", step);
    assert.equal(json.length, shared.length + 2 * 3 + 1);
  });

  await t.step("an edit in models/ reruns the steps that import it, a comment none", async () => {
    const project = `${folder}/project`;
    await Deno.mkdir(project);
    await copyProject(project);
    const statusOf = async () => {
      const { json, stderr } = await graft(["plan", ...flags], { cwd: folder, project });
      assert.equal(json.length, STEPS.length, stderr);
      return Object.fromEntries(json.map(({ step, status }) => [step, status]));
    };
    // The same code elsewhere is the same code.
    assert.deepEqual(await statusOf(), Object.fromEntries(STEPS.map((step) => [step, "cached"])));
    const file = `${project}/models/resnet.ts`;
    const edit = async (more: string) =>
      await Deno.writeTextFile(file, `${await Deno.readTextFile(file)}\n${more}\n`);
    await edit("// a remark");
    assert.deepEqual(await statusOf(), Object.fromEntries(STEPS.map((step) => [step, "cached"])));
    await edit("export const more = 1;");
    const { download_data, build_datasets, ...rest } = await statusOf();
    assert.deepEqual([download_data, build_datasets], ["cached", "cached"]);
    assert.deepEqual(Object.entries(rest).filter(([, status]) => status === "cached"), []);
  });

  await t.step(
    "predict labels photos, and a path that is none gets an error of its own",
    async () => {
      await writePhoto(`${folder}/mine.png`, 99, 0);
      const outcome = await graft(
        [
          "predict",
          "mine.png",
          "nowhere.jpg",
          "photos/val/blue",
          "--store=store",
          "--json",
          "--grid=grid.png",
        ],
        at,
      );
      assert.equal(outcome.code, 1);
      assert.equal(outcome.json.length, 5);
      const [mine, missing, ...blue] = outcome.json;
      assert.match(mine.path, /mine\.png$/);
      assert.ok(["blue", "red"].includes(mine.label));
      assert.equal(mine.logits.length, 2);
      const probabilities: number[] = mine.top.map((entry: { probability: number }) =>
        entry.probability
      );
      assert.ok(Math.abs(probabilities[0] + probabilities[1] - 1) < 1e-9);
      assert.equal(mine.probability, Math.max(...probabilities));
      assert.equal(mine.none_of_these, undefined);
      assert.match(missing.path, /nowhere\.jpg$/);
      assert.match(missing.error, /^there is no such file$/);
      assert.equal(blue.length, 3);
      assert.ok((await Deno.stat(`${folder}/grid.png`)).size > 1000);
    },
  );

  await t.step("an exported model says of itself what it is, and predicts the same", async () => {
    const exported = await graft(
      ["export", "--format=pytorch", "--out=taken/mine.pth", "--store=store", "--json"],
      at,
    );
    assert.equal(exported.code, 0, exported.stderr);
    const [{ files, classes }] = exported.json;
    assert.deepEqual(classes, ["blue", "red"]);
    assert.deepEqual(
      files.map(({ path }: { path: string }) => path.slice(folder.length)),
      ["/taken/mine.md", "/taken/mine.pth"],
    );
    assert.match(await Deno.readTextFile(`${folder}/taken/mine.md`), /of 6 val photos/);
    const [ours, theirs] = await Promise.all(["--store=store", "--weights=taken/mine.pth"].map(
      async (source) => (await graft(["predict", "mine.png", source, "--json"], at)).json[0],
    ));
    assert.deepEqual(theirs.top, ours.top);
    const start = await graft(
      ["run", "convert_weights", "--weights=taken/mine.pth", "--store=other", "--json"],
      at,
    );
    assert.equal(start.code, 0, start.stderr);
    const manifest = await readJson(`${artifactOf(start, "convert_weights")}/model.json`);
    assert.deepEqual([manifest.architecture, manifest.classes], ["mobilenet_v2", 2]);

    const again = await graft(
      ["export", "--format=pytorch", "--out=taken/mine.pth", "--store=store"],
      at,
    );
    assert.equal(again.code, 1);
    assert.match(again.stderr, /mine\.\w+ is there already: .* --force/);
  });

  await t.step("serve answers programs as predict does, and ends when it is told", async () => {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "app/main.ts", "serve", "--port=0", "--store=store", "--json"],
      env: { INIT_CWD: folder },
      stdout: "piped",
    }).spawn();
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.includes("\n")) text += (await reader.read()).value ?? "\n";
    const { url, hostname } = JSON.parse(text);
    assert.equal(hostname, "127.0.0.1");
    const photo = await Deno.readFile(`${folder}/mine.png`);
    const answer = await fetch(`${url}predict`, { method: "POST", body: photo });
    const { json: [ours] } = await graft(["predict", "mine.png", "--store=store", "--json"], at);
    const { top, logits } = await answer.json();
    assert.deepEqual({ top, logits }, { top: ours.top, logits: ours.logits });
    const page = await (await fetch(url)).text();
    assert.match(page, /<title>/);

    const busy = await graft(["serve", `--port=${new URL(url).port}`, "--store=store"], at);
    assert.equal(busy.code, 1);
    assert.match(busy.stderr, /is taken by another program.*--port/);

    child.kill("SIGINT");
    await reader.cancel();
    assert.equal((await child.status).code, 130);
  });

  await t.step("the page is written as files", async () => {
    const { code, stderr } = await graft(["export", "--format=page", "--store=store"], at);
    assert.equal(code, 0, stderr);
    const names = Array.from(Deno.readDirSync(`${folder}/exported/page`), ({ name }) => name);
    for (const name of ["index.html", "app.js", "model.json", "weights.safetensors", "README.md"]) {
      assert.ok(names.includes(name), name);
    }
  });

  await t.step("a run that was trained but not evaluated is not exported unasked", async () => {
    await new Deno.Command("cp", { args: ["-r", `${folder}/store`, `${folder}/cut`] }).output();
    await Deno.remove(`${folder}/cut/entries/evaluate`, { recursive: true });
    const unasked = await graft(["export", "--format=onnx", "--store=cut"], at);
    assert.equal(unasked.code, 1);
    assert.match(unasked.stderr, /not finished: .* `deno task evaluate`.* --branch finetune/);
    const asked = await graft(["export", "--format=onnx", "--store=cut", "--branch=frozen"], at);
    assert.equal(asked.code, 0, asked.stderr);
    assert.match(await Deno.readTextFile(`${folder}/exported/onnx/README.md`), /not evaluated/);
  });

  await t.step("predict gives a val photo the logits that evaluation gave it", async () => {
    const predictions = await readJson(`${artifactOf(first, "evaluate")}/predictions.json`);
    const { json } = await graft(
      ["predict", "photos/val/red/1.png", "--branch=frozen", "--store=store", "--json"],
      at,
    );
    const wanted = predictions.find(({ path }: { path: string }) => path === "val/red/1.png");
    json[0].logits.forEach((logit: number, i: number) =>
      assert.ok(
        Math.abs(logit - wanted.frozen.logits[i]) < 1e-4,
        `${logit} ${wanted.frozen.logits[i]}`,
      )
    );
    assert.ok(Math.abs(json[0].probability - wanted.frozen.probability) < 1e-4);
  });

  await Deno.remove(folder, { recursive: true });
});

const USAGE: [string[], RegExp][] = [
  [["run", "--epoch=3"], /--epoch is no flag: did you mean --epochs\?/],
  [["run", "trane_frozen"], /no step "trane_frozen"/],
  [["run", "--model=vgg16"], /--model is "vgg16", but takes one of auto, resnet18/],
  [["run", "--weights=w.pth"], /--weights is ".*w\.pth", but there is no such file/],
  [["frobnicate"], /no command "frobnicate"/],
  [["predict"], /predict takes photos/],
  [["why"], /why takes the name of one step/],
  [["compare", "latest"], /compare takes two runs/],
  [["compare", "latest", "latest"], /has no run "latest": nothing ran there yet/],
  [["gc", "--max-age=old"], /--max-age is "old", but takes an age such as 30d/],
  [["predict", "--model=resnet18,resnet34", "x.jpg"], /predict takes one --model, not resnet18, /],
  [["pipeline", "--sweep=sed=1,2"], /did you mean seed\?/],
  [["export"], /export takes --format, one of safetensors, pytorch/],
  [["serve", "--port=80000"], /--port is "80000", but takes a whole number from 0 to 65535/],
  [["export", "--format=onx"], /--format is "onx", but .*: did you mean onnx\?/],
];

for (const [args, message] of USAGE) {
  Deno.test(`\`${args.join(" ")}\` exits with 2 and says what is wrong, without a stack trace`, async () => {
    const folder = await Deno.makeTempDir();
    const { code, stderr } = await graft([...args, "--store=store"], { cwd: folder });
    assert.equal(code, 2, stderr);
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /^\s+at /m);
    await Deno.remove(folder, { recursive: true });
  });
}

Deno.test("a folder without classes fails its step with a message, and publishes nothing", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/empty`);
  const outcome = await graft(
    ["run", "download_data", "--data=empty", "--store=store", "--backend=wasm", "--json"],
    { cwd: folder },
  );
  assert.equal(outcome.code, 1);
  assert.equal(statuses(outcome).download_data, "failed");
  assert.match(outcome.stderr, /empty/);
  assert.doesNotMatch(outcome.stderr, /^\s+at /m);
  const left = await Array.fromAsync(Deno.readDir(`${folder}/store/artifacts`)).catch(() => []);
  for (const { name } of left) {
    assert.deepEqual(await Array.fromAsync(Deno.readDir(`${folder}/store/artifacts/${name}`)), []);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a report of nothing evaluated says what to run first", async () => {
  const folder = await Deno.makeTempDir();
  const { code, stderr } = await graft(["report", "--store=store"], { cwd: folder });
  assert.equal(code, 1);
  assert.match(stderr, /holds no evaluated model: run `deno task pipeline` first/);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a store without a trained model has nothing to export, and nothing is written", async () => {
  const folder = await Deno.makeTempDir();
  const outcome = await graft(["export", "--format=onnx", "--store=store"], { cwd: folder });
  assert.equal(outcome.code, 1);
  assert.match(outcome.stderr, /no trained model.*deno task pipeline/);
  assert.deepEqual(await Array.fromAsync(Deno.readDir(folder)), []);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("weights of another architecture are refused, naming what does not fit", async () => {
  const folder = await Deno.makeTempDir();
  await writeRandomWeights(`${folder}/other.safetensors`, "mobilenet_v2");
  const { code, stderr } = await graft(
    ["run", "convert_weights", "--weights=other.safetensors", "--model=resnet18", "--store=store"],
    { cwd: folder },
  );
  assert.equal(code, 1);
  assert.match(stderr, /conv1\.weight/);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a relative mirror is meant from where the user stands; a wrong file in it is named", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/files`);
  await Deno.writeTextFile(`${folder}/files/hymenoptera_data.zip`, "something else");
  await Deno.symlink(`${folder}/files`, `${folder}/mirror`); // a link does, too
  const { code, stderr } = await graft(
    ["run", "download_data", "--data=hymenoptera", "--store=store", "--backend=wasm"],
    { cwd: folder, env: { GRAFT_MIRROR: "mirror" } },
  );
  assert.equal(code, 1);
  assert.ok(stderr.includes(`${folder}/files/hymenoptera_data.zip`), stderr);
  assert.match(stderr, /SHA-256/i);
  await Deno.remove(folder, { recursive: true });
});
