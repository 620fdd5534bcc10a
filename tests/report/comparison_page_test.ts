import assert from "node:assert/strict";
import { parseHTML } from "linkedom";
import { renderComparison, type RunComparison } from "../../report/page/comparison.ts";
import { factsOf } from "./page_facts.ts";
import { painted } from "./photos.ts";

interface Element {
  textContent: string;
  tagName: string;
  attributes: Iterable<{ name: string; value: string }>;
  getAttribute(name: string): string | null;
}

const all = (page: string, selector: string) => [...(parseHTML(page) as unknown as {
  document: { querySelectorAll(selector: string): Iterable<Element> };
}).document.querySelectorAll(selector)];
const textOf = (page: string, selector: string) =>
  all(page, selector).map(({ textContent }) => textContent.replace(/\s+/g, " ")).join(" ");

const CLASSES = ["ants", "bees"];

function comparisonOf(
  { name = "first", file = "val/ants/1.jpg", left = 1, right = 9, pValue = 0.02, shared = 40 } = {},
): RunComparison {
  const { finetune, frozen } = factsOf(CLASSES).branches;
  const run = (of: string, { curves, ...score }: typeof finetune) => ({
    name: of,
    what: "frozen; hens",
    classes: CLASSES,
    score,
    curves,
  });
  const image = painted(32, 32, (x, y) => [8 * x, 8 * y, 90]);
  const photo = (right: string, wrong: string) => ({
    path: file,
    image,
    actual: "ants",
    answers: [{ label: right, probability: 0.75 }, { label: wrong, probability: 0.6 }] as [
      { label: string; probability: number },
      { label: string; probability: number },
    ],
  });
  return {
    runs: [run(name, finetune), run("second", frozen)],
    differences: "recipe.lr  0.1  0.2",
    shared,
    only: [
      { count: left, photos: left > 0 ? [photo("ants", "bees")] : [] },
      { count: right, photos: right > 0 ? [photo("bees", "ants")] : [] },
    ],
    pValue,
  };
}

Deno.test("two runs stand side by side: accuracy, curves, confusion, and photos on which they differ", async () => {
  const page = await renderComparison(comparisonOf());
  assert.deepEqual(all(page, "#result .big").map(({ textContent }) => textContent), [
    "50.0%",
    "50.0%",
  ]);
  assert.match(
    textOf(page, "#result"),
    /first alone was right on 1, second alone on 9\. .*second is better by more than luck/,
  );
  assert.equal(all(page, "#training [role=img]").length, 2);
  assert.equal(all(page, "#classes [role=img]").length, 2);
  assert.match(
    textOf(page, "#photos"),
    /first is right, second wrong: 1 ✓ ants 75\.0%✗ bees 60\.0%val\/ants\/1\.jpg/,
  );
  assert.match(textOf(page, "#photos"), /second is right, first wrong: 9 .*and 8 more/);
  assert.equal(textOf(page, "#made pre"), "recipe.lr 0.1 0.2");
  for (const link of all(page, "nav a")) {
    assert.equal(all(page, link.getAttribute("href")!).length, 1);
  }
});

Deno.test("what chance explains, a tie, and runs that share no photo are told as such", async () => {
  const verdict = async (of: Parameters<typeof comparisonOf>[0]) =>
    textOf(await renderComparison(comparisonOf(of)), "#result");
  assert.match(await verdict({ pValue: 0.3 }), /does not show that second is better/);
  assert.match(await verdict({ left: 3, right: 3 }), /That is a tie/);
  assert.match(await verdict({ shared: 0, left: 0, right: 0 }), /nothing tells which is better/);
});

Deno.test("hostile names of runs and files are text", async () => {
  const harmless = await renderComparison(comparisonOf());
  const hostile = `"><img src=x onerror=alert(1)>`;
  const page = await renderComparison(comparisonOf({ name: hostile, file: hostile }));
  const tags = (of: string) => all(of, "*").map(({ tagName }) => tagName);
  assert.deepEqual(tags(page), tags(harmless));
  assert.ok(textOf(page, "h3").includes(hostile));
});
