/** `deno task start`: by flags, and at a terminal that the system makes for the test. */
import assert from "node:assert/strict";
import { png } from "../../data/image_files.ts";
import { withTempFolder, writeFiles } from "../../data/photo_folder.ts";
import { scene } from "../../data/scene.ts";
import { writePhotoFolder } from "../../tasks/generated_photos.ts";
import { graft } from "../../tasks/graft.ts";
import { writeRandomWeights } from "../../tasks/random_weights.ts";

const ROOT = new URL("../../../", import.meta.url);
const QUICK = [
  "--recipe=quick",
  "--branch=frozen",
  "--epochs=1",
  "--weights=weights.safetensors",
  "--model=mobilenet_v2",
  "--backend=wasm",
  "--store=store",
];

async function prepare(folder: string): Promise<void> {
  await writePhotoFolder(`${folder}/photos`, { train: 3, val: 2 });
  await Deno.writeTextFile(`${folder}/photos/train/red/cut.jpg`, "");
  await writeRandomWeights(`${folder}/weights.safetensors`, "mobilenet_v2");
}

const isThere = (path: string) => Deno.stat(path).then(() => true, () => false);

Deno.test("where nobody can be asked, the flags that are missing are named, and nothing is done", () =>
  withTempFolder(async (folder) => {
    await writePhotoFolder(`${folder}/photos`, { train: 2, val: 1 });
    const cases: [string[], RegExp, RegExp?][] = [
      [[], /add --data FOLDER \(or --data auto: ants and bees\) and --yes$/m],
      [["--yes"], /add --data FOLDER \(or --data auto: ants and bees\)$/m, /and --yes/],
      [["--data=photos"], /add --yes$/m, /--data F/],
      [["--data=photos", "--json"], /never with --json: add --yes$/m],
      [["--data=nowhere", "--yes"], /--data is ".*nowhere", but there is no such folder/],
      [["--data=photos", "--yes", "--store=photos"], /the store .* lies in the folder of photos/],
      [["--data=photos", "--yes", "--model=resnet18,resnet34"], /start takes one --model/],
      [["--data=photos", "--yes", "--sweep=lr=1,2"], /start takes no --sweep/],
      [["photos"], /start takes flags alone/],
    ];
    for (const [args, message, not = /^\s+at /m] of cases) {
      const { code, stdout, stderr } = await graft(["start", "--store=store", ...args], {
        cwd: folder,
        stdin: "photos\ny\n",
      });
      assert.equal(code, 2, `${args.join(" ")}: ${stderr}`);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, not);
      assert.equal(stdout, "");
    }
    assert.equal(await isThere(`${folder}/store/runs`), false);
  }));

Deno.test("photos of which nothing can be learnt are told with what to do, and nothing runs", () =>
  withTempFolder(async (folder) => {
    await writeFiles(`${folder}/photos`, { "1.png": png(scene(1, 90, 80)), "2.png": "" });
    const { code, stdout } = await graft(
      ["start", "--data=photos", "--yes", "--backend=wasm", "--store=store"],
      { cwd: folder },
    );
    assert.equal(code, 1);
    assert.match(stdout, /^ERROR .*\n(.*\n)*? +> /m);
    assert.doesNotMatch(stdout, /^What:/m);
    assert.equal(await isThere(`${folder}/store/runs`), false);
  }));

Deno.test("by flags it teaches what pipeline would, counts as inspect does, and forecasts the packs to a byte", () =>
  withTempFolder(async (folder) => {
    await prepare(folder);
    const at = { cwd: folder };
    const { code, json, stderr } = await graft(
      ["start", "--data=photos", "--yes", ...QUICK, "--json"],
      at,
    );
    assert.equal(code, 0, stderr);
    const { json: [inspected] } = await graft(["inspect", "photos", "--json"], at)
      .then(({ json }) => ({ json: json.toReversed() }));
    const [plan] = json;
    assert.equal(plan.type, "start_plan");
    for (const name of ["photos", "files", "findings", "left_out", "summary"]) {
      assert.deepEqual(plan[name], inspected[name], name);
    }
    assert.deepEqual([plan.photos, plan.files, plan.classes], [10, 11, ["blue", "red"]]);
    const { steps } = JSON.parse(
      (await graft(["runs", "latest", "--json", "--store=store"], at)).stdout,
    );
    const packs = steps.find(({ step }: { step: string }) => step === "build_datasets");
    assert.equal(packs.result.train + packs.result.val, plan.photos);
    assert.equal(packs.result.quarantined, plan.files - plan.photos);
    // Weights of one's own are not fetched and photos are linked, so that packs are all there is.
    let bytes = 0;
    for (const { path, size } of await filesBelow(packs.artifact)) {
      if (path.endsWith(".pack")) bytes += size;
    }
    assert.equal(plan.disk_bytes, bytes);
    assert.equal(plan.download_bytes, 0);
    const last = json.at(-1);
    assert.deepEqual(last, { type: "report", path: `${folder}/store/report.html`, opened: false });
    assert.ok(await isThere(last.path));
    const again = await graft(["plan", "--data=photos", ...QUICK, "--json"], at);
    assert.deepEqual(new Set(again.json.map(({ status }) => status)), new Set(["cached"]));
  }));

async function filesBelow(folder: string): Promise<{ path: string; size: number }[]> {
  const found = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) found.push(...await filesBelow(path));
    else found.push({ path, size: (await Deno.stat(path)).size });
  }
  return found;
}

/**
 * A terminal of 80 columns, as util-linux's `script` makes one; what it showed, without colours.
 * @param typed what is shown, one after the other, and what is typed once it is
 */
async function atTerminal(folder: string, args: string[], typed: [shown: string, text: string][]) {
  const line = ["stty cols 80; exec", Deno.execPath(), "run -A app/main.ts", ...args].join(" ");
  const child = new Deno.Command("script", {
    args: ["-qec", line, "/dev/null"],
    cwd: ROOT,
    env: {
      INIT_CWD: folder,
      HOME: folder,
      DENO_DIR: Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`,
      PATH: `${folder}/bin:${Deno.env.get("PATH")}`,
      DISPLAY: ":7",
    },
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
    signal: AbortSignal.timeout(120_000),
  }).spawn();
  const writer = child.stdin.getWriter();
  let shown = "";
  let answered = 0;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    shown += text;
    for (let at; typed.length > 0 && (at = shown.indexOf(typed[0][0], answered)) >= 0;) {
      const [question, answer] = typed.shift()!;
      answered = at + question.length;
      await writer.write(new TextEncoder().encode(answer));
    }
  }
  const { code } = await child.status;
  // Left open until now: its end would be the end of what is typed.
  await writer.close().catch(() => {});
  // deno-lint-ignore no-control-regex -- they are what is taken out
  return { code, shown: shown.replace(/\x1b\][^\x1b]*\x1b\\|\x1b\[[\d;?]*[A-Za-z]|\r/g, "") };
}

/** `script` is told its command otherwise elsewhere. */
const test = (name: string, body: () => Promise<void>) =>
  Deno.test(name, () => Deno.build.os === "linux" ? body() : console.log("skipped: not on Linux"));

test("at a terminal it asks until photos are there, says what comes in three lines, and takes no for an answer", () =>
  withTempFolder(async (folder) => {
    await prepare(folder);
    await Deno.mkdir(`${folder}/nothing here`);
    const { code, shown } = await atTerminal(
      folder,
      ["start", ...QUICK],
      [
        ["\nphotos:", "nowhere\n"],
        ["\nphotos:", "'nothing here'\n"],
        ["\nphotos:", "ftp://x\n"],
        // Whoever is impatient has not agreed to what is not there yet.
        ["\nphotos:", "~/photos\n\nyes\n"],
        ["Go on?", "what\n"],
        ["Go on?", "No\n"],
      ],
    );
    assert.equal(code, 0, shown);
    assert.match(shown, /what you typed is ".*nowhere", but there is no such folder/s);
    assert.match(shown, /what you typed is ".*nothing here", which is empty/s);
    assert.match(shown, /"ftp:\/\/x" is no source of photos/);
    assert.match(shown, /10 photos looked at, 1 photo left out/);
    assert.match(shown, /^What: .*2 classes apart by 10 photos/ms);
    assert.match(shown, /^Time: about 1 minute/m);
    assert.match(shown, /^Disk: about \d+ kB in /m);
    assert.equal(shown.match(/Go on\? \[Y\/n\]/g)?.length, 2);
    assert.match(shown, /Nothing was taught\.\n$/);
    assert.ok(shown.split("\n").every((line) => line.length <= 120), shown);
    assert.equal(await isThere(`${folder}/store/runs`), false);
  }));

test("at a terminal two times Enter leads from a typed folder to a report that is open", () =>
  withTempFolder(async (folder) => {
    await prepare(folder);
    await Deno.mkdir(`${folder}/bin`);
    await Deno.writeTextFile(
      `${folder}/bin/xdg-open`,
      `#!/bin/sh\necho "$1" >> "${folder}/opened"\n`,
      { mode: 0o755 },
    );
    const { code, shown } = await atTerminal(
      folder,
      ["start", ...QUICK],
      [["\nphotos:", "photos\n"], ["Go on?", "\n"], ["you press Ctrl-C", "\x03"]],
    );
    assert.equal(code, 0, shown);
    assert.match(shown, /next: {3}deno task predict PHOTO/);
    assert.match(shown, /The report is open in your browser\./);
    const [home, report] = (await Deno.readTextFile(`${folder}/opened`)).split("\n");
    assert.match(home, /^http:\/\/127\.0\.0\.1:\d+\/$/, "to watch it by");
    assert.equal(report, `${folder}/store/report.html`);
    await Deno.remove(`${folder}/opened`);
    const closed = await atTerminal(
      folder,
      ["start", ...QUICK, "--data=photos", "--yes", "--no-open"],
      [],
    );
    assert.equal(closed.code, 0, closed.shown);
    assert.doesNotMatch(closed.shown, /Go on|photos:/);
    assert.match(closed.shown, /Open the report in a browser\./);
    assert.equal(await isThere(`${folder}/opened`), false);
  }));

test("Ctrl-C at a question ends it with 130, and the end of what is typed with nothing taught", () =>
  withTempFolder(async (folder) => {
    const at = (keys: string) =>
      atTerminal(folder, ["start", ...QUICK.slice(-1)], [["\nphotos:", keys]]);
    const interrupted = await at("\x03");
    assert.equal(interrupted.code, 130, interrupted.shown);
    const ended = await at("\x04");
    assert.equal(ended.code, 0, ended.shown);
    assert.match(ended.shown, /Nothing was taught/);
  }));
