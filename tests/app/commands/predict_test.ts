/** `deno task predict` as a user runs it, on photos and weights that the test makes. */
import assert from "node:assert/strict";
import { decodeImage } from "../../../data/decode.ts";
import { graft } from "../../tasks/graft.ts";
import { writePhoto } from "../../tasks/generated_photos.ts";
import { writeRandomWeights } from "../../tasks/random_weights.ts";

const MODEL = [
  "--weights=weights.safetensors",
  "--model=mobilenet_v2",
  `--classes=classes.txt`,
];
const MANY = 30;

Deno.test("predict", async (t) => {
  const folder = await Deno.makeTempDir();
  const at = { cwd: folder };
  await Deno.mkdir(`${folder}/photos`);
  for (let i = 0; i < MANY; i++) {
    await writePhoto(`${folder}/photos/${i}.png`, i + 1, i % 2 ? 0 : 2);
  }
  await Deno.writeTextFile(`${folder}/photos/broken.png`, "no photo");
  await Deno.writeTextFile(
    `${folder}/classes.txt`,
    Array.from({ length: 1000 }, (_, i) => `kind ${i}`).join("\n"),
  );
  await writeRandomWeights(`${folder}/weights.safetensors`, "mobilenet_v2");
  // deno-lint-ignore no-explicit-any -- read from JSON
  const few: any[] = [];

  await t.step(
    "many photos, judged by processes beside, get what a few get in this one",
    async () => {
      const sample = ["photos/3.png", "photos/broken.png", "photos/12.png"];
      const alone = await graft(["predict", ...sample, ...MODEL, "--json"], at);
      assert.equal(alone.code, 1, alone.stderr);
      few.push(...alone.json);
      const many = await graft(["predict", "photos", ...MODEL, "--format=json"], at);
      assert.equal(many.code, 1, many.stderr);
      const lines = many.stdout.trim().split("\n").map((line) => JSON.parse(line));
      assert.equal(lines.length, MANY + 1);
      assert.deepEqual(lines.map(({ path }) => path), lines.map(({ path }) => path).toSorted());
      for (const wanted of few) {
        const found = lines.find(({ path }) => path === wanted.path);
        assert.equal(found.label, wanted.label);
        assert.equal(found.error, wanted.error);
        wanted.logits?.forEach((logit: number, i: number) =>
          assert.ok(Math.abs(logit - found.logits[i]) < 1e-4 * Math.max(1, Math.abs(logit)))
        );
      }
    },
  );

  await t.step("products of 16-bit integers keep the labels", async () => {
    const paths = few.filter(({ error }) => !error).map(({ path }) => path);
    const asked = ["predict", ...paths, ...MODEL, "--precision=int16"];
    const { code, json, stderr } = await graft([...asked, "--json"], at);
    assert.equal(code, 0, stderr);
    for (const { path, label, logits, precision } of json) {
      assert.equal(precision, "int16");
      const floats = few.find((wanted) => wanted.path === path);
      assert.equal(floats.precision, "float32");
      assert.equal(label, floats.label);
      const largest = Math.max(...floats.logits.map(Math.abs));
      const errors = logits.map((logit: number, i: number) => Math.abs(logit - floats.logits[i]));
      assert.ok(Math.max(...errors) < 0.01 * largest, `${Math.max(...errors)} of ${largest}`);
      assert.notDeepEqual(logits, floats.logits);
    }
  });

  await t.step("a list on standard input, as CSV", async () => {
    const { code, stdout, stderr } = await graft(
      ["predict", "-", ...MODEL, "--format=csv", "--top=1"],
      { ...at, stdin: "photos/12.png\nphotos/gone.png\n" },
    );
    assert.equal(code, 1, stderr);
    const [head, first, second] = stdout.trim().split("\n");
    assert.equal(head, "path,label,probability,none_of_these,error");
    const wanted = few.find(({ path }) => path === "photos/12.png");
    assert.ok(first.startsWith(`photos/12.png,${wanted.label},`), first);
    assert.match(second, /^photos\/gone\.png,,,,there is no such file$/);
    assert.match(stderr, /^2 photos in .*; 1 photo left out \(1 not there\)/m);
  });

  await t.step("a pattern, drawn as a grid, and with what speaks for each label", async () => {
    const { code, stdout, stderr } = await graft(
      ["predict", "photos/?.png", ...MODEL, "--grid=grid.png", "--explain=heat.png"],
      at,
    );
    assert.equal(code, 0, stderr);
    assert.equal(stdout.trim().split("\n").length, 10);
    const sizes = await Promise.all(["grid", "heat"].map(async (name) => {
      const { width, height } = await decodeImage(await Deno.readFile(`${folder}/${name}.png`));
      return [width, height];
    }));
    assert.deepEqual(sizes[0], sizes[1], "ten photos each");
  });

  await t.step("photos are sorted as it says, and taken back", async () => {
    const args = ["photos/1.png", "photos/2.png", "photos/broken.png"];
    const sorted = await graft(["predict", ...args, ...MODEL, "--sort=sorted", "--json"], at);
    assert.equal(sorted.code, 1, sorted.stderr); // the broken one is left where it is
    const places = sorted.json.map(({ sorted_to }) => sorted_to);
    assert.match(places[0], /sorted\/(unsure|kind \d+)\/1\.png$/);
    assert.deepEqual(await Deno.readFile(places[0]), await Deno.readFile(`${folder}/photos/1.png`));
    assert.equal(places[2], undefined);
    const undone = await graft(["predict", "--undo-sort=sorted", "--json"], at);
    assert.equal(undone.code, 0, undone.stderr);
    assert.deepEqual(undone.json, [{ undone: 2, kept: [] }]);
    assert.deepEqual([...Deno.readDirSync(`${folder}/sorted`)], []);
    const again = await graft(["predict", "--undo-sort=sorted"], at);
    assert.equal(again.code, 2);
    assert.match(again.stderr, /nothing was sorted into/);
  });

  await t.step("the photos to label next are listed, and sorted if asked", async () => {
    const { code, json, stderr } = await graft(
      ["predict", "photos", ...MODEL, "--label-next=3", "--sort=next", "--top=1", "--json"],
      at,
    );
    assert.equal(code, 1, stderr);
    const chosen = json.filter(({ error }) => error === undefined);
    assert.equal(chosen.length, 3);
    for (const { margin, top, sorted_to } of chosen) {
      assert.ok(Math.abs(margin - (top[0].probability - top[1].probability)) < 1e-12);
      assert.ok((await Deno.stat(sorted_to)).isFile);
    }
  });

  await t.step("what cannot be meant is refused before anything is read", async () => {
    for (
      const [args, message] of [
        [["photos", "--format=xml"], /takes one of table, json, csv$/m],
        [["photos", "--precision=int8"], /takes one of float32, int16: did you mean int16\?$/m],
        [["photos", "--format=csv", "--json"], /exclude each other/],
        [["*.tiff"], /no photo fits/],
      ] as [string[], RegExp][]
    ) {
      const { code, stderr } = await graft(["predict", ...args, ...MODEL], at);
      assert.equal(code, 2, stderr);
      assert.match(stderr, message);
    }
  });

  await t.step("a process that cannot load the model says why", async () => {
    await Deno.writeTextFile(`${folder}/bad.safetensors`, "not weights at all");
    const { code, stderr } = await graft(
      ["predict", "photos", "--weights=bad.safetensors", ...MODEL.slice(1)],
      at,
    );
    assert.equal(code, 1);
    assert.match(stderr, /bad\.safetensors/);
  });
  await Deno.remove(folder, { recursive: true });
});
