/** The page of a sweep: how accurate each setting was, drawn and as a table. */
import * as Plot from "@observablehq/plot";
import { percent, percentRange } from "../../data/statistics/percent.ts";
import type { SweepRow, SweepTable } from "../../training/sweep_table.ts";
import { domainOf } from "../domain.ts";
import { remark, settingOf, tableCells } from "../describe_table.ts";
import { fitText } from "../text.ts";
import { chart } from "./chart.ts";
import { documentOf } from "./document.ts";
import { type Html, html } from "./html.ts";
import { wideTable } from "./wide_table.ts";

/** Rows beyond are in the table: the best are what a chart is for. */
const MOST_ROWS = 40;
const ROW = 44;
const WIDTH = 340;

export function renderSweep(table: SweepTable): string {
  const { rows } = table;
  const [head, ...cells] = tableCells(table);
  return documentOf({
    title: "Which setting is best",
    subtitle: `${rows.length} settings, the best first`,
    content: html`
      <section id="settings" aria-labelledby="settings-title">
        <h2 id="settings-title">Accuracy of each setting</h2>
        <p>${remark(table)}</p>
        <figure>${settingsChart(rows)}
          <figcaption>On the validation photos: a dot a run, an upright at their mean, a pale bar for
            its 95% interval.${rows.length > MOST_ROWS
              ? ` The first ${MOST_ROWS} of ${rows.length}.`
              : ""} <span class="legend">${[...new Set(rows.map(({ branch }) => branch))].sort()
              .map((name) =>
                html`<span><span class="swatch ${name}"></span>${name}</span>`
              )}</span></figcaption></figure>
        <h3>As a table</h3>
        ${wideTable(
          "Accuracy of each setting",
          html`
            <thead>
              <tr>${head.map((name) => html`<th scope="col">${name}</th>`)}</tr>
            </thead>
            <tbody>${cells.map((row) =>
              html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`
            )}</tbody>
          `,
        )}
      </section>
    `,
  });
}

function settingsChart(rows: readonly SweepRow[]): Html {
  const drawn = rows.slice(0, MOST_ROWS);
  const stroke = ({ branch }: SweepRow) => `var(--${branch})`;
  const y = (_: unknown, i: number) => i;
  const runs = drawn.flatMap((row, i) =>
    row.runs.map(({ accuracy }) => ({ y: i, accuracy, colour: stroke(row) }))
  );
  const names = drawn.map((row) => fitText(`${settingOf(row)}: ${percent(row.mean)}`, 12, WIDTH));
  const bounds = drawn.flatMap(({ interval }) => interval);
  const label = drawn.map((row) =>
    `${settingOf(row)}, ${row.branch}: ${percent(row.mean)}, from ${percentRange(row.interval)}`
  ).join("; ");
  return chart(label, {
    width: WIDTH,
    height: drawn.length * ROW + 30,
    marginLeft: 4,
    marginRight: 16,
    marginTop: 4,
    x: {
      domain: domainOf([...bounds, ...runs.map(({ accuracy }) => accuracy)], [0, 1]),
      nice: 5,
      grid: true,
      ticks: 5,
      tickFormat: "%",
      label: null,
    },
    y: { domain: names.map(y), axis: null, padding: 0 },
    marks: [
      Plot.text(names, {
        y,
        frameAnchor: "left",
        textAnchor: "start",
        dy: -13,
        fill: "currentColor",
      }),
      Plot.ruleY(drawn, {
        y,
        x1: ({ interval }: SweepRow) => interval[0],
        x2: ({ interval }: SweepRow) => interval[1],
        dy: 6,
        stroke,
        strokeOpacity: 0.25,
        strokeWidth: 10,
      }),
      Plot.dot(runs, { x: "accuracy", y: "y", dy: 6, r: 4, fill: "colour", fillOpacity: 0.6 }),
      Plot.tickX(drawn, { x: "mean", y, dy: 6, inset: 14, stroke, strokeWidth: 2.5 }),
    ],
  });
}
