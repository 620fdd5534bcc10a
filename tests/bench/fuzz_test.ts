/** The campaign, a short part of it, and that it would notice. */
import assert from "node:assert/strict";
import { bombs } from "../../bench/fuzz/bombs.ts";
import { BOMBS } from "../../bench/fuzz/bomb_files.ts";
import { campaign } from "../../bench/fuzz/campaign.ts";
import { fullDisk } from "../../bench/fuzz/full_disk.ts";
import { http } from "../../bench/fuzz/http.ts";
import { HTTP_ATTACKS } from "../../bench/fuzz/http_attacks.ts";
import { inputs } from "../../bench/fuzz/inputs.ts";
import { type Kind, temporaryFolder } from "../../bench/fuzz/kind.ts";
import { kills } from "../../bench/fuzz/kills.ts";
import { freshStore } from "../../bench/fuzz/kill_process.ts";
import { mutants } from "../../bench/fuzz/mutants.ts";
import { mutate } from "../../bench/fuzz/mutate.ts";
import { mutateJson } from "../../bench/fuzz/mutate_json.ts";
import { randomOf } from "../../bench/fuzz/random.ts";
import { READERS } from "../../bench/fuzz/readers.ts";
import { Reading } from "../../bench/fuzz/reading.ts";
import { checkStore, isNamed } from "../../bench/fuzz/store_checks.ts";
import { storeDamage } from "../../bench/fuzz/store_damage.ts";
import { secondsOf, table } from "../../bench/fuzz/table.ts";

const SHORT: [kind: Kind, most: number][] = [
  [mutants, 300],
  [bombs, Object.keys(BOMBS).length],
  [kills, 3],
  [storeDamage, 20],
  [fullDisk, 8],
  [http, Object.keys(HTTP_ATTACKS).length],
];

for (const [kind, most] of SHORT) {
  Deno.test(`${most} cases of ${kind.name} are read rightly or refused by name`, async () => {
    const options = { seed: 5, seconds: 20, most, say: (line: string) => console.log(line) };
    const [{ problems }] = await campaign([kind], options);
    assert.deepEqual(problems, []);
  });
}

Deno.test("what the campaign begins with is read as it is", async () => {
  for (const [reader, files] of Object.entries(await inputs())) {
    for (const { name, bytes } of files) {
      using folder = temporaryFolder();
      Deno.mkdirSync(`${folder.path}/work`);
      Deno.writeFileSync(`${folder.path}/file`, bytes);
      const read = READERS[reader].read(`${folder.path}/file`, `${folder.path}/work`);
      if (name.startsWith("reject")) await assert.rejects(read, READERS[reader].isRefusal);
      else await read;
    }
  }
});

Deno.test("a reader that dies, hangs, swells or throws errors of others is a problem", async () => {
  const program = new URL("fuzz/misbehave.ts", import.meta.url).pathname;
  await using reading = new Reading({ seconds: 3, memory: 400 * 2 ** 20 }, program);
  const wanted: [string, RegExp][] = [
    ["exit", /exit code 7/],
    ["hang", /does not end within 3 s/],
    ["blame", /x is not a function/],
    ...(Deno.build.os === "linux"
      ? [["swell", /takes more than 400 MiB/] as [string, RegExp]]
      : []),
  ];
  for (const [way, what] of wanted) {
    const outcome = await reading.read(way, new Uint8Array(), way);
    assert.equal(outcome.verdict, "problem", way);
    assert.match(outcome.what, what);
    assert.equal((await reading.read("labels", new Uint8Array(), "")).verdict, "read");
  }
});

Deno.test("damage that is put right is named by the step that ran again", async () => {
  using folder = temporaryFolder();
  const { store } = await freshStore(folder.path);
  await checkStore({ store });
  const [artifact] = [...Deno.readDirSync(`${store}/artifacts/a`)];
  const path = `artifacts/a/${artifact.name}/text.txt`;
  const damage = { path, bytes: new TextEncoder().encode("b ").toBase64(), keepTime: true };
  await assert.rejects(checkStore({ store, damage }), (error: Error) => {
    assert.match(error.message, /^a: text\.txt has other content$/);
    return isNamed(error);
  });
  await checkStore({ store });
});

Deno.test("a problem says how it is tried again, and the same case is the same", async () => {
  const seen: number[] = [];
  const kind: Kind = {
    name: "toy",
    share: 1,
    prepare: () =>
      Promise.resolve({
        run(random, number) {
          seen.push(random());
          if (number === 1) return Promise.reject(new Error("broken"));
          return Promise.resolve({ verdict: number ? "read" : "refused", what: "", peak: number });
        },
        [Symbol.asyncDispose]: () => Promise.resolve(),
      }),
  };
  const said: string[] = [];
  const options = { seed: 3, seconds: 5, say: (line: string) => said.push(line) };
  const [tally] = await campaign([kind], { ...options, most: 4 });
  const { cases, refused, read, problems, peak } = tally;
  assert.deepEqual([cases, refused, read, problems.length, peak], [4, 1, 2, 1, 3]);
  assert.equal(problems[0].again, "deno task fuzz --seed 3 --only toy --case 1");
  assert.match(said[0], /--case 1\n.*broken/);
  assert.match(table([tally]), /^toy +4 +1 +2 +1 +0\.0 +0$/m);
  await campaign([kind], { ...options, case: 2 });
  assert.equal(seen[4], seen[2]);
  assert.equal(new Set(seen).size, 4);
  const [skipped] = await campaign(
    [{ ...kind, prepare: () => Promise.resolve(undefined) }],
    options,
  );
  assert.match(table([skipped]), /^toy +skipped/m);
});

Deno.test("mutations differ from what they began as, and by the seed alone", () => {
  const bytes = Uint8Array.from({ length: 200 }, (_, i) => i), other = bytes.toReversed();
  const json = new TextEncoder().encode('{"a":[1,{"b":"c"}],"d":null}');
  let changed = 0;
  for (let i = 0; i < 200; i++) {
    const mutant = mutate(bytes, randomOf(1, "m", i), other);
    assert.deepEqual(mutate(bytes, randomOf(1, "m", i), other), mutant);
    changed += Number(mutant.bytes.toHex() !== bytes.toHex());
    JSON.parse(new TextDecoder().decode(mutateJson(json, randomOf(1, "j", i))));
  }
  assert.ok(changed > 180);
  assert.deepEqual([...bytes], Array.from({ length: 200 }, (_, i) => i));
});

Deno.test("a time is told in seconds, minutes or hours", () => {
  assert.deepEqual(["90", "90s", "2m", "1.5h", "2 m", "x", "-1"].map(secondsOf), [
    ...[90, 90, 120, 5400, undefined, undefined, undefined],
  ]);
});
