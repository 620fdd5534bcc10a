/** What is taught photo by photo is what is taught at once, and it never answers for what it learnt. */
import assert from "node:assert/strict";
import { LiveClassifier, type LivePhoto } from "../../../app/teach/live_classifier.ts";
import { settle } from "../../../app/teach/settle.ts";
import { Generator } from "../../../data/torch_random.ts";
import { PROBE } from "../../../training/recipes.ts";

const SETTINGS = { recipe: { ...PROBE, balance: "auto" as const }, seed: 0, splitSeed: 0 };
const CLASSES = [{ id: "x", name: "bees" }, { id: "y", name: "ants" }];
const COLUMNS = 8;

/** Photos of two classes that are not quite told apart. */
function photos(count: number, seed = 1): LivePhoto[] {
  const random = new Generator(seed);
  return Array.from({ length: count }, (_, i) => {
    const classId = CLASSES[i % 2].id;
    return {
      id: `${classId}/${i}.jpg`,
      classId,
      file: `${i}.jpg`,
      fingerprint: {
        hash: [Math.floor(random.uniformDouble() * 2 ** 32), i] as [number, number],
        luma: Uint8Array.from({ length: 1024 }, () => random.uniformDouble() * 255),
        chroma: [random.uniformDouble() * 200, 0] as [number, number],
        colourfulness: 100,
      },
      features: Float32Array.from(
        { length: COLUMNS },
        (_, d) => random.uniformDouble() * 2 + (d === i % 2 ? 0.9 : 0),
      ),
    };
  });
}

function taught(all: readonly LivePhoto[], classes = CLASSES): LiveClassifier {
  const live = new LiveClassifier(SETTINGS, classes);
  for (const photo of all) {
    live.add(photo);
    live.divide(false);
    live.improve(0, false);
  }
  live.divide(true);
  while (live.improve(50, true));
  return live;
}

Deno.test("before two classes have photos nothing is said", () => {
  const live = taught(photos(1));
  assert.equal(live.probabilities(new Float32Array(COLUMNS)), undefined);
  assert.equal(live.standing(), undefined);
  assert.equal(live.lesson(), undefined);
});

Deno.test("photo by photo it comes to what it comes to at once, in any order", () => {
  const all = photos(60);
  const first = taught(all), second = taught(all.toReversed());
  for (const { features } of all) {
    const [a, b] = [first, second].map((live) => live.probabilities(features)!);
    assert.deepEqual(a.classes, ["ants", "bees"]); // by name, not as they were made
    a.probabilities.forEach((p, k) => assert.ok(Math.abs(p - b.probabilities[k]) < 1e-4));
  }
});

Deno.test("photos that are kept aside teach nothing, whatever they are", () => {
  const all = photos(60);
  const live = taught(all);
  const standing = live.standing()!;
  assert.equal(standing.measured, "kept aside");
  assert.equal(standing.aside, 12); // a fifth
  assert.equal(standing.score!.total, standing.aside);
  const { photos: divided } = live.lesson()!;
  assert.equal(divided.filter(({ part }) => part === "val").length, standing.aside);
});

Deno.test("once settled, each photo's answer is of a classifier that had not learnt it", () => {
  const all = photos(60);
  const live = taught(all);
  const { version } = live;
  live.settle(settle(live.lesson()!), version);
  const standing = live.standing()!;
  assert.equal(standing.measured, "every photo");
  assert.equal(standing.score!.total, all.length);
  assert.equal(standing.settled, true);
  assert.equal(standing.mistakes.length, all.length - standing.score!.correct);
  assert.ok(standing.mistakes.every(({ taken, id }) => !id.startsWith(`${taken}/`)));
  assert.equal(live.lesson(), undefined); // there is nothing left to be done
});

Deno.test("what was settled for other photos is not taken", () => {
  const live = taught(photos(60));
  const { version } = live;
  const settled = settle(live.lesson()!);
  live.remove("x/0.jpg");
  live.divide(true);
  live.settle(settled, version);
  assert.equal(live.standing()!.settled, false);
});

Deno.test("photos that are removed, and classes called otherwise, are as if they had always been", () => {
  const all = photos(500);
  const live = taught(all);
  for (const { id } of all.slice(60)) live.remove(id);
  const classes = CLASSES.map((known) => ({ ...known }));
  const renamed = taught(all.slice(0, 60), classes);
  classes[1].name = "wasps";
  renamed.renamed();
  for (const each of [live, renamed]) {
    each.divide(true);
    while (each.improve(50, true));
  }
  const expected = taught(all.slice(0, 60));
  const [, , ...some] = all.slice(0, 12);
  for (const { features } of some) {
    const p = expected.probabilities(features)!.probabilities;
    live.probabilities(features)!.probabilities.forEach((value, k) =>
      assert.ok(Math.abs(value - p[k]) < 1e-4)
    );
  }
  assert.deepEqual(renamed.standing()!.classes.map(({ name }) => name), ["bees", "wasps"]);
});
