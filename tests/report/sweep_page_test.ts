import assert from "node:assert/strict";
import { parseHTML } from "linkedom";
import { renderSweep } from "../../report/page/sweep.ts";
import { sweepTable } from "../../training/sweep_table.ts";

const all = (page: string, selector: string) => [...(parseHTML(page) as unknown as {
  document: {
    querySelectorAll(
      selector: string,
    ): Iterable<{ textContent: string; getAttribute(name: string): string | null }>;
  };
}).document.querySelectorAll(selector)];

const scores = (count: number, lr = (i: number) => `${i}`) =>
  Array.from({ length: count }, (_, i) => ({
    labels: { lr: lr(i) },
    branch: i % 2 ? "frozen" : "finetune",
    correct: count - i,
    total: count + 1,
  }));

Deno.test("each setting is a line of the chart and a row of the table, the best first", () => {
  const page = renderSweep(sweepTable(scores(3)));
  const [chart] = all(page, "[role=img]").map((chart) => chart.getAttribute("aria-label")!);
  assert.match(
    chart,
    /^lr 0, finetune: 75\.0%, from .*; lr 1, frozen: 50\.0%, .*; lr 2, finetune: 25/,
  );
  const rows = all(page, "tbody tr").map(({ textContent }) => textContent.replace(/\s+/g, " "));
  assert.equal(rows.length, 3);
  assert.match(rows[0], /0.*finetune.*75\.0%/);
  assert.equal(all(page, ".wide[tabindex='0'] > table").length, 1);
});

Deno.test("of very many settings the chart shows the best, the table all", () => {
  const page = renderSweep(sweepTable(scores(60)));
  assert.equal(all(page, "tbody tr").length, 60);
  const [label] = all(page, "[role=img]").map((chart) => chart.getAttribute("aria-label")!);
  assert.equal(label.split("; ").length, 40);
  assert.match(all(page, "figcaption")[0].textContent, /The first 40 of 60/);
});

Deno.test("hostile values of flags are text", () => {
  const page = renderSweep(sweepTable(scores(2, () => `"><script>alert(1)</script>`)));
  assert.equal(all(page, "script").length, 0);
});
