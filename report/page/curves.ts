import { percent } from "../../data/statistics/percent.ts";
import type { CurvePoint } from "../../training/history.ts";
import { type ColouredBranch, curveChart, type Quantity, sayValue } from "../curve_chart.ts";
import { isDrawable } from "../domain.ts";
import { short } from "../number.ts";
import { rateChart } from "../rate_chart.ts";
import { chart, CHART_WIDTH, colourOf } from "./chart.ts";
import { branchesIn, type OfBranches } from "../../models/manifest.ts";
import type { BranchFacts } from "../facts.ts";
import { type Html, html } from "./html.ts";
import { wideTable } from "./wide_table.ts";

/** Loss and accuracy over the epochs, a colour a branch, training dashed. */
export function curves(branches: OfBranches<BranchFacts>): Html {
  const coloured = branchesIn(branches).map((name) => ({
    name,
    history: branches[name]!.curves,
    colour: colourOf(name),
  }));
  return html`
    ${curveCharts(coloured)}
    ${coloured.map(rates)}
    <details><summary>The curves as a table</summary>${table(branches)}</details>
  `;
}

/** By what the rate was found, where it was. */
function rates({ history: { rateTest }, colour }: ColouredBranch): Html | string {
  if (!rateTest) return "";
  const { suggested } = rateTest;
  const said = suggested === null
    ? "No rate makes the loss fall, so that the recipe's was taken."
    : `The ring is the rate that was taken, ${
      short(suggested)
    }: in the middle of the longest fall.`;
  return html`
    <figure>${chart(
      `loss over the learning rate; ${said}`,
      rateChart(rateTest, { width: CHART_WIDTH, height: 220, colour }),
    )}<figcaption>Before training, a copy of the model learnt batch after batch at ever higher rates.
      ${said}</figcaption></figure>
  `;
}

/** Of any trainings, a colour each. */
export function curveCharts(trainings: readonly ColouredBranch[]): Html {
  return html`
    <p class="legend">
      ${trainings.map(({ name, colour }) =>
        html`<span><span class="swatch" style="background: ${colour}"></span>${name}</span>`
      )}
      <span><span class="line"></span>validation</span>
      <span><span class="line dashed"></span>training</span>
      <span><span class="ring"></span>the epoch that was kept</span></p>
    <div class="charts">
      <figure>${panel(trainings, "loss")}<figcaption>Loss: lower is better.</figcaption></figure>
      <figure>${panel(trainings, "accuracy")}<figcaption>Accuracy: higher is better. Training
        photos are cropped and flipped at random, which makes them harder.</figcaption></figure>
    </div>
  `;
}

function panel(trainings: readonly ColouredBranch[], quantity: Quantity): Html {
  const label = `${quantity} over the epochs: ` + trainings.map(({ name, history }) => {
    const points = [
      ...history.start ? [history.start] : [],
      ...history.epochs.map(({ val }) => val),
    ];
    const values = points.map((point) => point[quantity] ?? NaN).filter(isDrawable);
    const [first, last] = [values.at(0), values.at(-1)].map((value) =>
      value === undefined ? "nothing" : sayValue(value, quantity)
    );
    return `${name}, on the validation photos, from ${first} to ${last}`;
  }).join("; ");
  return chart(
    label,
    curveChart(trainings, quantity, { width: CHART_WIDTH, height: 250, marginLeft: 40 }),
  );
}

function table(branches: OfBranches<BranchFacts>): Html {
  const cells = ({ loss, accuracy }: CurvePoint) =>
    html`
      <td>${loss === null ? "–" : loss.toFixed(4)}</td>
      <td>${percent(accuracy ?? NaN)}</td>
    `;
  const rows = branchesIn(branches).flatMap((name) => {
    const { start, epochs } = branches[name]!.curves;
    return [
      ...start
        ? [html`<tr><th scope="row">${name}, as it began</th><td>–</td><td>–</td><td>–</td>
            ${cells(start)}</tr>`]
        : [],
      ...epochs.map(({ epoch, lr, train, val }) =>
        html`<tr><th scope="row">${name}, epoch ${epoch + 1}</th><td>${short(lr)}</td>
        ${cells(train)}${cells(val)}</tr>`
      ),
    ];
  });
  return wideTable(
    "The curves as a table",
    html`
      <thead>
        <tr>
          <th scope="col">epoch</th>
          <th scope="col">learning rate</th>
          <th scope="col">training loss</th>
          <th scope="col">accuracy</th>
          <th scope="col">validation loss</th>
          <th scope="col">accuracy</th>
        </tr>
      </thead>
      <tbody>${rows}</tbody>
    `,
  );
}
