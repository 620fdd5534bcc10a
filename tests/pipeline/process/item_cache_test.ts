/** Results of single items that steps need not find out again. */
import assert from "node:assert/strict";
import { definePipeline } from "../../../pipeline/graph.ts";
import type { StepDeclaration } from "../../../pipeline/declaration.ts";
import type { Executor } from "../../../pipeline/executor.ts";
import { LocalProcesses } from "../../../pipeline/executors/local_process.ts";
import { ItemCache } from "../../../pipeline/process/item_cache.ts";
import { run, type RunOptions } from "../../../pipeline/run.ts";
import type { RunRecord } from "../../../pipeline/run_record.ts";
import { gc } from "../../../pipeline/upkeep/gc.ts";
import { repeat } from "../../../pipeline/upkeep/repeat.ts";
import { verify } from "../../../pipeline/upkeep/verify.ts";
import { Folder, misbehave, runAlone, schemaOf, seededRandom, stepOf, STEPS } from "../rig.ts";

const shouts: StepDeclaration = {
  name: "shouts",
  module: new URL("shout_items.ts", STEPS),
  parameters: schemaOf({ words: ["a", "b"], loudness: 1, throwAt: "" }),
  inputs: [],
  outputs: ["text.txt", "made.json"],
  notInDigest: ["made.json"],
  itemCache: { shouts: new URL("worker/shout.ts", STEPS) },
};

const runShouts = (
  folder: Folder,
  parameters: { words?: string[]; loudness?: number; throwAt?: string },
  { step = shouts, ...more }: Partial<RunOptions> & { step?: StepDeclaration } = {},
) => run(definePipeline([step]), { ...folder, ...more, parameters: { shouts: parameters } });

const fileOf = (record: RunRecord, name: string) =>
  Deno.readTextFileSync(`${stepOf(record, "shouts").artifact}/${name}`);
const madeIn = (record: RunRecord): string[] => JSON.parse(fileOf(record, "made.json"));

/** Folders of kept values, of all code that they come of. */
function valueFolders({ store }: Folder): string[] {
  const of = (path: string) => [...Deno.readDirSync(path)].map(({ name }) => `${path}/${name}`);
  return of(`${store}/items`).flatMap(of).map((path) => `${path}/values`);
}

Deno.test("a step finds out what is new, and writes what it would have written without a cache", async () => {
  using folder = new Folder();
  assert.deepEqual(madeIn(await runShouts(folder, { words: ["a", "b"] })), ["a", "b"]);
  const grown = await runShouts(folder, { words: ["c", "a", "d", "b"] });
  assert.deepEqual(madeIn(grown), ["c", "d"]);
  assert.deepEqual(madeIn(await runShouts(folder, { words: ["b", "d"] })), []);
  using elsewhere = new Folder();
  const alone = await runShouts(elsewhere, { words: ["c", "a", "d", "b"] });
  assert.deepEqual(madeIn(alone), ["c", "a", "d", "b"]);
  assert.equal(fileOf(grown, "text.txt"), "C!! A!! D!! B!!");
  assert.equal(fileOf(alone, "text.txt"), fileOf(grown, "text.txt"));
});

Deno.test("what the step names, its device, variables and arguments of Deno's part values", async () => {
  using folder = new Folder();
  await runShouts(folder, {});
  assert.deepEqual(madeIn(await runShouts(folder, { loudness: 2 })), ["a", "b"]);
  const words = ["b", "a"]; // another key of the step's
  Deno.env.set("GRAFT_TEST_MOOD", "good");
  const others: Partial<StepDeclaration>[] = [
    { device: () => "another device" },
    { environment: () => ["GRAFT_TEST_MOOD"] },
    { denoArguments: () => ["--v8-flags=--stack-size=900"] },
  ];
  for (const other of others) {
    assert.deepEqual(
      madeIn(await runShouts(folder, { words }, { step: { ...shouts, ...other } })),
      words,
    );
  }
  assert.deepEqual(madeIn(await runShouts(folder, { words })), []);
});

Deno.test("steps of any name share what comes of the same code", async () => {
  using folder = new Folder();
  await runShouts(folder, {});
  const { steps: [step] } = await run(definePipeline([{ ...shouts, name: "other" }]), folder);
  assert.equal(Deno.readTextFileSync(`${step.artifact}/made.json`), "[]");
});

Deno.test("an edit of the function, or of what it calls, makes all anew; other edits do not", async () => {
  using folder = new Folder();
  const write = (name: string, from: string, to: string) =>
    folder.write(`project/${name}`, folder.read(`project/${name}`).replace(from, to));
  folder.write("project/deno.json", "{}");
  folder.write(
    "project/worker/shout.ts",
    `import { end } from "./end.ts"; export const shout = (text: string) => text + end;`,
  );
  folder.write("project/worker/end.ts", `export const end = ".";`);
  const module = folder.write(
    "project/step.ts",
    Deno.readTextFileSync(shouts.module).replaceAll("../../../", new URL("../../../", STEPS).href),
  );
  const of = (path: string) => new URL(`file://${folder.path}/project/${path}`);
  const step = {
    ...shouts,
    module: new URL(`file://${module}`),
    itemCache: { shouts: of("worker/shout.ts") },
  };
  const made = async () => {
    const record = await runShouts(folder, {}, { step });
    return [madeIn(record), fileOf(record, "text.txt")];
  };
  assert.deepEqual(await made(), [["a", "b"], "a.! b.!"]);
  write("step.ts", `.join(" ")`, `.join("  ")`);
  assert.deepEqual(await made(), [[], "a.!  b.!"]);
  write("worker/end.ts", `"."`, `"?"`);
  assert.deepEqual(await made(), [["a", "b"], "a?!  b?!"]);
  write("worker/shout.ts", "text + end", "end + text");
  assert.deepEqual(await made(), [["a", "b"], "?a!  ?b!"]);
  write("worker/shout.ts", "import", "// Says it aloud.\nimport");
  write("step.ts", `.join("  ")`, `.join("_")`);
  assert.deepEqual(await made(), [[], "?a!_?b!"]);
});

Deno.test("a step that is forced finds out everything anew", async () => {
  using folder = new Folder();
  await runShouts(folder, {});
  assert.deepEqual(madeIn(await runShouts(folder, {}, { force: true })), ["a", "b"]);
});

Deno.test("a step that fails has kept what it found out", async () => {
  using folder = new Folder();
  const failed = await runShouts(folder, { words: ["a", "b", "c"], throwAt: "c" });
  assert.equal(failed.status, "failed");
  assert.deepEqual(madeIn(await runShouts(folder, { words: ["a", "b", "c"] })), ["c"]);
});

Deno.test("nothing is kept of a process that may have loaded other code", async () => {
  using folder = new Folder();
  await using processes = new LocalProcesses();
  const executor: Executor = {
    execute: (work, hooks) =>
      processes.execute(work, {
        ...hooks,
        onReady: () => Promise.reject(new Error("shout.ts changed")),
      }),
  };
  const { steps: [{ reason }] } = await runShouts(folder, {}, { executor });
  assert.equal(reason, "shout.ts changed");
  assert.deepEqual(madeIn(await runShouts(folder, {})), ["a", "b"]);
});

Deno.test("processes that fill a cache at once lose nothing", async () => {
  using folder = new Folder();
  const sets = [0, 1, 2].map((i) => Array.from({ length: 50 }, (_, j) => `word ${30 * i + j}`));
  const records = await Promise.all(sets.map((words) => runShouts(folder, { words })));
  assert.deepEqual(records.map(({ status }) => status), ["done", "done", "done"]);
  const words = [...new Set(sets.flat())];
  assert.deepEqual(madeIn(await runShouts(folder, { words })), []);
});

Deno.test("a step may use the caches that it declares, of code that it imports, and no others", async () => {
  using folder = new Folder();
  const { error: undeclared } = await runAlone({ ...shouts, itemCache: undefined }, folder.store);
  assert.match(undeclared!.message, /declare it in itemCache/);
  const stranger = { ...shouts, itemCache: { shouts: new URL("wait.ts", STEPS) } };
  const { error: foreign } = await runAlone(stranger, folder.store);
  assert.match(
    foreign!.message,
    /"shouts" is of .*steps\/wait\.ts, which the step does not import/,
  );
  assert.throws(() => definePipeline([{ ...shouts, itemCache: { "../x": shouts.module } }]), /x/);
  await runShouts(folder, {});
  const [path] = valueFolders(folder);
  for (const way of ["read", "write"]) {
    const { error } = await runAlone(misbehave(way, `${path}/1.sqlite`), folder.store);
    assert.match(error!.message, /^Requires (read|write) access to .*1\.sqlite/);
  }
});

Deno.test("gc keeps the items of kept results and of the newest runs, and no others", async () => {
  using folder = new Folder();
  const whats = async (more = {}) =>
    (await gc(folder.store, { keepRuns: 1, ...more })).map(({ what }) => what);
  const other = { ...shouts, device: () => "other" };
  await runShouts(folder, {});
  await runShouts(folder, {}, { step: other });
  assert.deepEqual(await whats(), ["manifest", "items"]); // the artifact is the same
  // Of a run that failed, as of a cached result.
  await runShouts(folder, { words: ["c"], throwAt: "c" });
  await runShouts(folder, {}, { step: other });
  assert.deepEqual(await whats(), ["items"]);
  assert.deepEqual(madeIn(await runShouts(folder, { words: ["a"] }, { step: other })), []);
  assert.deepEqual(await whats({ maxSize: 0 }), ["manifest", "artifact"]);
  assert.equal(valueFolders(folder).length, 1, "the newest run of the step used it");
});

Deno.test("verify names damaged items, which are found out anew", async () => {
  using folder = new Folder();
  const words = Array.from({ length: 300 }, (_, i) => `word ${i} ${"long ".repeat(40)}`);
  const first = await runShouts(folder, { words });
  assert.deepEqual(await verify(folder.store), []);
  const [path] = valueFolders(folder);
  const bytes = Deno.readFileSync(`${path}/1.sqlite`);
  // There may be copies in parts of the file that are free again.
  const text = new TextDecoder("latin1").decode(bytes);
  for (const { index } of text.matchAll(/WORD 7 /g)) bytes[index] ^= 4;
  Deno.writeFileSync(`${path}/1.sqlite`, bytes);
  const [{ step, problem }, ...more] = await verify(folder.store);
  assert.deepEqual([step, more], ["shouts", []]);
  assert.match(problem, /^1 of 300 items in values\/1\.sqlite are damaged: .* made anew/);
  const [shorter] = [words.slice(1)];
  assert.deepEqual(madeIn(await runShouts(folder, { words: shorter })), [words[7]]);
  assert.deepEqual(await verify(folder.store), [], "what was found out anew took its place");
  Deno.writeTextFileSync(`${path}/1.sqlite`, "no database");
  assert.match((await verify(folder.store))[0].problem, /^values\/1\.sqlite cannot be read/);
  const again = await runShouts(folder, { words, loudness: 1 }, { force: true, reuseItems: true });
  assert.equal(fileOf(again, "text.txt"), fileOf(first, "text.txt"));
  assert.deepEqual(madeIn(again), words);
});

Deno.test("repeat finds a step whose result is another one with a filled cache", async () => {
  using folder = new Folder();
  const honest = await repeat(definePipeline([shouts]), "shouts", folder);
  assert.deepEqual([honest.deterministic, honest.differences], [true, []]);
  const tells = { ...shouts, notInDigest: [] };
  const found = await repeat(definePipeline([tells]), "shouts", folder);
  assert.deepEqual([found.deterministic, found.differences], [false, ["made.json"]]);
});

/** A cache of a process that was checked. */
const open = (folder: Folder, checked = Promise.resolve()) =>
  new ItemCache({ folder: folder.path, afresh: false, checked }, { size: 224 });
const bytesOf = (text: string) => new TextEncoder().encode(text);

Deno.test("a value is a copy, found at once, and by others once much has come together", async () => {
  using folder = new Folder();
  await using cache = open(folder);
  await Promise.resolve();
  const [small, large] = ["small", "large"].map((text) => cache.keyOf(bytesOf(text)));
  const value = bytesOf("value");
  cache.put(small, value);
  value.fill(0);
  assert.deepEqual(cache.get(small), bytesOf("value"));
  cache.get(small)!.fill(0);
  await using other = open(folder);
  assert.equal(other.get(small), undefined);
  cache.put(large, new Uint8Array(5 << 20).fill(7));
  assert.deepEqual(other.get(small), bytesOf("value"));
  assert.deepEqual(other.get(large), new Uint8Array(5 << 20).fill(7));
  cache.put(cache.keyOf(bytesOf("empty")), new Uint8Array());
  assert.deepEqual(cache.get(cache.keyOf(bytesOf("empty"))), new Uint8Array());
});

Deno.test("keys part items and parameters, whatever the order in which these are named", () => {
  using folder = new Folder();
  const access = { folder: folder.path, afresh: false, checked: Promise.resolve() };
  const keyOf = (parameters: Record<string, string | number>, text = "item") =>
    new ItemCache(access, parameters).keyOf(bytesOf(text));
  assert.equal(keyOf({ a: 1, b: "x" }), keyOf({ b: "x", a: 1 }));
  const others = [keyOf({ a: 1, b: "x" }, "Item"), keyOf({ a: 1 }), keyOf({ a: 2, b: "x" })];
  assert.equal(new Set([keyOf({ a: 1, b: "x" }), ...others]).size, 4);
  assert.throws(() => keyOf({ a: NaN }), TypeError);
});

Deno.test("damage of any kind is a miss, never another value, and the cache goes on", async () => {
  const random = seededRandom(11);
  using source = new Folder();
  const texts = Array.from({ length: 60 }, (_, i) => `${i}`.repeat(1 + (i * 37) % 400));
  {
    await using cache = open(source);
    for (const text of texts) cache.put(cache.keyOf(bytesOf(text)), bytesOf(`of ${text}`));
  }
  const whole = Deno.readFileSync(`${source.path}/1.sqlite`);
  let missed = 0;
  for (let round = 0; round < 150; round++) {
    using folder = new Folder();
    const bytes = whole.slice(0, round % 10 === 0 ? random() * whole.length : whole.length);
    const flips = round % 10 === 0 ? 0 : 1 + Math.floor(random() * 40);
    for (let i = 0; i < flips; i++) {
      // Half of them where the file says what it is.
      const at = Math.floor(random() * (i % 2 ? bytes.length : 512));
      bytes[at] ^= 1 << Math.floor(8 * random());
    }
    Deno.writeFileSync(`${folder.path}/1.sqlite`, bytes);
    // In the first a new file may be begun, in the second it may be filled.
    for (const wanted of ["some", "some", "all"]) {
      await using cache = open(folder);
      for (const text of texts) {
        const key = cache.keyOf(bytesOf(text));
        const value = cache.get(key);
        if (value) assert.equal(new TextDecoder().decode(value), `of ${text}`);
        else {
          assert.equal(wanted, "some", `round ${round}: ${text} was not kept`);
          missed++;
          cache.put(key, bytesOf(`of ${text}`));
        }
      }
    }
  }
  assert.ok(missed > 1000);
});

Deno.test("a process killed at any moment leaves what it had written, whole", async () => {
  using folder = new Folder();
  const code = folder.write(
    "fill.ts",
    `import { ItemCache } from "${new URL(
      "../../../pipeline/process/item_cache.ts",
      import.meta.url,
    )}";
     const access = { folder: Deno.args[0], afresh: false, checked: Promise.resolve() };
     const cache = new ItemCache(access, { size: 224 });
     await access.checked;
     for (let i = 0;; i++) {
       cache.put(cache.keyOf(new TextEncoder().encode(String(i))), new Uint8Array(300_000).fill(i));
       console.log(i);
     }`,
  );
  Deno.mkdirSync(`${folder.path}/values`);
  const random = seededRandom(5);
  for (let kill = 0; kill < 6; kill++) {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", code, `${folder.path}/values`],
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    let written = 0;
    const killAt = 20 + 60 * random();
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      written += text.split("\n").length - 1;
      if (written > killAt) child.kill("SIGKILL");
    }
    await child.status;
    const access = { folder: `${folder.path}/values`, afresh: false, checked: Promise.resolve() };
    await using cache = new ItemCache(access, { size: 224 });
    const found = Array.from({ length: 20 + 1 }, (_, i) => cache.get(cache.keyOf(bytesOf(`${i}`))));
    found.forEach((value, i) => value && assert.deepEqual(value, new Uint8Array(300_000).fill(i)));
    assert.ok(found.filter(Boolean).length >= 14, "a burst is of 14 values");
    assert.ok(![...Deno.readDirSync(access.folder)].some(({ name }) => name === "2.sqlite"));
  }
});

Deno.test("a cache that another process will not let go of is done without", async () => {
  using folder = new Folder();
  {
    await using cache = open(folder);
    cache.put(cache.keyOf(bytesOf("a")), bytesOf("1"));
  }
  const { DatabaseSync } = await import("node:sqlite");
  using held = new DatabaseSync(`${folder.path}/1.sqlite`);
  held.exec("BEGIN EXCLUSIVE");
  await using cache = open(folder);
  assert.equal(cache.get(cache.keyOf(bytesOf("a"))), undefined);
  cache.put(cache.keyOf(bytesOf("b")), bytesOf("2"));
  assert.deepEqual([...Deno.readDirSync(folder.path)].map(({ name }) => name).sort(), [
    "1.sqlite",
    "1.sqlite-journal",
  ]);
});
