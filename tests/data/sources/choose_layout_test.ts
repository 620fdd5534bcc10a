import assert from "node:assert/strict";
import { arrange } from "../../../data/doctor/arrange.ts";
import { planPhotos } from "../../../data/sources/choose_layout.ts";
import { countPhotos, noteOf, targetOf } from "../../../data/sources/plan.ts";
import { photos } from "./photo_tree.ts";

const division = { seed: 0, valFraction: 0.2 };

/** Reads the lists given, and nothing else. */
const reader = (lists: Record<string, string>) => (path: string) => {
  assert.ok(path in lists, `${path} was read`);
  return Promise.resolve(new TextEncoder().encode(lists[path]));
};

const plan = (paths: string[], lists: Record<string, string>, parts: 2 | 3 = 2) =>
  planPhotos([...paths, ...Object.keys(lists)], "mine", { ...division, parts }, reader(lists));

const table = (rows: string[][], header = "file,label") =>
  [header, ...rows.map((row) => row.join(","))].join("\n");

const flat = photos("images", 20);
const rows = flat.map((path, i) => [path, i % 2 ? "ant" : "bee"]);

Deno.test("photos of one folder are divided by the classes of a list", async () => {
  const planned = await plan(flat, { "labels.csv": table(rows) });
  assert.deepEqual(countPhotos(planned), { train: { ant: 8, bee: 8 }, val: { ant: 2, bee: 2 } });
  assert.deepEqual(planned.files.map(({ from }) => from).sort(), flat.toSorted());
  for (const file of planned.files) {
    const row = rows.find(([path]) => path === file.from)!;
    assert.equal(file.className, row[1]);
    assert.equal(targetOf(file), `${file.split}/${row[1]}/${row[0].replace("images/", "")}`);
  }
  assert.match(noteOf(planned)!, /^the classes are those that labels\.csv says; 20% of each/);
});

Deno.test("the same in JSON, and right beside the list, is the same", async () => {
  const planned = await plan(flat, { "labels.csv": table(rows) });
  const targets = planned.files.map(targetOf);
  const json = JSON.stringify(Object.fromEntries(rows));
  const list = JSON.stringify(rows.map(([file, label]) => ({ file, label })));
  const beside = table(rows.map(([file, label]) => [file.replace("images/", ""), label]));
  const all: Record<string, string>[] = [{ "labels.json": json }, { "a.json": list }, {
    "images/l.csv": beside,
  }];
  for (const lists of all) {
    assert.deepEqual(
      (await plan(flat, lists)).files.map(targetOf),
      targets,
    );
  }
});

Deno.test("a class may be called train, and a number", async () => {
  const renamed = rows.map(([file, label]) => [file, label === "ant" ? "train" : "10"]);
  assert.deepEqual(countPhotos(await plan(flat, { "labels.csv": table(renamed) })), {
    train: { 10: 8, train: 8 },
    val: { 10: 2, train: 2 },
  });
});

Deno.test("a column of splits divides as folders would", async () => {
  const parts = ["train", "train", "val", "val", "test", "test"];
  const split = rows.slice(0, 6).map((row, i) => [...row, parts[i]]);
  const lists = { "labels.csv": table(split, "file,label,split") };
  const two = await plan(flat.slice(0, 6), lists);
  assert.deepEqual(countPhotos(two), { train: { ant: 1, bee: 1 }, val: { ant: 1, bee: 1 } });
  assert.equal(two.divided, undefined);
  const three = await plan(flat.slice(0, 6), lists, 3);
  assert.deepEqual(countPhotos(three).test, { ant: 1, bee: 1 });
});

Deno.test("photos without a line, and lines without a photo, are counted and named", async () => {
  const lists = { "labels.csv": table([...rows.slice(2), ["images/x.jpg", "ant"]]) };
  const planned = await plan(flat, lists);
  assert.match(
    noteOf(planned)!,
    /2 photos without a label in labels\.csv left out: images\/0\.jpg, images\/1\.jpg/,
  );
  assert.deepEqual(planned.missing, [
    { path: "images/x.jpg", reason: "is named in labels.csv, but is not there" },
  ]);
  assert.equal(planned.files.length, 18);
});

const folders = [...photos("ants", 5), ...photos("bees", 5)];

Deno.test("a list that says what folders say changes nothing", async () => {
  const same = folders.map((path) => [path, path.startsWith("ants") ? "0" : "1"]);
  const all: Record<string, string>[] = [
    { "l.csv": table(same) },
    { "l.csv": "a,b\n1,2" },
    { "l.json": "{" },
  ];
  for (const lists of all) {
    const planned = await plan(folders, lists);
    assert.deepEqual(planned, { ...await plan(folders, {}), missing: [] });
  }
});

Deno.test("a list that contradicts folders is refused, and so are two lists", async () => {
  const other = folders.map((path, i) => [path, i % 2 ? "ant" : "bee"]);
  await assert.rejects(
    plan(folders, { "l.csv": table(other) }),
    /mine has folders that may be classes, and l\.csv says otherwise .*: remove the list/,
  );
  await assert.rejects(
    plan(folders, { "l.csv": table([["ants/1.jpg", ".."]]) }),
    /l\.csv, line 2: the label "\.\." .*; or remove l\.csv/,
  );
  await assert.rejects(
    plan(flat, { "a.csv": table(rows), "b.csv": table(rows) }),
    /mine has a\.csv and b\.csv, which both say .*: keep one of them/,
  );
});

Deno.test("a list of photos right beside it counts, whatever folders there are", async () => {
  const lone = ["x.jpg", "y.jpg", "z.jpg", "w.jpg"];
  const lists = { "l.csv": table(lone.map((path, i) => [path, i % 2 ? "ant" : "bee"])) };
  const planned = await plan([...lone, ...folders], lists);
  assert.deepEqual(planned.files.map(({ from }) => from).sort(), lone.toSorted());
});

Deno.test("where there are no classes, what was looked at for them is said", async () => {
  const fails = (lists: Record<string, string>, message: RegExp) =>
    assert.rejects(plan(photos("images", 3), lists), message);
  await fails({}, /^Error: mine has no class folders|only one class/);
  await fails({ "l.csv": table([["x.jpg", "ant"]]) }, /l\.csv names no photo .*x\.jpg; mine has /);
  await fails({ "l.json": "[" }, /l\.json is no whole JSON .*; mine has /);
  await fails({ "l.csv": table([["0.jpg", "ant"], ["1.jpg", "ant"]]) }, /only one class, ant: /);
  await assert.rejects(
    planPhotos(["1.jpg", "l.csv"], "mine", division, () => Promise.resolve(undefined)),
    /l\.csv has more than 128 MiB and was not read for labels; mine has /,
  );
});

Deno.test("the doctor places photos as the pipeline does", async () => {
  const lists = { "labels.csv": table([...rows.slice(2), ["x.jpg", "ant"]]) };
  const read = reader(lists);
  const paths = [...flat, ...Object.keys(lists)];
  const arranged = await arrange(paths, "mine", read);
  const planned = await plan(flat, lists);
  const classes = (files: { path: string; className?: string }[]) =>
    Object.fromEntries(files.map(({ path, className }) => [path, className]));
  assert.deepEqual(classes(arranged.photos), {
    ...classes(planned.files.map(({ from, className }) => ({ path: from, className }))),
    "images/0.jpg": undefined,
    "images/1.jpg": undefined,
  });
  assert.deepEqual(arranged.missing, planned.missing);
  assert.deepEqual(arranged.notes, ["the classes are those that labels.csv says"]);
  assert.equal(arranged.problem, undefined);
  const bad = { "labels.csv": table([[flat[0], ".."]]) };
  const { problem } = await arrange(paths, "mine", reader(bad));
  await assert.rejects(plan(flat, bad), new RegExp(problem!.replaceAll(/[.()]/g, "\\$&")));
});
