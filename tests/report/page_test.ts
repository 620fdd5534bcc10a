import assert from "node:assert/strict";
import { parseHTML } from "linkedom";
import { decodeImage } from "../../data/decode.ts";
import type { ReportFacts } from "../../report/facts.ts";
import { renderReport } from "../../report/page/report.ts";
import type { ReportedRun } from "../../report/page/run.ts";
import { factsOf } from "./page_facts.ts";

interface Element {
  textContent: string;
  tagName: string;
  attributes: Iterable<{ name: string; value: string }>;
  getAttribute(name: string): string | null;
  querySelectorAll(selector: string): Iterable<Element>;
}

const parse = (page: string) => parseHTML(page) as unknown as { document: Element };
const all = (
  page: string,
  selector: string,
) => [...parse(page).document.querySelectorAll(selector)];
const textOf = (page: string, selector: string) =>
  all(page, selector).map(({ textContent }) => textContent.replace(/\s+/g, " ")).join(" ");

const RUN: ReportedRun = {
  started: "2026-01-02T03:04:05.678Z",
  status: "done",
  seconds: 75.2,
  steps: [
    {
      step: "fetch",
      inputs: [],
      status: "cached",
      reason: "nothing changed",
      seconds: 0,
      madeIn: 7.5,
    },
    { step: "train", inputs: ["fetch"], status: "ran", reason: "epochs was 5, is 6", seconds: 64 },
    { step: "tell", inputs: ["fetch", "train"], status: undefined },
  ],
};
const page = (facts: ReportFacts, run = RUN) => renderReport(facts, run);

const HOSTILE = [
  `<script>alert(1)</script>`,
  `"><img src=x onerror=alert(1)>`,
  `'" onmouseover='alert(1)`,
  `</style></title></svg><svg onload=alert(1)>`,
  `javascript:alert(1)`,
  `--><!--`,
  `&lt;b&gt; &amp; \u202Egpj.exe\0`,
  `__proto__`,
];

Deno.test("hostile names of classes, files and sources are text wherever they stand", async () => {
  const names = HOSTILE.map((name) => name);
  for (const hostile of HOSTILE) {
    const report = await page(factsOf(names, { file: hostile, words: hostile }));
    const harmless = await page(
      factsOf(names.map((_, i) => `class ${i}`), { file: "file", words: "words" }),
    );
    const tags = (of: string) => all(of, "*").map(({ tagName }) => tagName);
    assert.deepEqual(tags(report), tags(harmless), hostile);
    for (const { attributes } of all(report, "*")) {
      for (const { name } of attributes) assert.doesNotMatch(name, /^on|^=|"|'/, hostile);
    }
    assert.equal(all(report, "#run").length, 1, hostile);
    assert.doesNotMatch(report, /[\0\u202E]/);
  }
});

Deno.test("names are shown as they are", async () => {
  const report = await page(factsOf(HOSTILE, { file: HOSTILE[1] }));
  const shown = textOf(report, "#classes th");
  for (const name of HOSTILE.slice(0, 6)) assert.ok(shown.includes(name), `${name} in ${shown}`);
  assert.ok(textOf(report, "#mistakes .path").includes(HOSTILE[1]));
});

Deno.test("the page is whole: nothing is fetched, nothing runs, its policy says so", async () => {
  const report = await page(factsOf(["ants", "bees"]));
  assert.match(report, /^<!doctype html>\s*<html lang="en">/);
  assert.deepEqual(all(report, "script, link, iframe, object, embed, base"), []);
  for (const element of all(report, "[src], [href]")) {
    const target = element.getAttribute("src") ?? element.getAttribute("href")!;
    assert.match(target, /^(data:image\/jpeg;base64,|#)/, target);
  }
  assert.doesNotMatch(report, /url\(|@import/);
  const [policy] = all(report, "meta[http-equiv]");
  assert.match(policy.getAttribute("content")!, /default-src 'none'/);
  for (
    const { getAttribute } of [all(report, "nav a")].flat().map((a) => ({
      getAttribute: (name: string) => a.getAttribute(name),
    }))
  ) {
    const target = getAttribute("href")!.slice(1);
    assert.equal(all(report, `[id="${target}"]`).length, 1, target);
  }
});

Deno.test("photos and charts say aloud what they show, and photos are photos", async () => {
  const facts = factsOf(["ants", "bees"], { file: "val/ants/7.jpg" });
  const report = await page(facts);
  const images = all(report, "img");
  assert.equal(images.length, 5); // the batch, a mistake, a doubt, and a photo with its heat map
  for (const image of images) {
    assert.ok(image.getAttribute("alt")!.length > 10);
    const jpeg = Uint8Array.fromBase64(image.getAttribute("src")!.split(",")[1]);
    const { width, height, data } = await decodeImage(jpeg);
    assert.deepEqual([width, height], [32, 32]);
    if (image.getAttribute("alt")!.startsWith("Heat")) continue;
    const off = data.reduce(
      (sum, byte, i) => sum + Math.abs(byte - facts.batch[0].image.data[i]),
      0,
    );
    assert.ok(off / data.length < 8, `a photo is off by ${off / data.length} on average`);
  }
  assert.ok(images.some((image) => image.getAttribute("alt")!.includes("val/ants/7.jpg")));
  const charts = all(report, "[role=img]").map((chart) => chart.getAttribute("aria-label")!);
  assert.equal(charts.length, 6); // the interval, two matrices, two curves, the pipeline
  assert.ok(charts.some((label) => /accuracy .*finetune.* from 80/.test(label)), `${charts}`);
});

Deno.test("text has WCAG's contrast on light and on dark paper", async () => {
  const [style] = all(await page(factsOf(["ants", "bees"])), "style");
  const palettes = [...style.textContent.matchAll(/:root \{(.*?)\}/gs)].map(([, body]) =>
    Object.fromEntries([...body.matchAll(/--([a-z]+): (#[0-9a-f]+)/g)].map(([, name, hex]) => [
      name,
      luminance(hex),
    ]))
  );
  assert.equal(palettes.length, 2);
  for (const palette of palettes) {
    for (const text of ["ink", "muted", "finetune", "frozen", "right", "wrong", "link"]) {
      for (const ground of text === "link" ? ["paper"] : ["paper", "track"]) {
        const [dark, light] = [palette[text], palette[ground]].sort((a, b) => a - b);
        const contrast = (light + 0.05) / (dark + 0.05);
        assert.ok(contrast >= 4.5, `${text} on ${ground}: ${contrast.toFixed(2)}`);
      }
    }
  }
});

/** https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(hex: string): number {
  const digits = hex.length === 4 ? hex.slice(1).replace(/./g, "$&$&") : hex.slice(1);
  const [red, green, blue] = digits.match(/../g)!.map((pair) => {
    const share = parseInt(pair, 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

Deno.test("accuracy comes with its interval, and with what guessing would give", async () => {
  const result = textOf(await page(factsOf(["ants", "bees"])), "#result");
  assert.match(result, /50\.0%/);
  assert.match(result, /2 of 4 photos/);
  assert.match(result, /50\.0% to 90\.0%/);
  assert.match(result, /Always saying “ants” would be right on 50\.0%/);
});

Deno.test("a class that is never right stands beside the accuracy, in whatever it was measured by", async () => {
  const facts = factsOf(["ants", "planets"]);
  assert.equal(all(await page(facts), "#result .but").length, 0);
  const { finetune } = facts.branches;
  finetune.per_class.planets = { ...finetune.per_class.planets, correct: 0, total: 1 };
  assert.equal(textOf(await page(facts), "#result .but"), "but planets 0 of 1");
  const { per_class: _, ...rest } = finetune;
  finetune.test = { ...rest, per_class: factsOf(["ants", "planets"]).branches.finetune.per_class };
  assert.equal(all(await page(facts), "#result .but").length, 0);
});

Deno.test("a test's figures, or cross-validated ones, stand in place of those that were chosen by", async () => {
  const names = ["ants", "bees"];
  const facts = factsOf(names);
  const { finetune, frozen } = facts.branches;
  const of = (right: number, wrong: number) => ({
    ...finetune,
    accuracy: right / (right + wrong),
    correct: right,
    total: right + wrong,
    confusion: [[right, wrong], [0, 0]],
    per_class: {
      ants: {
        accuracy: 0.9,
        correct: right,
        total: right + wrong,
        interval: [0.8, 0.95] as [number, number],
      },
      bees: { accuracy: 0, correct: 0, total: 0, interval: [0, 1] as [number, number] },
    },
  });
  finetune.cross_validated = of(180, 20);
  const crossed = await page(facts);
  assert.match(textOf(crossed, "#result .big"), /^90\.0%$/);
  assert.match(
    textOf(crossed, "#result"),
    /180 of 200 photos when each is asked of a model that had not seen it/,
  );
  // The other branch has no such figure: it is not beside it.
  assert.match(
    all(crossed, "#result [role=img]")[0].getAttribute("aria-label")!,
    /^finetune: [^;]*$/,
  );
  assert.match(textOf(crossed, "#result"), /right on 2 \(validation accuracy 50\.0%\)/);
  assert.doesNotMatch(textOf(crossed, "#result"), /flatter/);
  finetune.test = of(95, 5);
  frozen.test = of(60, 40);
  const tested = await page(facts);
  assert.match(textOf(tested, "#result"), /95 of 100 photos that were kept for this test alone/);
  assert.match(textOf(tested, "#classes"), /finetune: 95 of 100 right/);
  assert.match(textOf(tested, "#classes table"), /ants 95 100 95\.0%/);
  // No photo of bees: nothing is a share of none, and that is said.
  assert.match(textOf(tested, "#classes table"), /bees 0 0 – – 0% 0%/);
  assert.match(textOf(tested, "#classes"), /stands where there is nothing to take a share of/);
  assert.match(textOf(tested, "#result"), /Of 4 photos kept aside, the branches differ/);
});

Deno.test("each class has its precision, recall, F1 and support, all classes a balanced accuracy", async () => {
  const facts = factsOf(["ants", "bees", "wasps"]);
  const { finetune } = facts.branches;
  finetune.confusion = [[8, 2, 0], [1, 3, 0], [1, 0, 0]];
  const classes = textOf(await page(facts), "#classes");
  assert.match(classes, /found \(recall\).*right when named \(precision\).*F1/);
  assert.match(textOf(await page(facts), "#classes table"), /wasps 1 2 0% 50\.0% to 90\.0% – 0%/);
  assert.match(classes, /right on 51\.7% \(balanced accuracy/); // (0.8 + 0.75 + 0) / 3
  assert.match(classes, /always naming one class brings 33\.3%/);
});

Deno.test("what it costs to be right more often is told, refused for few photos, and of old facts nothing", async () => {
  const facts = factsOf(["ants", "bees"]);
  const told = async (abstention?: typeof facts.branches.finetune.abstention) => {
    facts.branches.finetune.abstention = abstention;
    return textOf(await page(facts), "#result");
  };
  assert.doesNotMatch(await told(), /rather say nothing/);
  assert.match(await told(null), /The 4 photos kept aside are too few to tell: from 100 on/);
  const thresholds = [
    { probability: 0, answered: 200, correct: 184 },
    { probability: 0.755, answered: 184, correct: 176 },
  ];
  const said = await told({ total: 200, thresholds });
  assert.match(
    said,
    /To be right 95% of the time it must abstain on 8\.0% of photos: .* below 75\.5%/,
  );
  assert.match(
    said,
    /90% always 0 of 200 val photos \(0%\) 184 of the 200 that are answered \(92\.0%;/,
  );
  assert.match(said, /99% – – no threshold gets there/);
  assert.match(said, /chosen on these same photos/);
  const test = {
    total: 50,
    thresholds: [{ answered: 50, correct: 45 }, { answered: 40, correct: 39 }],
  };
  const tested = await told({ total: 200, thresholds, test });
  assert.match(tested, /must abstain on 20\.0% of photos/);
  assert.match(tested, /95% 75\.5% 10 of 50 test photos \(20\.0%\) 39 of the 40 that are answered/);
});

Deno.test("a temperature of 1 is told as none", async () => {
  const facts = factsOf(["ants", "bees"]);
  assert.match(textOf(await page(facts), "#result"), /Divided by a temperature of 1\.25/);
  facts.branches.finetune.calibration.temperature = 1;
  assert.match(textOf(await page(facts), "#result"), /No temperature made them better/);
});

Deno.test("the page ends in what to do next; one that was evaluated without advice does not", async () => {
  const facts = factsOf(["ants", "bees"]);
  const advised = await page(facts);
  assert.equal(all(advised, "main > section").at(-1)!.getAttribute("id"), "next");
  assert.equal(all(advised, "#next li").length, 3);
  assert.match(textOf(advised, "#next"), /Even out the classes: bees is rare\s*ants has 9 photos/);
  assert.equal(all(advised, "nav a[href='#next']").length, 1);
  delete facts.advice;
  const silent = await page(facts);
  assert.equal(all(silent, "#next").length + all(silent, "nav a[href='#next']").length, 0);
});

Deno.test("tables that a phone is too narrow for are reached by the keyboard, and named", async () => {
  const tables = all(await page(factsOf(["ants", "bees"])), "table");
  const frames = all(
    await page(factsOf(["ants", "bees"])),
    ".wide[tabindex='0'][aria-label] > table",
  );
  assert.equal(frames.length, tables.length);
});

const comparison = async (changes: Partial<ReportFacts["comparison"]>) => {
  const facts = factsOf(["ants", "bees"]);
  Object.assign(facts.comparison!, changes);
  return textOf(await page(facts), "#result");
};

Deno.test("a difference that chance explains is told as one, a real one by name", async () => {
  const chance = await comparison({});
  assert.match(chance, /differ on 11: finetune alone was right on 9, frozen alone on 2/);
  assert.match(chance, /6\.5% of such comparisons .* does not show/);
  assert.match(
    await comparison({ p_value: 0.004 }),
    /0\.4% .* finetune is better by more than luck/,
  );
  assert.match(await comparison({ better: "equal", only_frozen_right: 9 }), /a tie/);
  const same = { better: "equal", only_finetune_right: 0, only_frozen_right: 0 } as const;
  assert.match(await comparison(same), /right on the same photos/);
});

Deno.test("of a run of one branch alone the page tells that one, and compares nothing", async () => {
  const { branches: { frozen }, comparison: _, ...facts } = factsOf(["ants", "bees"]);
  const report = await page({ ...facts, branches: { frozen }, shown: "frozen" });
  assert.match(textOf(report, "#result"), /The only branch that was trained, frozen names/);
  assert.doesNotMatch(textOf(report, "main"), /finetune|Finetuned or frozen/);
});

Deno.test("the run's part says what ran, was cached and why; without a run there is none", async () => {
  const report = await page(factsOf(["ants", "bees"]));
  const run = textOf(report, "#run");
  assert.match(run, /2026-01-02 03:04 \(UTC\): done in 1 min 15 s\. 1 of 3 steps ran, 1/);
  assert.match(run, /train ran 1 min 4 s epochs was 5, is 6/);
  assert.match(run, /fetch cached 7\.5 s, earlier nothing changed/);
  assert.match(run, /tell not asked for/);
  // fetch → tell is said by fetch → train → tell.
  assert.equal(all(report, "#run .edges path").length, 2);
  const facts = factsOf(["ants", "bees"]);
  assert.match(textOf(await page(facts, { ...RUN, status: "failed" }), "#run"), /: failed in/);
  const alone = await renderReport(facts);
  assert.equal(all(alone, "#run").length, 0);
  assert.equal(all(alone, "main > section").length, all(report, "main > section").length - 1);
});

Deno.test("one class more than a matrix can show is a table of the commonest mistakes", async () => {
  const names = Array.from({ length: 31 }, (_, i) => `class ${i}`);
  const report = await page(factsOf(names));
  assert.equal(all(report, "#classes [role=img]").length, 0);
  assert.match(textOf(report, "#classes li"), /class 0 taken for class 1: once/);
});

Deno.test("a model without mistakes has none made up, and one epoch is a chart too", async () => {
  const facts = factsOf(["ants", "bees"]);
  facts.worst = [];
  for (const { curves } of Object.values(facts.branches)) curves.epochs.splice(1);
  const report = await page(facts);
  assert.match(textOf(report, "#mistakes"), /made none/);
  assert.equal(all(report, "#training [role=img]").length, 2);
});

Deno.test("photos to test have a column where there are some, and it is said what each part was for", async () => {
  const facts = factsOf(["ants", "bees"]);
  assert.match(
    textOf(await page(facts), "#data table"),
    /to train on\s*to validate\s*ants\s*3\s*2\s*bees/,
  );
  facts.data.counts.test = { ants: 7, bees: 4 };
  const data = textOf(await page(facts), "#data");
  assert.match(
    data,
    /to validate\s*to test\s*ants\s*3\s*2\s*7\s*bees\s*3\s*2\s*4\s*together\s*6\s*4\s*11/,
  );
  assert.match(
    data,
    /taught with the photos to train on alone.* those to test were asked when all/,
  );
});

Deno.test("what is wrong with the photos is told with its remedy and files; of many the first ten", async () => {
  const facts = factsOf(["ants", "bees"]);
  const files = Array.from({ length: 12 }, (_, i) => `train/ants/${i}.jpg`);
  facts.data.findings = [{
    severity: "error",
    title: "12 photos of train are in val too.",
    remedy: "Remove them.",
    files,
  }];
  const data = textOf(await page(facts), "#data");
  assert.match(data, /error 12 photos of train are in val too\. Remove them\./);
  assert.ok(data.includes(files[9]) && !data.includes(files[10]));
  assert.match(data, /and 2 more, in findings\.json/);
  facts.data.findings = [];
  assert.doesNotMatch(textOf(await page(facts), "#data"), /data doctor/);
});

Deno.test("by what a rate was found is drawn and said, also where none was", async () => {
  const chartsWith = async (suggested: number | null) => {
    const facts = factsOf(["ants", "bees"]);
    const rates = [1e-7, 1e-5, 1e-3, 1e-1], losses = [0.9, 0.8, 0.3, 40];
    const { curves } = facts.branches.finetune!;
    facts.branches.finetune!.curves = { ...curves, rateTest: { rates, losses, suggested } };
    return all(await page(facts), "#training [role=img]");
  };
  const charts = await chartsWith(1e-3);
  assert.equal(charts.length, 3); // of the curves, and of the rates
  assert.match(charts[2].getAttribute("aria-label")!, /ring is the rate that was taken, 0\.001/);
  assert.equal([...charts[2].querySelectorAll("circle")].length, 1);
  assert.doesNotMatch(`${charts[2]}`, /NaN|Infinity/);
  const [, , none] = await chartsWith(null);
  assert.match(none.getAttribute("aria-label")!, /No rate makes the loss fall/);
  assert.equal([...none.querySelectorAll("circle")].length, 0);
});
